//! Plugins that end their own process while they collect.

use expect_test::expect;

use super::{between_good_ones, captured_between_good_ones, twice_between_good_ones};
use crate::support::Scene;

#[test]
fn a_bad_memory_access_keeps_what_was_delivered() {
    let rows = need!(between_good_ones("segv", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 11 (SIGSEGV: a bad memory access)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn an_abort_is_told_with_its_last_words() {
    let captured = need!(captured_between_good_ones("aborts", ""));
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&captured.rows("bad"));
    let printed = &captured.bundle.row(0, "bad")["stderr"];
    assert_eq!(printed, "aborts: assertion failed: the sky is up\n");
}

#[test]
fn an_exit_in_the_middle_is_no_success() {
    let rows = need!(twice_between_good_ones("exits", ""));
    expect![[r#"
        2 x crashed [before, 5 bytes]
          reason: the worker exited with code 0 before it was done
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_stack_overflow_is_a_crash() {
    let rows = need!(between_good_ones("stack", ""));
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_mapped_file_that_was_cut_is_a_crash() {
    let rows = need!(between_good_ones("bus", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 7 (SIGBUS: a mapped file was cut, perhaps the plugin's own; install an update under another name and rename it)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_division_by_zero_is_a_crash() {
    let rows = need!(between_good_ones("fpe", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 8 (SIGFPE: an arithmetic error)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn memory_given_back_twice_is_an_abort_with_the_words_of_the_c_library() {
    let captured = need!(captured_between_good_ones("double-free", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&captured.rows("bad"));
    let printed = captured.bundle.row(0, "bad")["stderr"].as_str().expect("a text").to_owned();
    assert!(printed.contains("double free"), "{printed}");
}

#[test]
fn an_exception_of_c_plus_plus_is_an_abort_that_says_so() {
    let captured = need!(captured_between_good_ones("throws", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&captured.rows("bad"));
    let printed = captured.bundle.row(0, "bad")["stderr"].as_str().expect("a text").to_owned();
    // Whether the exception gets as far as a frame of Rust depends on how the program was built.
    let words = ["Rust cannot catch foreign exceptions", "nobody catches this"];
    assert!(words.iter().any(|it| printed.contains(it)), "{printed}");
}

#[test]
fn an_exit_with_a_code_of_its_own_is_told() {
    let rows = need!(between_good_ones("exits-42", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker exited with code 42 before it was done
    "#]]
    .assert_eq(&rows);
}

/// The child has the socket, so the core never hears that the worker hung up. With the limit of a
/// collector that sets none, a core that waits for that says `timeout`.
#[test]
fn a_crash_is_told_although_a_child_holds_the_socket() {
    let rows = need!(between_good_ones("fork-aborts", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_plugin_that_keeps_crashing_gets_pauses() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[segv.c]'\n"));
    let captured = scene.capture(&["--samples", "30", "--every", "100ms"]);
    let rows = captured.rows("segv");
    assert!(
        rows.contains(
            "reason: failed 2 times in a row, at last: the worker was killed by signal 11 "
        ),
        "{rows}"
    );
    let outcomes = captured.bundle.outcomes("segv");
    let n_crashed = outcomes.iter().filter(|it| **it == "crashed").count();
    // The pauses double: there is no room for more in three seconds.
    assert!((2..=4).contains(&n_crashed), "{rows}");
}
