//! What is refused, when, and with which words and exit code: the manifest before anything starts,
//! a plugin in its row of the bundle, unless there is no other.

mod files;

use std::fs;

use expect_test::expect;

use crate::support::{Scene, collector, plugins};

/// What the run said, with stand-ins for the places of this machine.
fn said(scene: &Scene) -> String {
    let said = collector(scene.path(), &["run", "m.yaml"]);
    assert_eq!(scene.output(), [] as [&std::path::Path; 0], "no bundle");
    said.to_string().replace(&plugins().display().to_string(), "[PLUGINS]")
}

#[test]
fn refused_plugins_are_rows_and_the_others_run() {
    let wrong = "0".repeat(64);
    let scene = need!(Scene::new(&format!(
        "\
collectors:
  - plugin: '[good.c]'
  - plugin: no-such-plugin
  - {{ plugin: ./libmissing.so, name: no-such-file }}
  - {{ plugin: ./m.yaml, name: no-library }}
  - {{ plugin: meminfo, name: other-sum, sha256: {wrong} }}
  - {{ plugin: meminfo, name: other-config, config: {{ procsf: /proc }} }}
  - {{ plugin: '[bad-config.c]', name: other-mind }}
  - plugin: meminfo
"
    )));
    let captured = scene.capture(&[]);
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    assert_eq!(captured.bundle.outcomes("good"), ["ok"]);
    assert_eq!(captured.bundle.outcomes("meminfo"), ["ok"]);
    let refused =
        ["no-such-plugin", "no-such-file", "no-library", "other-sum", "other-config", "other-mind"];
    let rows: String =
        refused.iter().map(|name| format!("{name}: {}", captured.rows(name))).collect();
    let rows = rows
        .replace(&scene.path().display().to_string(), "[DIR]")
        .replace(&plugins().display().to_string(), "[OFFICIAL]");
    expect![[r#"
        no-such-plugin: 1 x refused
          reason: m.yaml:6:5: collectors[1].plugin: no libno_such_plugin.so in [OFFICIAL], [BESIDE], [ABOVE]/lib/collector/plugins, /usr/local/lib/collector/plugins, /usr/lib/collector/plugins; `collector plugin list` shows the plugins there are; add its directory to `plugin_directories`, or write the path of its library
        no-such-file: 1 x refused
          reason: m.yaml:7:7: collectors[2].plugin: ./libmissing.so: there is no such file; correct the path, or copy the plugin there
        no-library: 1 x refused
          reason: m.yaml:8:7: collectors[3].plugin: ./m.yaml: not a shared library (it starts with "version:"): a text file; was the plugin's source named instead of the library?
        other-sum: 1 x refused
          reason: m.yaml:9:41: collectors[4].sha256: [OFFICIAL]/libmeminfo.so: its sha256 is [SHA256], the manifest pins [SHA256]; get the pinned file, or correct `sha256` if the new one is meant
        other-config: 1 x refused
          reason: m.yaml:10:54: collectors[5].config.procsf: unknown key; did you mean `procfs`? the keys here are procfs, sysfs
        other-mind: 1 x refused
          reason: config.url: there is no host in it
    "#]].assert_eq(&without_sums(&rows));
    for item in captured.bundle.capture["plan"].as_array().expect("a list") {
        let name = item["collector"].as_str().expect("a name");
        // What the plugin itself refuses is not known before the start.
        let is_told = refused.contains(&name) && name != "other-mind";
        assert_eq!(item["refused"].is_string(), is_told, "{item:#}");
    }
}

/// Sums differ with every build, and so do the places that are searched.
fn without_sums(text: &str) -> String {
    let words = text.split_inclusive(' ').map(|word| {
        let bare = word.trim_end_matches([' ', ',', ';', '\n']);
        let is_sum = bare.len() == 64 && bare.bytes().all(|it| it.is_ascii_hexdigit());
        if is_sum { word.replace(bare, "[SHA256]") } else { word.to_owned() }
    });
    let text: String = words.collect();
    let program = env!("CARGO_BIN_EXE_collector");
    let beside = std::path::Path::new(program).parent().expect("a program is in a directory");
    let above = beside.parent().expect("and that in another");
    text.replace(&format!("{},", beside.display()), "[BESIDE],")
        .replace(&format!("{}/lib", above.display()), "[ABOVE]/lib")
}

#[test]
fn a_misspelled_key_is_told_with_its_place() {
    let scene = need!(Scene::new("collectors:\n  - plugin: meminfo\n    evry: 10s\n"));
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: m.yaml:6:5: collectors[0].evry: unknown key; did you mean `every`? the keys here are plugin, name, every, limits, sha256, config
    "#]].assert_eq(&said(&scene));
}

/// glibc takes an empty path for the program itself.
#[test]
fn a_plugin_without_a_name_is_told_with_its_place() {
    let scene = need!(Scene::new("collectors:\n  - plugin: ''\n"));
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: m.yaml:5:5: collectors[0].plugin: the name is empty; use a-z, 0-9 and dashes, at most 32 of them, no dash first
    "#]].assert_eq(&said(&scene));
}

#[test]
fn what_is_no_yaml_is_told_with_its_place() {
    let scene = need!(Scene::new("collectors:\n  - plugin: {meminfo\n"));
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: m.yaml:6:1: not YAML: while parsing a flow mapping, did not find expected ',' or '}'; check this line and the one before it
    "#]].assert_eq(&said(&scene));
}

#[test]
fn a_missing_manifest_is_told_with_its_path() {
    let scene = need!(Scene::new("collectors: []\n"));
    fs::remove_file(scene.path().join("m.yaml")).expect("remove the manifest");
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: cannot read the manifest m.yaml: No such file or directory (os error 2)
    "#]]
    .assert_eq(&said(&scene));
}

#[test]
fn nothing_to_collect_leaves_no_bundle() {
    let scene = need!(Scene::new(
        "\
collectors:
  - { plugin: ./libmissing.so, name: first }
  - { plugin: meminfo, config: { procsf: /proc } }
"
    ));
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: every plugin was refused, so nothing is left to collect:
          first: m.yaml:5:7: collectors[0].plugin: ./libmissing.so: there is no such file; correct the path, or copy the plugin there
          meminfo: m.yaml:6:34: collectors[1].config.procsf: unknown key; did you mean `procfs`? the keys here are procfs, sysfs
    "#]].assert_eq(&said(&scene));
}

#[test]
fn options_that_do_not_fit_are_a_usage_error() {
    let scene = need!(Scene::new("collectors:\n  - plugin: meminfo\n"));
    for options in [&["--every", "soon"][..], &["--for", "5m", "--samples", "3"], &["--evry", "1s"]]
    {
        let said = collector(scene.path(), &[&["run", "m.yaml"], options].concat());
        assert_eq!((said.exit, said.stdout.as_str()), (2, ""), "{said}");
        assert!(said.stderr.starts_with("error: "), "{said}");
    }
    assert_eq!(scene.output().len(), 0);
}

#[test]
fn a_directory_that_cannot_be_written_leaves_no_bundle() {
    let scene = need!(Scene::new("collectors:\n  - plugin: meminfo\n"));
    // Neither can root write here.
    for directory in ["m.yaml/out", "/proc/self/out"] {
        let said = collector(scene.path(), &["run", "--output", directory, "m.yaml"]);
        assert_eq!((said.exit, said.stdout.as_str()), (5, ""), "{said}");
        assert!(said.stderr.contains("error: "), "{said}");
        assert!(said.stderr.contains(directory), "{said}");
    }
}
