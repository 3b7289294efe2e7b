//! A small bundle, cut at each byte and with each bit changed: nothing of it is taken for whole,
//! and whatever is wrong has a name.

use std::fs;
use std::path::Path;

use expect_test::expect;

use super::*;
use crate::bundle::extract::extract;
use crate::bundle::recover::{Recovery, recover};
use crate::bundle::testing::{add_sample, capture, ending, options};
use crate::bundle::writer::BundleWriter;

/// A bundle of one sample of one file.
fn tiny_bundle(place: &Path) -> Vec<u8> {
    let mut writer =
        BundleWriter::create(options(place), &capture(), "version: 1\n").expect("created");
    add_sample(&mut writer, 0, &[("meminfo/meminfo", b"MemTotal: 8 kB\n")]).expect("a sample");
    let path = writer.finish(ending()).expect("finished").path;
    let bytes = fs::read(&path).expect("read");
    fs::remove_file(path).expect("removed");
    bytes
}

/// What is wrong with the file as `verify` sees it; `None`: nothing.
fn fault(path: &Path) -> Option<String> {
    match verify(path) {
        Ok(verdict) if verdict.is_good() => None,
        Ok(Verdict { damage: Some((name, what)), .. }) => Some(format!("{name}: {what}")),
        Ok(Verdict { tail: Tail::Cut(left), .. }) => Some(format!("{}: cut", left.place)),
        Ok(Verdict { tail: Tail::Damaged { left, why }, .. }) => {
            Some(format!("{}: {why}", left.place))
        }
        Ok(verdict) => panic!("neither good nor bad: {verdict:?}"),
        Err(error) => Some(error.to_string()),
    }
}

/// Has the other parts read the file too, which must end, and write only where they should.
/// `recover` waits for the disk, so it gets one file of sixteen.
fn use_it(place: &Path, path: &Path, position: usize) {
    let out = place.join("out");
    let extracted = extract(path, &out);
    assert!(extracted.is_ok_and(|it| it.tail == Tail::Whole) <= fault(path).is_none());
    if position.is_multiple_of(16)
        && let Ok(Recovery::Recovered(it)) = recover(path, Some(&out))
    {
        assert_eq!(fault(&it.path), None, "what was recovered is good");
    }
    // It was not made where not even the first entry is whole.
    let _ = fs::remove_dir_all(&out);
    let left: Vec<_> = fs::read_dir(place).expect("there").map(|it| it.expect("it")).collect();
    assert_eq!(left.len(), 1, "something was written beside the target: {left:?}");
}

