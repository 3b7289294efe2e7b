//! What the JSON files look like, and which of their fields may be missing.

use std::collections::BTreeSet;

use expect_test::expect;
use serde_json::Value;

use super::*;

fn sample() -> Sample {
    serde_json::from_str(
        r#"{"index":0,"time":"2026-11-23T02:45:12.123Z","monotonic_ms":5,"duration_ms":12,
            "from_a_later_minor":{"x":1},
            "rows":[{"collector":"meminfo","outcome":"partial","reason":"r","later":1,
            "files":[{"name":"meminfo/meminfo","media_type":"text/plain","bytes":3,"sha256":"ab"}],
            "cost":{"wall_ms":3,"cpu_us":900}}]}"#,
    )
    .expect("a sample of a later minor version")
}

#[test]
fn fields_of_later_versions_are_ignored_and_missing_ones_are_unknown() {
    let sample = sample();
    assert_eq!(sample.boottime_ms, None);
    assert_eq!(sample.rows[0].cost.expect("a cost").max_rss_bytes, None);
    assert!(!sample.rows[0].files[0].cut);
}

#[test]
fn what_is_not_known_takes_no_bytes() {
    expect![[r#"{"index":0,"time":"2026-11-23T02:45:12.123Z","monotonic_ms":5,"duration_ms":12,"rows":[{"collector":"meminfo","outcome":"partial","reason":"r","cost":{"wall_ms":3,"cpu_us":900},"files":[{"name":"meminfo/meminfo","media_type":"text/plain","bytes":3,"sha256":"ab"}]}]}"#]]
    .assert_eq(&serde_json::to_string(&sample()).expect("JSON"));
}

#[test]
fn a_reading_that_must_be_there_is_not_made_up() {
    let without_outcome = r#"{"collector":"meminfo"}"#;
    assert!(serde_json::from_str::<Row>(without_outcome).is_err());
}

#[test]
fn only_another_major_version_is_unreadable() {
    assert!(Layout { major: 1, minor: 99 }.is_readable());
    assert!(!Layout { major: 2, minor: 0 }.is_readable());
}

/// Every name of a field or of a closed set's word in `schema`.
fn names_in(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => {
                        names.extend(properties.keys().cloned());
                    }
                    ("const", Value::String(word)) => {
                        names.insert(word.clone());
                    }
                    ("enum", Value::Array(words)) => {
                        names.extend(words.iter().filter_map(|it| Some(it.as_str()?.to_owned())));
                    }
                    _ => {}
                }
                names_in(value, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|it| names_in(it, names)),
        _ => {}
    }
}

#[test]
fn the_document_has_every_field_and_every_word() {
    let document = include_str!("../../../../docs/bundle-format.md");
    for (file, schema) in [
        ("capture.json", capture_schema()),
        ("sample.json", sample_schema()),
        ("index.json", index_schema()),
    ] {
        let mut names = BTreeSet::new();
        names_in(schema.as_value(), &mut names);
        assert!(names.len() > 10, "{file}: {names:?}");
        let start = document.find(&format!("\n## `{file}`")).expect("a section");
        let section = &document[start + 1..];
        let section = &section[..section.find("\n## ").unwrap_or(section.len())];
        for name in names {
            assert!(
                section.contains(&format!("`{name}`")),
                "{file}: docs/bundle-format.md does not explain `{name}`"
            );
        }
    }
}

#[test]
fn every_field_has_a_description() {
    for schema in [capture_schema(), sample_schema(), index_schema()] {
        let mut bare = Vec::new();
        collect_bare(schema.as_value(), &mut bare);
        assert_eq!(bare, Vec::<String>::new());
    }
}

fn collect_bare(schema: &Value, bare: &mut Vec<String>) {
    if let Some(properties) = schema.get("properties").and_then(|it| it.as_object()) {
        let without = properties.iter().filter(|(_, it)| it.get("description").is_none());
        bare.extend(without.map(|(name, _)| name.clone()));
    }
    match schema {
        Value::Object(fields) => {
            fields.values().for_each(|it| collect_bare(it, bare));
        }
        Value::Array(values) => values.iter().for_each(|it| collect_bare(it, bare)),
        _ => {}
    }
}
