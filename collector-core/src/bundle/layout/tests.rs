//! Names that are taken, and names that are not.

use expect_test::expect;

use super::*;

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_401_912, 123_456_789).expect("a moment")
}

#[test]
fn names_say_what_an_entry_is() {
    let place = |name: &str| format!("{:?}", EntryName::new(name).expect(name).place());
    let said: Vec<String> = [
        "capture.json",
        "manifest.yaml",
        "samples/20261123T024512.123Z/meminfo/zoneinfo",
        "samples/20261123T024512.123Z/acme/db-1/stats+x@y.txt",
        "samples/20261123T024512.123Z/sample.json",
        "index.json",
        "SHA256SUMS",
        "samples/x",
        "notes/from-a-later-version",
    ]
    .map(place)
    .into();
    expect![[r#"
        Capture
        Manifest
        Artifact { sample: "20261123T024512.123Z", collector: "meminfo", artifact: "zoneinfo" }
        Artifact { sample: "20261123T024512.123Z", collector: "acme", artifact: "db-1/stats+x@y.txt" }
        Sample { sample: "20261123T024512.123Z" }
        Index
        Sums
        Other
        Other"#]]
    .assert_eq(&said.join("\n"));
}

#[test]
fn bad_names_are_refused_with_the_reason() {
    let long = "a/".repeat(300);
    let wide = "b".repeat(256);
    let said: Vec<String> = [
        "",
        "/etc/passwd",
        "..",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        "-rf",
        "a/-x",
        "a b",
        "a\\b",
        "a\nb",
        "a:b",
        "ä",
        "a\0b",
        &long,
        &wide,
    ]
    .iter()
    .map(|name| EntryName::new(name).expect_err(name).reason.to_owned())
    .collect();
    expect![[r#"
        it is empty
        it is absolute
        `.` and `..` are not allowed
        `.` and `..` are not allowed
        `.` and `..` are not allowed
        it has an empty component
        it has an empty component
        a component begins with `-`
        a component begins with `-`
        only A-Z a-z 0-9 . _ @ + - and / are allowed
        only A-Z a-z 0-9 . _ @ + - and / are allowed
        only A-Z a-z 0-9 . _ @ + - and / are allowed
        only A-Z a-z 0-9 . _ @ + - and / are allowed
        only A-Z a-z 0-9 . _ @ + - and / are allowed
        only A-Z a-z 0-9 . _ @ + - and / are allowed
        it is longer than 512 bytes
        a component is longer than 255 bytes"#]]
    .assert_eq(&said.join("\n"));
}

#[test]
fn a_refused_name_cannot_write_to_the_terminal() {
    let error = EntryName::new("a\u{1b}[2Jb").expect_err("an escape");
    assert!(!error.to_string().contains('\u{1b}'));
}

#[test]
fn roots_are_made_of_whatever_the_host_is_called() {
    let long = "x".repeat(300);
    let said: Vec<String> = [
        ("web1", None),
        ("web1", Some("ACME-1234")),
        ("../../etc", Some("a/b c")),
        ("", Some("")),
        ("-.-", None),
        ("höst.example.com", None),
        (long.as_str(), Some(long.as_str())),
    ]
    .map(|(host, case)| {
        let root = RootName::new(host, case, at());
        assert_eq!(RootName::from_bundle(root.as_str()).as_ref(), Ok(&root));
        root.to_string().replace(&"x".repeat(40), "(40x)")
    })
    .into();
    expect![[r#"
        web1-20261123T024512Z
        web1-ACME-1234-20261123T024512Z
        etc-a-b-c-20261123T024512Z
        host-20261123T024512Z
        host-20261123T024512Z
        h-st.example.com-20261123T024512Z
        (40x)xxxxxxxxxxxxxxxxxxxxxxxx-(40x)-20261123T024512Z"#]]
    .assert_eq(&said.join("\n"));
}

#[test]
fn samples_are_named_to_the_millisecond() {
    assert_eq!(sample_directory(at()), "20261123T024512.123Z");
    assert_eq!(sample_directory(DateTime::UNIX_EPOCH), "19700101T000000.000Z");
}

#[test]
fn a_root_is_one_component() {
    assert!(RootName::from_bundle("a/b").is_err());
    assert!(RootName::from_bundle("..").is_err());
}