#[test]
fn a_bundle_cut_at_any_byte_is_never_whole() {
    let place = tempfile::tempdir().expect("a directory");
    let whole = tiny_bundle(place.path());
    let path = place.path().join("cut.tar.zst");
    let mut places = Vec::new();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).expect("written");
        let fault = fault(&path).unwrap_or_else(|| panic!("cut at {length}: it is good"));
        places.push(fault.replace(&path.display().to_string(), "B"));
        use_it(place.path(), &path, length);
    }
    places.dedup();
    expect![[r#"
        B is not a bundle: it is empty: the capture ended before its first byte
        B is not a bundle: it is not compressed with zstd
        B is not a bundle: it ends before its first entry does, and nothing can be saved
        after manifest.yaml: cut
        after samples/20261123T024512.123Z/sample.json: cut
        after SHA256SUMS: cut"#]]
    .assert_eq(&places.join("\n"));
}

#[test]
fn a_bundle_with_any_bit_changed_is_damaged() {
    let place = tempfile::tempdir().expect("a directory");
    let whole = tiny_bundle(place.path());
    let stream = zstd::decode_all(whole.as_slice()).expect("zstd");
    let path = place.path().join("changed.tar.zst");
    let mut changed = whole.clone();
    let mut of_no_matter = Vec::new();
    for position in 0..whole.len() {
        for bit in 0..8 {
            changed[position] = whole[position] ^ (1 << bit);
            fs::write(&path, &changed).expect("written");
            if fault(&path).is_none() {
                let same = zstd::decode_all(changed.as_slice()).expect("zstd") == stream;
                assert!(same, "bit {bit} of byte {position} is not found");
                of_no_matter.push(format!("bit {bit} of byte {position}"));
            }
        }
        use_it(place.path(), &path, position);
        changed[position] = whole[position];
    }
    // Nothing but zstd's own words for the same bytes: the descriptor's unused bit, the size of the
    // window, another copy of what is repeated. Which ones there are is up to its version.
    assert!(of_no_matter.contains(&"bit 4 of byte 4".to_owned()), "{of_no_matter:?}");
    assert!(of_no_matter.len() * 50 < whole.len() * 8, "{of_no_matter:?}");
}

#[test]
fn a_bit_changed_under_good_compression_is_damage_with_a_name() {
    let place = tempfile::tempdir().expect("a directory");
    let stream = zstd::decode_all(tiny_bundle(place.path()).as_slice()).expect("zstd");
    let path = place.path().join("changed.tar.zst");
    let mut changed = stream.clone();
    let mut of_no_matter = Vec::new();
    let mut faults = std::collections::BTreeSet::new();
    for position in 0..stream.len() {
        let in_block = position % 512;
        let bits =
            if (148..156).contains(&in_block) { 0..8 } else { position % 8..position % 8 + 1 };
        for bit in bits {
            changed[position] = stream[position] ^ (1 << bit);
            let packed = zstd::encode_all(changed.as_slice(), 1).expect("zstd");
            fs::write(&path, packed).expect("written");
            match fault(&path) {
                None => of_no_matter.push(format!("bit {bit} of byte {in_block} of a header")),
                Some(fault) => drop(faults.insert(kind_of(&fault, &path))),
            }
        }
        changed[position] = stream[position];
    }
    of_no_matter.sort();
    of_no_matter.dedup();
    // The sum of a header is a number in octal: a space in place of its first zero or of the NUL
    // at its end changes nothing that is read.
    expect![[r#"
        bit 4 of byte 148 of a header
        bit 5 of byte 155 of a header"#]]
    .assert_eq(&of_no_matter.join("\n"));
    let faults: Vec<String> = faults.into_iter().collect();
    expect![[r#"
        B has layout 9.0, written by collector 0.1.0; this program reads layout 1 (hint: read it with collector 0.1.0 or later)
        B is not a bundle: its first entry cannot be read: the header of an entry is broken
        B: capture.json cannot be understood
        SHA256SUMS does not list it at its place
        after SHA256SUMS: the header of an entry is broken
        after SHA256SUMS: the padding of an entry is not empty
        after SHA256SUMS: there is data after its end
        after manifest.yaml: the header of an entry is broken
        after manifest.yaml: the padding of an entry is not empty
        it cannot be understood
        it has 15 bytes, and samples/20261123T024512.123Z/sample.json says 95
        its SHA-256 is not the one in SHA256SUMS
        its SHA-256 is not the one in samples/20261123T024512.123Z/sample.json
        manifest.yaml: SHA256SUMS does not list it at its place
        manifest.yaml: its SHA-256 is not the one in SHA256SUMS
        samples/20261123T024512.123Z/sample.json does not list it
        samples/20261123T024512.123Z/sample.json lists it, and it is missing
        the header of an entry is broken
        the padding of an entry is not empty"#]].assert_eq(&faults.join("\n"));
}

/// What is said of the entry, without its name and without the place in its text.
fn kind_of(fault: &str, path: &Path) -> String {
    let fault = fault.replace(&path.display().to_string(), "B");
    match fault.split_once(": ") {
        Some((name, what)) if name.contains(".json") || name.contains('/') => {
            what.split(": ").next().unwrap_or_default().to_owned()
        }
        _ => fault,
    }
}
