//! What is found by running the plugin as a capture would.

use expect_test::expect;

use super::{complaints, lines_of};

/// Enough for what hangs; what does not is done before.
const SOON: [&str; 2] = ["--timeout", "1s"];

#[test]
fn a_library_that_cannot_be_loaded_is_told_why() {
    let plugins = ["good", "other-note", "no-create", "newer-host", "needs-gone", "ctor-segv"];
    expect![[r#"
        good: ok    load          loads, and its table has the description of the note
        other-note: FAIL  load          the description in the table differs from the one in the ELF note; build both from one text
        no-create: FAIL  load          the table's create is NULL, but every plugin must have it; put a function there
        newer-host: FAIL  load          the plugin needs ABI 1.7, this program offers 1.0; use a newer collector
        needs-gone: FAIL  load          it needs libgone.so.7, which is not installed, or only for another kind of machine; install the package that has it, or put it beside the plugin and link with -Wl,-rpath,'$ORIGIN'
        ctor-segv: FAIL  load          the worker was killed by signal 11 (SIGSEGV: a bad memory access), when it was loaded or created; `collector plugin run FILE --debugger` shows where
    "#]].assert_eq(&need!(lines_of("load", &plugins, &[])));
    expect![[r#"
        ctor-hangs: FAIL  load          not finished after 1s, when it was loaded or created; `collector plugin run FILE --debugger` shows where
    "#]].assert_eq(&need!(lines_of("load", &["ctor-hangs"], &SOON)));
}

#[test]
fn a_configuration_that_is_not_taken_is_told_with_its_source() {
    expect![[r#"
        good: ok    create        takes its defaults
        bad-config: FAIL  create        does not take its defaults: refused: config.url: there is no host in it; correct create, or give a configuration that works with --config; nothing after this was tried
    "#]].assert_eq(&need!(lines_of("create", &["good", "bad-config"], &[])));
}

#[test]
fn a_sample_that_is_not_ok_is_told_as_in_a_bundle() {
    expect![[r#"
        good: ok    sample        is ok, artifacts: 1
        segv: FAIL  sample        the worker was killed by signal 11 (SIGSEGV: a bad memory access); nothing after `destroy` was tried; `collector plugin run FILE --debugger` shows where
        complains: warn  sample        is partial: (a NULL text with a length); give a configuration under which all is there with --config, or more rights: the checks below see what it does here
        tells: FAIL  sample        is failed: told: {}; `collector plugin run FILE` shows all that it told
    "#]].assert_eq(&need!(lines_of(
        "sample",
        &["good", "segv", "complains", "tells"],
        &[]
    )));
    expect![[r#"
        hangs: FAIL  sample        not finished after 1s; nothing after `destroy` was tried; `collector plugin run FILE --debugger` shows where
    "#]].assert_eq(&need!(lines_of("sample", &["hangs"], &SOON)));
}

#[test]
fn an_artifact_that_is_not_declared_or_too_large_is_named() {
    expect![[r#"
        good: FAIL  artifacts     delivers count (text/plain), which is not declared; add it with this media type to "outputs"
        declares: FAIL  artifacts     fine has 14 B, more than its max_bytes; correct max_bytes in "outputs"
    "#]].assert_eq(&need!(lines_of("artifacts", &["good", "declares"], &[])));
}

#[test]
fn what_is_printed_is_shown() {
    expect![[r#"
        good: ok    prints        prints nothing
        shows: warn  prints        prints on stdout or stderr: "made"; use the host's log: nobody reads what a worker prints
        ctor-prints: warn  prints        prints on stdout or stderr: "/not/the/bundle.tar.zst   31744"; use the host's log: nobody reads what a worker prints
    "#]].assert_eq(&need!(lines_of("prints", &["good", "shows", "ctor-prints"], &[])));
}

#[test]
fn a_destroy_that_crashes_or_hangs_fails_the_check() {
    let plugins = ["destroy-dies", "destroy-hangs"];
    expect![[r#"
        destroy-dies: FAIL  destroy       the worker was killed by signal 11 (SIGSEGV: a bad memory access); look at what it frees, and at threads that still run
        destroy-hangs: FAIL  destroy       had not returned after 3000 ms, and the worker was killed; let it free memory, and wait for nothing
    "#]].assert_eq(&need!(lines_of("destroy", &plugins, &[])));
}

#[test]
fn a_second_run_that_differs_fails_the_check() {
    expect![[r#"
        good: ok    again         a second run delivers the same artifacts
        leaves: FAIL  again         a first run is ok, ok, a second one failed, failed; let no run leave something that the next one trips over
    "#]].assert_eq(&need!(lines_of("again", &["good", "leaves"], &[])));
}

/// Nothing was seen of it, so it has not passed.
#[test]
fn a_plugin_that_was_never_run_has_not_passed() {
    expect![[r#"
        needs-option: exit 3
        warn  examples      there is none, though it has options; add one that works to "examples"
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  config        was not run: neither its defaults nor an example fit its schema; give a configuration with --config, or add an example that works
        FAILED: 1 of 12 checks
    "#]].assert_eq(&need!(complaints("needs-option", &[])));
    expect![[r#"
        denied-create: exit 3
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        FAIL  create        does not take its defaults: denied: the door is locked; correct create, or give a configuration that works with --config; nothing after this was tried
        FAILED: 1 of 14 checks
    "#]].assert_eq(&need!(complaints("denied-create", &[])));
}

#[test]
fn what_a_plugin_says_of_workers_is_no_harm() {
    expect![[r#"
        says-worker: exit 3
        warn  outputs       declares no outputs, so a customer is not told what is stored; list each artifact in "outputs"
        warn  sample        is partial: the worker pool of acme is too small; give a configuration under which all is there with --config, or more rights: the checks below see what it does here
        FAIL  artifacts     delivers fine (text/plain), which is not declared; add it with this media type to "outputs"
        warn  stop          never asks should_stop; ask between units of work: past its deadline a plugin is killed, and what it holds is lost
        FAILED: 1 of 26 checks
    "#]].assert_eq(&need!(complaints("says-worker", &[])));
}
