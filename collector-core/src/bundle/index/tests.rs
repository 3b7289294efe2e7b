//! What the JSON files look like, and which of their fields may be missing.

use expect_test::expect;

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
