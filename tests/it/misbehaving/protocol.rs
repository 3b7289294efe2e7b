//! Plugins that speak to the core past the host's callbacks, in frames of their own making, and those
//! that speak when they were not asked.

use expect_test::expect;

use super::{between_good_ones, twice_between_good_ones};

#[test]
fn garbage_on_the_socket_ends_the_worker() {
    let rows = need!(between_good_ones("garbage", ""));
    expect![[r#"
        1 x failed [before, 5 bytes]
          reason: the worker sent [47, 45, 54, 20, 2f, 20, 48, 54] where a frame header should be
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_frame_of_four_gigabytes_ends_the_worker() {
    let rows = need!(between_good_ones("giant-frame", ""));
    expect![[r#"
        1 x failed [before, 5 bytes]
          reason: the worker sent a frame of 4294967295 bytes, the limit is 73720
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_forged_frame_cannot_name_a_file_outside() {
    let rows = need!(between_good_ones("forged", ""));
    expect![[r#"
        1 x failed
          reason: the worker broke the protocol: the name "../escaped" is not relative, of [A-Za-z0-9._-] with / between parts, none of them `..` and none starting with `-`
    "#]].assert_eq(&rows);
}

#[test]
fn half_a_frame_before_a_death_is_a_crash_with_what_was_whole() {
    let rows = need!(between_good_ones("half-frame-dies", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes] [odd, 0 bytes, cut]
          reason: the worker exited with code 1 before it was done
    "#]]
    .assert_eq(&rows);
}

#[test]
fn half_a_frame_before_a_hang_is_a_timeout_with_what_was_whole() {
    let rows = need!(between_good_ones("half-frame-hangs", "timeout: 1s"));
    expect![[r#"
        1 x timeout [before, 5 bytes]
          reason: not finished after 1s; what had arrived is kept
    "#]]
    .assert_eq(&rows);
}

#[test]
fn an_artifact_that_ends_twice_ends_the_worker() {
    let rows = need!(between_good_ones("ends-twice", ""));
    expect![[r#"
        1 x failed [before, 5 bytes] [odd, 3 bytes]
          reason: the worker broke the protocol: ended an artifact it had not begun
    "#]]
    .assert_eq(&rows);
}

/// The first row cannot know: a plugin may be done. The second is that of another worker, for the
/// one that spoke on is not asked again.
#[test]
fn frames_after_done_are_never_taken_for_the_next_sample() {
    let rows = need!(twice_between_good_ones("early-done", ""));
    expect![[r#"
        1 x ok [before, 5 bytes]
        1 x failed
          reason: the worker broke the protocol: spoke when it was not asked
    "#]]
    .assert_eq(&rows);
}

#[test]
fn frames_between_the_samples_are_not_taken_for_an_answer() {
    let rows = need!(twice_between_good_ones("unasked", ""));
    expect![[r#"
        1 x ok [before, 5 bytes]
        1 x failed
          reason: the worker broke the protocol: spoke when it was not asked
    "#]]
    .assert_eq(&rows);
}

#[test]
fn being_created_is_no_answer_to_a_sample() {
    let rows = need!(between_good_ones("starts-again", ""));
    expect![[r#"
        1 x failed [before, 5 bytes]
          reason: the worker broke the protocol: told of its start when it was asked for a sample
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_sample_is_no_answer_to_being_started() {
    let rows = need!(between_good_ones("ctor-done", ""));
    expect![[r#"
        1 x failed
          reason: the worker broke the protocol: told of a sample when it was to start
    "#]]
    .assert_eq(&rows);
}

/// A thread that nobody waited for does not cost the plugin its worker.
#[test]
fn what_a_thread_says_after_the_sample_is_lost() {
    let rows = need!(twice_between_good_ones("talks-on", ""));
    expect![[r#"
        2 x ok [before, 5 bytes]
    "#]]
    .assert_eq(&rows);
}
