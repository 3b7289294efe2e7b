//! Whole profiles, and every way in which one can be broken.

use std::io::Write;

use expect_test::{Expect, expect};
use flate2::write::GzEncoder;

use super::message::{LabelMessage, LineMessage};
use super::*;

/// A heap of a real program.
const HEAP: &[u8] = include_bytes!("../../../../../tests/fixtures/profiles/heap-later.pb.gz");

/// `Profile`, whole.
#[derive(Clone, PartialEq, prost::Message)]
struct ProfileMessage {
    #[prost(message, repeated, tag = "1")]
    sample_type: Vec<ValueTypeMessage>,
    #[prost(message, repeated, tag = "2")]
    sample: Vec<SampleMessage>,
    #[prost(message, repeated, tag = "3")]
    mapping: Vec<MappingMessage>,
    #[prost(message, repeated, tag = "4")]
    location: Vec<LocationMessage>,
    #[prost(message, repeated, tag = "5")]
    function: Vec<FunctionMessage>,
    #[prost(string, repeated, tag = "6")]
    string_table: Vec<String>,
    #[prost(int64, tag = "9")]
    time_nanos: i64,
    #[prost(int64, repeated, tag = "13")]
    comment: Vec<i64>,
    #[prost(int64, tag = "14")]
    default_sample_type: i64,
}

/// Two samples of one function.
fn small() -> ProfileMessage {
    let texts = ["", "inuse_space", "bytes", "main.grow", "main.go", "/srv/app"];
    let sample = SampleMessage {
        location_id: vec![1],
        value: vec![4096],
        label: vec![LabelMessage { key: 2, num: 64, ..LabelMessage::default() }],
    };
    ProfileMessage {
        sample_type: vec![ValueTypeMessage { kind: 1, unit: 2 }],
        sample: vec![sample.clone(), sample],
        mapping: vec![MappingMessage { id: 1, filename: 5, ..MappingMessage::default() }],
        location: vec![LocationMessage {
            id: 1,
            mapping_id: 1,
            address: 0x4000,
            line: vec![LineMessage { function_id: 900, line: 7, column: 0 }],
            is_folded: false,
        }],
        function: vec![FunctionMessage {
            id: 900,
            name: 3,
            system_name: 3,
            filename: 4,
            start_line: 0,
        }],
        string_table: texts.iter().map(|it| (*it).to_owned()).collect(),
        time_nanos: 1,
        comment: vec![4, 5],
        default_sample_type: 1,
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).expect("into memory");
    gzip.finish().expect("into memory")
}

fn said(bytes: &[u8], limit: Bytes) -> String {
    match read_within(bytes, limit) {
        Ok(profile) => format!("{} samples\n", profile.samples.len()),
        Err(error) => {
            let cause = std::error::Error::source(&error);
            let cause = cause.map_or_else(String::new, |it| format!(": {it}"));
            format!("{error}{cause}\n")
        }
    }
}

/// What is said of `small` after each of these changes.
fn check(changes: &[fn(&mut ProfileMessage)], expected: &Expect) {
    let all: String = changes
        .iter()
        .map(|change| {
            let mut message = small();
            change(&mut message);
            said(&message.encode_to_vec(), LIMIT)
        })
        .collect();
    expected.assert_eq(&all);
}

#[test]
fn a_profile_is_read_with_gzip_around_it_or_without() {
    let plain = small().encode_to_vec();
    for bytes in [plain.clone(), gzip(&plain)] {
        let profile = read(&bytes).expect("a whole profile");
        assert_eq!(profile.type_names(), "inuse_space");
        assert_eq!(profile.comments, ["main.go", "/srv/app"]);
        let sample = profile.samples.iter().next().expect("it has two");
        assert_eq!((sample.values, sample.stack, sample.labels.len()), (&[4096][..], &[0][..], 1));
        let line = profile.lines_of(profile.locations[0])[0];
        let function = &profile.functions[line.function as usize];
        assert_eq!((profile.text(function.name), line.line), ("main.grow", 7));
        assert_eq!(profile.text(profile.mappings[0].file), "/srv/app");
    }
}

#[test]
fn a_profile_of_go_is_read_whole() {
    let profile = read(HEAP).expect("a recorded profile");
    assert_eq!(profile.type_names(), "alloc_objects, alloc_space, inuse_objects, inuse_space");
    assert_eq!((profile.type_index(None), profile.type_index(Some("space"))), (Some(3), None));
    assert_eq!((profile.type_index(Some("1")), profile.type_index(Some("4"))), (Some(1), None));
    assert_eq!((profile.period, profile.period_type.unit.as_str()), (4096, "bytes"));
    assert!(profile.samples.len() > 10 && profile.locations.len() > 10);
}

