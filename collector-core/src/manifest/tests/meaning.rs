//! What a good manifest means, how the command line changes it, and what the bundle gets of it.

use std::path::Path;
use std::time::Duration;

use expect_test::expect;
use serde_json::json;

use super::{environment, parse, text_of};
use crate::manifest::{End, KeyPath, Limits, Manifest, Output, Overrides, Schedule};
use crate::units::Bytes;

const EVERYTHING: &str = r#"
version: 1
case: ACME-1234
output: { directory: /var/tmp, max_bytes: 3GiB, min_free: 0, compression: 9 }
schedule:
  every: 10s
  for: 5m
limits: { timeout: 5s, max_bytes: 1500B }
plugin_directories: [plugins, /opt/plugins]
collectors:
  - plugin: fd-scan
    every: 30s
    limits: { timeout: 1m30s }
  - plugin: ./lib/libacme_storage.so
    sha256: 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08
    config:
      url: "http://joe:${PASSWORD}@${HOST}:${PORT:-80}/"
      # the password is hunter3
      password: hunter4
      fallback_token: "${TOKEN:-hunter5}"
      token: "${PASSWORD}"
      price: "5$$ ${HOST}"
      list: [1, -2, 1.5, true, null, "*x", "yes"]
      empty: {}
"#;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn every_key_has_its_meaning() {
    let manifest = Manifest::parse("/etc/m/m.yaml", EVERYTHING, &environment).expect("a manifest");
    assert_eq!(manifest.case.as_deref(), Some("ACME-1234"));
    let output = Output {
        directory: "/var/tmp".into(),
        max_bytes: Bytes(3 << 30),
        min_free: Bytes(0),
        compression: 9,
    };
    assert_eq!(manifest.output, output);
    let schedule = Schedule::Repeat { every: SECOND * 10, end: End::After(SECOND * 300) };
    assert_eq!(manifest.schedule, schedule);
    assert_eq!(
        manifest.plugin_directories,
        [Path::new("/etc/m/plugins"), Path::new("/opt/plugins")]
    );
    let [scan, acme] = &manifest.collectors[..] else { panic!("two collectors") };
    assert_eq!((scan.name.as_str(), scan.every), ("fd-scan", Some(SECOND * 30)));
    let mut limits = Limits { timeout: SECOND * 90, max_bytes: Bytes(1500), ..Limits::default() };
    assert_eq!(scan.limits, limits);
    assert_eq!(scan.config, json!({}));
    limits.timeout = SECOND * 5;
    assert_eq!(acme.limits, limits);
    assert_eq!(acme.plugin, "/etc/m/./lib/libacme_storage.so");
    assert_eq!(acme.name, "acme-storage");
    assert!(acme.sha256.as_deref().is_some_and(|it| it.starts_with("9f86d081")));
    assert_eq!(
        acme.config,
        json!({
            "url": "http://joe:hunter2@db1:80/",
            "password": "hunter4",
            "fallback_token": "hunter5",
            "token": "hunter2",
            "price": "5$ db1",
            "list": [1, -2, 1.5, true, null, "*x", "yes"],
            "empty": {},
        })
    );
}

#[test]
fn defaults_are_those_of_the_design() {
    let manifest =
        parse("version: 1\nschedule:\noutput:\nlimits:\ncollectors: [{plugin: meminfo, config: }]")
            .expect("sections without a key are as good as absent");
    assert_eq!(manifest.output, Output::default());
    assert_eq!(manifest.schedule, Schedule::Once);
    assert_eq!(manifest.case, None);
    assert_eq!(manifest.collectors[0].limits, Limits::default());
    assert_eq!(manifest.collectors[0].config, json!({}));
}

#[test]
fn a_case_of_digits_stays_as_it_is_written() {
    let manifest = parse("version: 1\ncase: 00120\ncollectors: [{plugin: meminfo}]");
    assert_eq!(manifest.expect("a manifest").case.as_deref(), Some("00120"));
}

#[test]
fn line_ends_and_marks_of_other_systems_are_read() {
    let manifest = parse("\u{feff}version: 1\r\ncase: a\r\ncollectors:\r\n  - plugin: meminfo\r\n");
    assert_eq!(manifest.expect("a manifest").case.as_deref(), Some("a"));
}

#[test]
fn aliases_share_a_configuration() {
    let manifest = parse(
        "version: 1\ncollectors:\n  - {plugin: a, config: &c {url: x}}\n  - {plugin: b, config: *c}\n",
    )
    .expect("a manifest");
    assert_eq!(manifest.collectors[1].config, json!({ "url": "x" }));
    let behind = manifest.place(&KeyPath::config(1).key("url")).expect("a place");
    assert_eq!(behind.to_string(), "m.yaml:4:17");
}

#[test]
fn keys_have_places() {
    let manifest = parse(EVERYTHING).expect("a manifest");
    let place = |path: &KeyPath| manifest.place(path).map(|it| it.to_string());
    let config = KeyPath::config(1);
    assert_eq!(place(&config.key("password")).as_deref(), Some("m.yaml:19:7"));
    assert_eq!(place(&config.key("list").index(2)).as_deref(), Some("m.yaml:23:21"));
    assert_eq!(place(&config.key("absent")).as_deref(), Some("m.yaml:16:5"));
    assert_eq!(place(&KeyPath::config(2)), None);
    assert_eq!(place(&KeyPath::root()).as_deref(), Some("m.yaml:2:1"));
}

