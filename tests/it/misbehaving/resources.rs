//! Plugins that take more than their share: output, bytes, memory.

use expect_test::expect;
use landlock::{ABI, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};

use super::{between_good_ones, captured_between_good_ones, twice_between_good_ones};

#[test]
fn a_flood_of_words_is_cut() {
    let captured = need!(captured_between_good_ones("floods", ""));
    expect![[r#"
        1 x partial
          reason: the flood is over
          partial: the flood is over
    "#]]
    .assert_eq(&captured.rows("bad"));
    let row = captured.bundle.row(0, "bad");
    let printed = row["stderr"].as_str().expect("a text");
    assert!(printed.len() <= 64 << 10, "{} bytes are kept", printed.len());
    assert!(printed.ends_with("xx\nthe last line\n"), "its end is kept");
    let log = row["log"].as_array().expect("a list");
    assert!(log.len() < 200, "{} lines are kept", log.len());
    let last = log.last().and_then(|line| line["message"].as_str()).expect("a line");
    assert!(last.ends_with(" more lines left out"), "{last}");
}

#[test]
fn more_bytes_than_allowed_are_cut_and_told() {
    let rows = need!(between_good_ones("too-much", "max_bytes: 1MiB"));
    expect![[r#"
        1 x quota [before, 5 bytes] [endless, 1048571 bytes, cut]
          reason: more than 1.00 MiB in one sample; raise limits.max_bytes
          quota: more than 1.00 MiB in one sample; raise limits.max_bytes
    "#]]
    .assert_eq(&rows);
}

#[test]
fn more_memory_than_allowed_ends_the_worker() {
    let rows = need!(between_good_ones("memory", "max_memory: 64MiB"));
    expect![[r#"
        1 x quota [before, 5 bytes]
          reason: used more than 64.0 MiB of memory; raise limits.max_memory if that is right
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_plugin_that_closes_its_output_goes_on() {
    let rows = need!(twice_between_good_ones("closes", ""));
    expect![[r#"
        2 x ok [before, 5 bytes] [after, 9 bytes]
    "#]]
    .assert_eq(&rows);
}

/// As far as the kernel can take that right away; where it cannot, the plugin shows that it tried.
#[test]
fn a_worker_may_write_no_file() {
    let rows = need!(between_good_ones("writes", ""));
    let word = if has_landlock() { "denied" } else { "written" };
    let expected =
        format!("1 x ok [{word}-0, 11 bytes] [{word}-1, 7 bytes] [{word}-2, 24 bytes]\n");
    assert_eq!(rows, expected);
}

/// Whether this kernel can take from a process the right to write files.
pub(crate) fn has_landlock() -> bool {
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let handled = ruleset.handle_access(AccessFs::from_write(ABI::V1));
    handled.and_then(Ruleset::create).is_ok()
}
