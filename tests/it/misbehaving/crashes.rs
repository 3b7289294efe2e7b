//! Plugins that end their own process while they collect.

use expect_test::expect;

use super::between_good_ones;

#[test]
fn a_bad_memory_access_keeps_what_was_delivered() {
    let rows = need!(between_good_ones("segv", ""));
    expect![[r#"
        crashed [before, 5 bytes]
          reason: the worker was killed by signal 11 (SIGSEGV: a bad memory access)
        crashed [before, 5 bytes]
          reason: the worker was killed by signal 11 (SIGSEGV: a bad memory access)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn an_abort_is_told_with_its_last_words() {
    let rows = need!(between_good_ones("aborts", ""));
    expect![[r#"
        crashed
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
        crashed
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn an_exit_in_the_middle_is_no_success() {
    let rows = need!(between_good_ones("exits", ""));
    expect![[r#"
        crashed [before, 5 bytes]
          reason: the worker exited with code 0 before it was done
        crashed [before, 5 bytes]
          reason: the worker exited with code 0 before it was done
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_stack_overflow_is_a_crash() {
    let rows = need!(between_good_ones("stack", ""));
    expect![[r#"
        crashed
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
        crashed
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&rows);
}