#[test]
fn the_manifest_that_is_built_in_takes_one_sample_of_the_host() {
    let manifest = Manifest::builtin();
    let names: Vec<&str> = manifest.collectors.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["meminfo", "slabinfo", "process-memory", "fd-scan"]);
    assert_eq!((manifest.schedule, manifest.name()), (Schedule::Once, "(built in)"));
}

#[test]
fn the_command_line_changes_the_manifest() {
    let mut manifest = parse(EVERYTHING).expect("a manifest");
    let url = || "http://joe:x@h/$a".to_owned();
    let overrides = Overrides {
        samples: Some(7),
        case: Some("B".to_owned()),
        output_directory: Some("out".into()),
        pprof_urls: vec![url(), url()],
        metrics_urls: vec![url()],
        ..Overrides::default()
    };
    manifest.apply(&overrides).expect("they fit");
    let schedule = Schedule::Repeat { every: SECOND * 10, end: End::Samples(7) };
    assert_eq!(manifest.schedule, schedule);
    assert_eq!(manifest.case.as_deref(), Some("B"));
    assert_eq!(manifest.output.directory, Path::new("out"));
    let names: Vec<&str> = manifest.collectors[2..].iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["go-pprof", "go-pprof-2", "prometheus-scrape"]);
    assert_eq!(manifest.collectors[2].config, json!({ "url": url() }));
    assert_eq!(manifest.collectors[2].limits.timeout, SECOND * 5);
    assert_eq!(manifest.place(&KeyPath::config(2).key("url")), None);
}

#[test]
fn options_that_do_not_fit_are_told() {
    let said = |yaml: &str, overrides: Overrides| {
        let mut manifest = parse(yaml).expect("a manifest");
        text_of(&manifest.apply(&overrides).expect_err("it does not fit"))
    };
    let none = Overrides::default;
    let once = "version: 1\ncollectors: [{plugin: meminfo}]";
    let messages = [
        said(once, Overrides { every: Some(SECOND), ..none() }),
        said(once, Overrides { samples: Some(3), ..none() }),
        said(once, Overrides { span: Some(SECOND), ..none() }),
        said(EVERYTHING, Overrides { every: Some(Duration::ZERO), ..none() }),
        said(EVERYTHING, Overrides { span: Some(SECOND), samples: Some(1), ..none() }),
        said(EVERYTHING, Overrides { samples: Some(0), ..none() }),
        said(once, Overrides { case: Some("a/b".to_owned()), ..none() }),
        said(once, Overrides { output_directory: Some("".into()), ..none() }),
        said(once, Overrides { pprof_urls: vec!["127.0.0.1:6060".to_owned()], ..none() }),
        said(once, Overrides { metrics_urls: vec!["ftp://a:b@h/".to_owned()], ..none() }),
    ];
    expect![[r#"
        --every: says how often, but not when to end; add --for 5m or --samples 30
        --samples: says when to end, but not how often; add --every, such as --every 10s
        --for: says when to end, but not how often; add --every, such as --every 10s
        --every: the interval is too short; the shortest is 10ms, and 10s is usual
        --samples: --for says when to end as well; keep one of them
        --samples: no sample would be taken; write at least 1, or remove the schedule
        --case: `a/b` holds '/'; it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first
        --output: expected a directory; write `.` for this one
        --pprof: `127.0.0.1:6060` is no URL of a server; write one such as http://127.0.0.1:6060
        --metrics: `ftp://***@h/` is no URL of a server; write one such as http://127.0.0.1:9090/metrics"#]].assert_eq(&messages.join("\n"));
}

#[test]
fn the_copy_for_the_bundle_is_masked_and_a_manifest() {
    let mut manifest = parse(EVERYTHING).expect("a manifest");
    let url = "http://joe:x@h/?a=$b".to_owned();
    let overrides = Overrides { pprof_urls: vec![url], ..Overrides::default() };
    manifest.apply(&overrides).expect("it fits");
    let copy = manifest.masked_yaml().expect("YAML");
    expect![[r#"
        version: 1
        case: ACME-1234
        output:
          directory: /var/tmp
          max_bytes: 3GiB
          min_free: 0B
          compression: 9
        schedule:
          every: 10s
          for: 5m
        plugin_directories:
        - plugins
        - /opt/plugins
        collectors:
        - plugin: fd-scan
          name: fd-scan
          every: 30s
          limits:
            timeout: 1m30s
            max_bytes: 1500B
            max_memory: 256MiB
        - plugin: ./lib/libacme_storage.so
          name: acme-storage
          limits:
            timeout: 5s
            max_bytes: 1500B
            max_memory: 256MiB
          sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
          config:
            url: http://***@${HOST}:${PORT:-80}/
            password: '***'
            fallback_token: '***'
            token: ${PASSWORD}
            price: 5$$ ${HOST}
            list:
            - 1
            - -2
            - 1.5
            - true
            - null
            - '*x'
            - yes
            empty: {}
        - plugin: go-pprof
          name: go-pprof
          limits:
            timeout: 5s
            max_bytes: 1500B
            max_memory: 256MiB
          config:
            url: http://***@h/?a=$$b
    "#]]
    .assert_eq(&copy);
    assert!(!copy.contains("hunter"), "a secret in {copy}");

    let again = Manifest::parse("manifest.yaml", &copy, &environment).expect("a manifest");
    assert_eq!(again.masked_yaml().expect("YAML"), copy);
    assert_eq!((again.output, again.schedule), (manifest.output, manifest.schedule));
    assert_eq!(again.collectors[1].config["token"], json!("hunter2"));
    assert_eq!(again.collectors[1].config["list"], manifest.collectors[1].config["list"]);
    assert_eq!(again.collectors[2].config["url"], json!("http://***@h/?a=$b"));
}
