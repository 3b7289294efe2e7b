//! Damage of every kind, and where it is found.

use std::fs;

use expect_test::expect;

use super::*;
use crate::bundle::testing::{Hostile, small_bundle, write_small};

mod every_byte;

#[test]
fn a_changed_byte_is_found_wherever_it_is() {
    let place = tempfile::tempdir().expect("a directory");
    let path = write_small(place.path()).path;
    assert!(verify(&path).expect("readable").is_good());
    let whole = fs::read(&path).expect("read");
    let stream = zstd::decode_all(whole.as_slice()).expect("zstd");
    for position in (0..whole.len()).step_by(7) {
        let mut changed = whole.clone();
        changed[position] ^= 0x10;
        fs::write(&path, &changed).expect("written");
        // Some bits of zstd mean nothing to a decoder: then nothing was changed.
        let is_changed = zstd::decode_all(changed.as_slice()).ok().as_ref() != Some(&stream);
        let is_good = verify(&path).is_ok_and(|it| it.is_good());
        assert_eq!(is_good, !is_changed, "byte {position} of {}", whole.len());
    }
}

/// The small bundle unpacked, changed by `change`, and packed again by hand.
fn verdict_on(change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> String {
    let place = tempfile::tempdir().expect("a directory");
    let path = small_bundle(place.path());
    let mut reader = BundleReader::open(&path).expect("opened");
    let root = reader.root().to_string();
    let mut made = Hostile::default();
    while let Some(mut entry) = reader.next_entry().expect("an entry") {
        let name = entry.name().to_string();
        let content = entry.content(1 << 20).expect("content");
        if let Some(content) = change(&name, content) {
            made = made.file(&format!("{root}/{name}"), &content);
        }
    }
    match verify(&made.save(place.path())) {
        Ok(verdict) => match verdict.damage {
            Some((name, what)) => format!("{name}: {what}"),
            None => format!("{:?}", verdict.tail),
        },
        Err(error) => error.to_string(),
    }
}

#[test]
fn changes_under_good_compression_are_found() {
    let append = |of: &'static str| {
        move |name: &str, mut content: Vec<u8>| {
            if name.ends_with(of) {
                content.push(b'\n');
            }
            Some(content)
        }
    };
    let without = |of: &'static str| {
        move |name: &str, content: Vec<u8>| (!name.ends_with(of)).then_some(content)
    };
    let flip = |of: &'static str| {
        move |name: &str, mut content: Vec<u8>| {
            if name.ends_with(of) {
                content[0] ^= 1;
            }
            Some(content)
        }
    };
    let said = [
        verdict_on(|_, content| Some(content)),
        verdict_on(append("meminfo/meminfo")),
        verdict_on(flip("meminfo/meminfo")),
        verdict_on(without("meminfo/meminfo")),
        verdict_on(flip("manifest.yaml")),
        verdict_on(without("manifest.yaml")),
        verdict_on(append("sample.json")),
        verdict_on(without("sample.json")),
        verdict_on(append("index.json")),
        verdict_on(without("index.json")),
        verdict_on(append("SHA256SUMS")),
        verdict_on(without("SHA256SUMS")),
        verdict_on(flip("SHA256SUMS")),
    ];
    expect![[r#"
        Whole
        samples/20261123T024512.123Z/meminfo/meminfo: it has 22 bytes, and samples/20261123T024512.123Z/sample.json says 21
        samples/20261123T024512.123Z/meminfo/meminfo: its SHA-256 is not the one in samples/20261123T024512.123Z/sample.json
        samples/20261123T024512.123Z/meminfo/meminfo: samples/20261123T024512.123Z/sample.json lists it, and it is missing
        manifest.yaml: its SHA-256 is not the one in SHA256SUMS
        samples/20261123T024512.123Z/meminfo/meminfo: SHA256SUMS does not list it at its place
        samples/20261123T024512.123Z/sample.json: its SHA-256 is not the one in SHA256SUMS
        samples/20261123T024522.123Z/meminfo/meminfo: SHA256SUMS does not list it at its place
        index.json: its SHA-256 is not the one in SHA256SUMS
        SHA256SUMS: it lists a file that is missing
        SHA256SUMS: it lists a file that is missing
        Cut(Left { samples: 3, files: 18, bytes: 38080, place: "after index.json" })
        capture.json: its SHA-256 is not the one in SHA256SUMS"#]].assert_eq(&said.join("\n"));
}
