//! Plans of whole manifests: what runs, in which order, and what is said of the rest.

use std::fs;
use std::path::Path;

use expect_test::expect;
use tempfile::TempDir;

use super::inspect::tests::made::{compiled, scratch};
use super::*;

/// A directory with plugins: `first` reads the kernel's accounts, `second` has options, `third`
/// calls itself otherwise, `broken` is no library.
fn plugins() -> TempDir {
    let dir = scratch();
    let write = |file: &str, json: serde_json::Value| {
        let json = format!("-DJSON={:?}", json.to_string());
        fs::write(dir.path().join(file), compiled(&["-shared", &json])).expect("write a plugin");
    };
    let described = |name: &str| serde_json::json!({ "name": name, "version": "1.0", "abi": "1.0", "summary": "A test" });
    let mut first = described("first");
    first["order"] = "snapshot".into();
    first["needs"] = serde_json::json!({ "read_paths": ["/proc/nothing"] });
    write("libfirst.so", first);
    let mut second = described("second");
    second["config_schema"] = serde_json::json!({
        "type": "object", "additionalProperties": false, "required": ["url"],
        "properties": { "url": { "type": "string" }, "depth": { "type": "integer", "default": 3 } },
    });
    write("libsecond.so", second);
    write("libthird.so", described("other"));
    fs::write(dir.path().join("libbroken.so"), "no library").expect("write a file");
    dir
}

fn plan(dir: &Path, yaml: &str) -> Plan {
    let manifest = Manifest::parse("m.yaml", yaml, &|_| None).expect("a manifest");
    let places = Places::new(&[dir.to_owned()], None);
    Plan::make_from(&places, &manifest, &Machine::here())
}

/// The plan as text, a line per collector, with `[DIR]` for `dir`.
fn shown(dir: &Path, plan: &Plan) -> String {
    let lines = plan.collectors.iter().map(|it| match &it.library {
        Ok(found) => format!(
            "{} {} {} {} {:?}",
            it.name,
            it.order.as_str(),
            found.path.display(),
            it.config_json,
            it.needs
        ),
        Err(refused) => format!("{} refused: {refused}", it.name),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace(&dir.canonicalize().expect("the directory").display().to_string(), "[DIR]")
}

#[test]
fn snapshots_come_first_and_trouble_stays_with_its_collector() {
    let dir = plugins();
    let yaml = format!(
        "version: 1
collectors:
  - plugin: second
    config: {{ url: http://x }}
  - plugin: second
    name: misspelt
    config: {{ ulr: http://x, depth: deep }}
  - plugin: first
  - plugin: first
    name: pinned
    sha256: {pin}
  - plugin: third
  - plugin: broken
  - plugin: frist
  - plugin: {dir}/libthird.so
    name: by-path
",
        pin = "0".repeat(64),
        dir = dir.path().display(),
    );
    let plan = plan(dir.path(), &yaml);
    let sha256 = plan.collectors[0].library.as_ref().expect("a plugin").sha256.clone();
    assert_eq!(plan.refused().count(), 5);
    expect![[r#"
        first snapshot [DIR]/libfirst.so {} ["first: /proc/nothing is not on this machine; the rest is taken"]
        second fetch [DIR]/libsecond.so {"url":"http://x","depth":3} []
        misspelt refused: m.yaml:7:30: collectors[1].config.depth: expected a whole number, found a text
        m.yaml:7:15: collectors[1].config.ulr: unknown key; did you mean `url`? the keys here are url, depth
        m.yaml:7:5: collectors[1].config.url: the key is missing; add `url: …`
        pinned refused: m.yaml:11:5: collectors[3].sha256: [DIR]/libfirst.so: its sha256 is [SHA256], the manifest pins 0000000000000000000000000000000000000000000000000000000000000000; get the pinned file, or correct `sha256` if the new one is meant
        third refused: m.yaml:12:5: collectors[4].plugin: [DIR]/libthird.so: describes the plugin `other`, not `third`; write `plugin: other`, or the path of the file
        broken refused: m.yaml:13:5: collectors[5].plugin: [DIR]/libbroken.so: not a shared library (it starts with "no libra"): a text file; was the plugin's source named instead of the library?
        frist refused: m.yaml:14:5: collectors[6].plugin: no libfrist.so in [DIR], /usr/local/lib/collector/plugins, /usr/lib/collector/plugins; did you mean `first`?; `collector plugin list` shows the plugins there are; add its directory to `plugin_directories`, or write the path of its library
        by-path fetch [DIR]/libthird.so {} []"#]].assert_eq(&shown(dir.path(), &plan).replace(&sha256, "[SHA256]"));
}
