//! The text, against what pprof said of the same profiles when they were recorded
//! (`tests/fixtures/profiles/record.sh`), and the numbers in it.

use super::*;
use crate::analysis::profile::{Profile, SortBy, TopOptions, subtract, top};
use crate::analysis::readers::pprof;

macro_rules! recorded {
    ($include:ident, $name:literal) => {
        $include!(concat!("../../../../tests/fixtures/profiles/", $name))
    };
}

const HEAP: &[u8] = recorded!(include_bytes, "heap.pb.gz");
const HEAP_LATER: &[u8] = recorded!(include_bytes, "heap-later.pb.gz");
const HEAP_REBUILT: &[u8] = recorded!(include_bytes, "heap-rebuilt.pb.gz");
const CPU: &[u8] = recorded!(include_bytes, "cpu.pb.gz");

fn read(bytes: &[u8]) -> Profile {
    pprof::read(bytes).expect("a recorded profile")
}

fn listed(profile: Profile, options: &TopOptions) -> Top {
    top(profile, options).expect("it has these values")
}

#[test]
fn a_heap_is_listed_as_by_pprof() {
    let text = profile_text(&listed(read(HEAP_LATER), &TopOptions::default()));
    assert_eq!(text, recorded!(include_str, "top.txt"));
}

#[test]
fn the_head_of_a_cpu_profile_is_listed_as_by_pprof() {
    let options = TopOptions { node_count: Some(5), sort_by: SortBy::Cum, ..TopOptions::default() };
    let text = profile_text(&listed(read(CPU), &options));
    assert_eq!(text, recorded!(include_str, "top-cpu.txt"));
}

#[test]
fn what_grew_is_listed_as_by_pprof() {
    let grown = subtract(read(HEAP_LATER), read(HEAP)).expect("two heaps");
    let text = profile_text(&listed(grown, &TopOptions::default()));
    assert_eq!(text, recorded!(include_str, "diff.txt"));
}

#[test]
fn what_grew_from_one_build_to_the_next_is_listed_as_by_pprof() {
    let grown = subtract(read(HEAP_REBUILT), read(HEAP)).expect("two heaps");
    let options = TopOptions { sample_index: Some("alloc_space".into()), ..TopOptions::default() };
    assert_eq!(profile_text(&listed(grown, &options)), recorded!(include_str, "diff-rebuilt.txt"));
}

/// At the edges of each of its forms; these are what Go's `fmt` prints.
#[test]
fn shares_have_two_digits_at_least() {
    let shares: Vec<String> = [
        (0, 0),
        (0, 100),
        (9_994, 10_000),
        (10_000, 10_000),
        (10_006, 10_000),
        (-1, 2),
        (19, 1_000),
        (996, 100_000),
        (1, 100),
        (123, 100_000),
        (1, 10_000_000),
        (168, 100),
    ]
    .iter()
    .map(|(value, total)| percentage(*value, *total))
    .collect();
    expect_test::expect![[r#"
            0%
            0%
        99.94%
          100%
        100.06%
        50.00%
         1.90%
            1%
         1.00%
         0.12%
        1e-05%
        168.00%
    "#]]
    .assert_eq(&(shares.join("\n") + "\n"));
}

#[test]
fn a_name_cannot_write_to_the_terminal() {
    assert_eq!(plain("main.\u{1b}[2Jgrow\n"), r"main.\u{1b}[2Jgrow\n");
}
