//! `collector report` on bundles that were recorded for real: what a support engineer sees.

use std::path::{Path, PathBuf};

use expect_test::expect;
use serde_json::Value;

use crate::support::collector;

/// A recorded bundle; see `docs/scenarios.md`.
fn recorded(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/scenarios");
    fixtures.join(format!("{name}.tar.zst"))
}

fn report(options: &[&str], name: &str) -> String {
    let bundle = recorded(name);
    let mut words = vec!["report"];
    words.extend(options);
    words.push(bundle.to_str().expect("a path of text"));
    let said = collector(Path::new("."), &words);
    assert_eq!((said.exit, &*said.stderr), (0, ""), "{said}");
    said.stdout
}

#[test]
fn the_founding_case_as_text() {
    expect![[""]].assert_eq(&report(&[], "go-lock-files"));
}

#[test]
fn a_leak_of_a_go_heap_names_its_line() {
    expect![[""]].assert_eq(&report(&[], "go-heap"));
}

#[test]
fn a_quiet_host_is_told_to_be_one() {
    expect![[""]].assert_eq(&report(&[], "idle"));
}

#[test]
fn the_terms_add_up_in_every_recorded_bundle() {
    let bundles = recorded("idle").parent().expect("a directory").read_dir().expect("the bundles");
    let mut n_read = 0;
    for bundle in bundles.map(|it| it.expect("an entry").path()) {
        let Some(name) = bundle.file_name().and_then(|it| it.to_str()?.strip_suffix(".tar.zst"))
        else {
            continue;
        };
        n_read += 1;
        let report: Value = serde_json::from_str(&report(&["--json"], name)).expect("JSON");
        assert_eq!(report["schema"], "collector-report/1");
        let growth = &report["growth"];
        let terms = growth["terms"].as_array().expect("terms");
        let sum: i64 = terms.iter().map(|it| it["bytes"].as_i64().expect("bytes")).sum();
        let unaccounted = growth["unaccounted_bytes"].as_i64().expect("bytes");
        assert_eq!(sum + unaccounted, growth["used_bytes"].as_i64().expect("bytes"), "{name}");
        let findings = report["findings"].as_array().expect("findings");
        assert!(findings.len() <= 5, "{name}");
        for line in self::report(&[], name).lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
    }
    assert!(n_read >= 12, "only {n_read} bundles");
}

#[test]
fn the_json_is_what_its_schema_says() {
    let schema = collector(Path::new("."), &["schema", "report"]).stdout;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for name in ["go-lock-files", "idle"] {
        let report: Value = serde_json::from_str(&report(&["--json"], name)).expect("JSON");
        let wrong: Vec<String> = validator.iter_errors(&report).map(|it| it.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
}
