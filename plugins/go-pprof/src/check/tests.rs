//! What counts as a whole profile, a cut one, and none.

use expect_test::{Expect, expect};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// A small profile: a sample type, a sample, a time, a comment in packed form, two strings.
const PROFILE: &[u8] = b"\x0a\x04\x08\x01\x10\x02\x12\x03\x0a\x01\x01\x48\x80\x01\x6a\x01\x05\
                         \x32\x00\x32\x05space\x82\x08\x01x\x85\x08abcd";

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// What is said of `bytes`, given in pieces of each length.
fn verdict(format: Format, bytes: &[u8]) -> String {
    let verdicts: Vec<_> = [1, 3, bytes.len().max(1)]
        .iter()
        .map(|&piece| match Check::start(format, &bytes[..bytes.len().min(4096)]) {
            Err(why) => format!("refused: {why}"),
            Ok(mut check) => {
                bytes.chunks(piece).for_each(|piece| check.feed(piece));
                check.finish().err().map_or("whole".to_owned(), |why| format!("cut: {why}"))
            }
        })
        .collect();
    assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{verdicts:?}");
    verdicts[0].clone()
}

fn check_all(all: &[&[u8]], expect: Expect) {
    let said: String = all.iter().map(|bytes| verdict(Format::Profile, bytes) + "\n").collect();
    expect.assert_eq(&said);
}

#[test]
fn whole_profiles() {
    // 10 MiB of strings: a profile is larger than any buffer.
    let mut large = PROFILE.to_vec();
    for _ in 0..10 {
        large.extend_from_slice(b"\x32\x80\x80\x40");
        large.extend(std::iter::repeat_n(b'x', 1 << 20));
    }
    for profile in [PROFILE, &gzip(PROFILE), &gzip(&large)] {
        assert_eq!(verdict(Format::Profile, profile), "whole");
    }
}

#[test]
fn each_cut_of_a_profile_is_noticed() {
    let whole = gzip(PROFILE);
    for end in 1..whole.len() {
        assert_ne!(verdict(Format::Profile, &whole[..end]), "whole", "cut at {end}");
    }
    // Without gzip a cut between two fields cannot be told; any other can.
    assert_eq!(verdict(Format::Profile, &PROFILE[..25]), "cut: the profile ends early");
}

#[test]
fn damaged_gzip() {
    let mut wrong_sum = gzip(PROFILE);
    let at = wrong_sum.len() - 8;
    wrong_sum[at] ^= 1;
    let trailing = [&gzip(PROFILE), b"more".as_slice()].concat();
    let no_gzip = [GZIP_MAGIC, b"not deflate at all"].concat();
    check_all(
        &[&wrong_sum, &trailing, &no_gzip],
        expect![[r#"
        cut: the gzip ends early or is damaged: corrupt gzip stream does not have a matching checksum
        cut: the gzip has bytes after its end
        refused: the answer is not a profile: the gzip ends early or is damaged: invalid gzip header; it begins with 
    "#]],
    );
    // Beyond the head, which is looked at before anything is stored.
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_be_bytes()[0]
    });
    let mut late = PROFILE.to_vec();
    late.extend_from_slice(b"\x32\xc0\x9a\x0c");
    late.extend(noise.take(200_000));
    let mut late = gzip(&late);
    late[150_000] ^= 0xff;
    let said = verdict(Format::Profile, &late);
    assert!(said.starts_with("cut: the gzip ends early or is damaged"), "{said}");
}

#[test]
fn what_is_no_profile() {
    let texts: [&[u8]; 10] = [
        b"",
        b"<!DOCTYPE html>",
        b"{\"error\": \"no\"}",
        b"heap profile: 1: 2 [3: 4] @ heap/1048576",
        b"goroutine profile: total 5",
        b"404 page not found",
        &gzip(b"<!DOCTYPE html>"),
        &gzip(b""),
        &[0xff; 64],
        &[0; 64],
    ];
    check_all(
        &texts,
        expect![[r#"
        refused: the answer is empty
        refused: the answer is not a profile; it begins with 
        refused: the answer is not a profile; it begins with 
        refused: the answer is not a profile; it begins with 
        refused: the answer is not a profile; it begins with 
        refused: the answer is not a profile; it begins with 
        refused: the answer is not a profile: in the gzip: a field that no profile has; it begins with 
        cut: in the gzip: the profile lacks what every profile has
        refused: the answer is not a profile; it begins with 
        refused: the answer is not a profile; it begins with 
    "#]],
    );
}

#[test]
fn traces() {
    assert_eq!(verdict(Format::Trace, b"go 1.22 trace\0\0\0rest"), "whole");
    expect!["refused: the answer is not a trace; it begins with "]
        .assert_eq(&verdict(Format::Trace, PROFILE));
}
