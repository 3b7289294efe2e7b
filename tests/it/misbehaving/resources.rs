//! Plugins that take more than their share: output, bytes, memory.

use expect_test::expect;

use super::between_good_ones;

#[test]
fn a_flood_of_words_is_cut() {
    let rows = need!(between_good_ones("floods", ""));
    expect![[r#"
        partial
          reason: the flood is over
          partial: the flood is over
        partial
          reason: the flood is over
          partial: the flood is over
    "#]]
    .assert_eq(&rows);
}

#[test]
fn more_bytes_than_allowed_are_cut_and_told() {
    let rows = need!(between_good_ones("too-much", "max_bytes: 1MiB"));
    expect![[r#"
        quota [before, 5 bytes] [endless, 1048571 bytes]
          reason: more than 1.00 MiB in one sample; raise limits.max_bytes
          quota: more than 1.00 MiB in one sample; raise limits.max_bytes
          failed: artifact_write: no open artifact 0
          failed: artifact_end: no open artifact 0
        quota [before, 5 bytes] [endless, 1048571 bytes]
          reason: more than 1.00 MiB in one sample; raise limits.max_bytes
          quota: more than 1.00 MiB in one sample; raise limits.max_bytes
          failed: artifact_write: no open artifact 0
          failed: artifact_end: no open artifact 0
    "#]]
    .assert_eq(&rows);
}

#[test]
fn more_memory_than_allowed_ends_the_worker() {
    let rows = need!(between_good_ones("memory", "max_memory: 64MiB"));
    expect![[""]].assert_eq(&rows);
}