#[test]
fn a_number_that_names_nothing_is_named() {
    check(
        &[
            |it| it.sample[1].location_id.push(7),
            |it| it.location[0].mapping_id = 2,
            |it| it.location[0].line[0].function_id = 1,
            |it| it.function[0].name = 6,
            |it| it.function[0].filename = -1,
            |it| it.mapping[0].build_id = 99,
            |it| it.sample[0].label[0].key = 40,
            |it| it.sample[0].label[0].num_unit = 41,
            |it| it.sample_type[0].unit = 42,
            |it| it.comment[1] = 43,
            |it| it.default_sample_type = i64::MAX,
        ],
        &expect![[r#"
            it is damaged: sample[1].location_id: there is no location 7 (hint: copy or collect it again)
            it is damaged: location[0].mapping_id: there is no mapping 2 (hint: copy or collect it again)
            it is damaged: location[0].line.function_id: there is no function 1 (hint: copy or collect it again)
            it is damaged: function[0].name: there is no text 6, string_table has 6 (hint: copy or collect it again)
            it is damaged: function[0].filename: there is no text -1, string_table has 6 (hint: copy or collect it again)
            it is damaged: mapping[0].build_id: there is no text 99, string_table has 6 (hint: copy or collect it again)
            it is damaged: sample[0].label.key: there is no text 40, string_table has 6 (hint: copy or collect it again)
            it is damaged: sample[0].label.num_unit: there is no text 41, string_table has 6 (hint: copy or collect it again)
            it is damaged: sample_type[0]: there is no text 42, string_table has 6 (hint: copy or collect it again)
            it is damaged: comment[1]: there is no text 43, string_table has 6 (hint: copy or collect it again)
            it is damaged: default_sample_type: there is no text 9223372036854775807, string_table has 6 (hint: copy or collect it again)
        "#]],
    );
}

#[test]
fn what_contradicts_itself_is_refused() {
    check(
        &[
            |it| it.sample_type.clear(),
            |it| it.sample[1].value.push(1),
            |it| it.location.push(it.location[0].clone()),
            |it| it.function[0].id = 0,
            |it| it.function.push(it.function[0].clone()),
            |it| it.string_table[0] = "x".to_owned(),
            |it| it.string_table.clear(),
        ],
        &expect![[r#"
            it is damaged: sample_type: there is none (hint: copy or collect it again)
            it is damaged: sample[1].value: there are 2, and 1 in sample_type (hint: copy or collect it again)
            it is damaged: location[1].id: there are two 1 (hint: copy or collect it again)
            it is damaged: function[0].id: it is 0 (hint: copy or collect it again)
            it is damaged: function[1].id: there are two 900 (hint: copy or collect it again)
            it is damaged: string_table[0]: it is not empty (hint: copy or collect it again)
            it is damaged: sample_type[0]: there is no text 1, string_table has 0 (hint: copy or collect it again)
        "#]],
    );
    let twice = [small().encode_to_vec(), small().encode_to_vec()].concat();
    expect![[r#"
        it is damaged: time_nanos: it comes twice: these are two profiles in one file (hint: copy or collect it again)
    "#]]
    .assert_eq(&said(&twice, LIMIT));
}

#[test]
fn what_is_no_profile_is_told_apart() {
    let html = b"<!DOCTYPE html>\n<html><body>Please sign in.</body></html>\n";
    let text = b"heap profile: 3: 98304 [10: 4096] @ heap/1048576\n1: 2 [3: 4] @ 0x1 0x2\n";
    let gzip = gzip(&small().encode_to_vec());
    let all = [&b""[..], html, text, &gzip[..gzip.len() / 2], b"\x1f\x8b nothing", b"\x00\xff"]
        .map(|bytes| said(bytes, LIMIT))
        .concat();
    expect![[r#"
        it is empty (hint: the program was not done writing it, or the disk was full)
        it is no profile in pprof's form: it begins with "<!DOCTYPE html>\n<html><body>Please sign in.</body></html>\n" (hint: save it without `?debug=`, from the program itself and not from a login page)
        it is no profile in pprof's form: it begins with "heap profile: 3: 98304 [10: 4096] @ heap/1048576\n1: 2 [3: 4]" (hint: save it without `?debug=`, from the program itself and not from a login page)
        its gzip ends early or is damaged (hint: copy or collect it again): incomplete deflate stream
        its gzip ends early or is damaged (hint: copy or collect it again): invalid gzip header
        it is damaged: the end: it ends early, inside a number (hint: copy or collect it again)
    "#]].assert_eq(&all);
}

#[test]
fn a_large_one_is_refused_with_its_size_and_the_limit() {
    let limit = Bytes(64 << 10);
    let bomb = gzip(&vec![0; 16 << 20]);
    let mut deep = small();
    deep.sample[0].location_id = vec![1; 2 << 20];
    let all = said(&vec![0; 65 << 10], limit)
        + &said(&bomb, limit)
        + &said(&deep.encode_to_vec(), LIMIT)
        + &said(&b"\x32\0".repeat(MOST_PARTS + 1), LIMIT);
    expect![[r#"
        it has 65.0 KiB, more than the 64.0 KiB this program reads
        its 15.9 KiB of gzip inflate to more than the 64.0 KiB this program reads
        it is damaged: sample[0]: it has 2.00 MiB, more than the 1.00 MiB this program reads (hint: copy or collect it again)
        it is damaged: string_table: there are more than the 4194304 this program reads (hint: copy or collect it again)
    "#]]
    .assert_eq(&all);
}

/// Every seventh byte of a real profile is changed, and every seventh end is cut off: any outcome is
/// fine but a panic.
#[test]
fn damage_is_never_a_panic() {
    let whole = inflate::inflate(HEAP, LIMIT).expect("a recorded profile");
    let mut n_refused = 0;
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xa5;
        n_refused += usize::from(read(&damaged).is_err());
        n_refused += usize::from(read(&whole[..at]).is_err());
    }
    assert!(n_refused > whole.len() / 14, "{n_refused} of {}", whole.len());
}
