//! Plugins that break the contract of artifacts. Those that forge frames are in `protocol`.

use expect_test::expect;

use super::{between_good_ones, captured_between_good_ones};

#[test]
fn names_that_no_file_should_have_are_left_out() {
    let rows = need!(between_good_ones("names", ""));
    expect![[r#"
        1 x partial [twice, 9 bytes] [last, 4 bytes]
          reason: artifact_begin: the name "/etc/passwd" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
          failed: artifact_begin: the name "/etc/passwd" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
          failed: artifact_begin: the name "../../escaped" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
          failed: artifact_begin: the name "below/../../escaped" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
          failed: artifact_begin: the name "" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
          failed: artifact_begin: a name of 301 bytes, the limit is 200
          failed: artifact_begin: the name or media type is not UTF-8 text, or handle is NULL
          failed: artifact_begin: the name "a\0b" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
          failed: artifact_begin: the name or media type is not UTF-8 text, or handle is NULL
          failed: artifact_begin: the media type "text/plain\nX: y" is not 1 to 200 printable ASCII characters
          failed: the artifact twice was delivered twice; the second is left out
    "#]].assert_eq(&rows);
}

#[test]
fn handles_that_are_not_open_are_told_and_an_open_artifact_is_cut() {
    let rows = need!(between_good_ones("handles", ""));
    expect![[r#"
        1 x partial [ended, 5 bytes] [null, 0 bytes, cut] [open, 11 bytes, cut]
          reason: artifact_write: no open artifact 4711
          failed: artifact_write: no open artifact 4711
          failed: artifact_write: no open artifact 1
          failed: artifact_end: no open artifact 1
          failed: artifact_write: data is NULL with a length
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_status_that_nobody_knows_is_a_failure() {
    let rows = need!(between_good_ones("bad-status", ""));
    expect![[r#"
        1 x failed
          reason: the plugin returned the unknown status 99
    "#]]
    .assert_eq(&rows);
}

#[test]
fn thousands_of_artifacts_are_not_taken() {
    let captured = need!(captured_between_good_ones("many", ""));
    let row = captured.bundle.row(0, "bad");
    expect![[r#"
        "failed": "the worker broke the protocol: delivered more than 500 artifacts"
    "#]]
    .assert_eq(&format!("{}: {}\n", row["outcome"], row["reason"]));
    // What came before the limit is whole, and kept.
    assert_eq!(row["files"].as_array().map(Vec::len), Some(500));
    assert_eq!(captured.bundle.file(0, "bad/0499"), b"x");
}
