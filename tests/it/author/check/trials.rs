//! What is found by hosts that are not as they should be.

use expect_test::expect;

use super::lines_of;

/// Enough for what hangs; what does not is done before.
const SOON: [&str; 2] = ["--timeout", "2s"];

#[test]
fn an_example_that_is_not_taken_is_named() {
    expect![[r#"
        good: ok    configs       takes its examples, tried: 0
        refuses-example: FAIL  configs       does not take examples[1]: refused: config.door: there is no back door; correct create, or the example
    "#]].assert_eq(&need!(lines_of("configs", &["good", "refuses-example"], &[])));
}

#[test]
fn what_is_no_configuration_does_no_harm() {
    let plugins = ["good", "trusts-config", "refuses-example"];
    expect![[r#"
        good: ok    bad-config    survives what is no configuration
        trusts-config: FAIL  bad-config    given "" for JSON: the worker was killed by signal 6 (SIGABRT: it aborted); `collector plugin run FILE --debugger` shows where
        refuses-example: warn  bad-config    takes "" for a configuration; return COLLECTOR_BAD_CONFIG for what is no JSON object
    "#]].assert_eq(&need!(lines_of("bad-config", &plugins, &[])));
}

#[test]
fn what_an_older_host_lacks_is_not_called() {
    expect![[r#"
        good: ok    old-hosts     works with hosts of ABI 1.0 to 1.0
        looks-behind: FAIL  old-hosts     by a host of ABI 1.0: the worker was killed by signal 11 (SIGSEGV: a bad memory access); call what came after ABI 1.0 behind COLLECTOR_HOST_HAS only, or set min_host_minor
    "#]].assert_eq(&need!(lines_of("old-hosts", &["good", "looks-behind"], &[])));
}

#[test]
fn a_call_that_is_refused_is_noticed() {
    let plugins = ["good", "any-handle", "asserts"];
    expect![[r#"
        good: FAIL  refusals      the host refused call 1, artifact_begin, and the plugin said ok, as if it had been taken; look at what every callback answers; without COLLECTOR_OK nothing was taken, and artifact_begin gave no handle
        any-handle: FAIL  refusals      the host refused call 1, artifact_begin, and the plugin went on with a handle of its own; look at what every callback answers; without COLLECTOR_OK nothing was taken, and artifact_begin gave no handle
        asserts: FAIL  refusals      the host refused call 1, artifact_begin: the worker was killed by signal 6 (SIGABRT: it aborted); look at what every callback answers; without COLLECTOR_OK nothing was taken, and artifact_begin gave no handle
    "#]].assert_eq(&need!(lines_of("refusals", &plugins, &[])));
}

#[test]
fn a_plugin_that_is_told_to_stop_stops() {
    expect![[r#"
        good: warn  stop          never asks should_stop; ask between units of work: past its deadline a plugin is killed, and what it holds is lost
        deaf: FAIL  stop          told to stop at ask 1: not finished after 2s; return COLLECTOR_STOPPED soon after should_stop says so
    "#]].assert_eq(&need!(lines_of("stop", &["good", "deaf"], &SOON)));
    let said = need!(lines_of("stop", &["stops-late"], &[]));
    assert!(
        said.starts_with("stops-late: warn  stop          told to stop at ask 1, it returned ")
    );
    assert!(said.ends_with(
        " ms later; it is killed after 350 ms: ask between units of work, and bound every wait\n"
    ));
}

#[test]
fn a_quota_of_nothing_is_no_reason_to_hang() {
    expect![[r#"
        good: ok    quota         returns where no byte may be delivered
        insists: FAIL  quota         where no byte may be delivered: not finished after 2s; end the artifact and return when artifact_write answers COLLECTOR_QUOTA
    "#]].assert_eq(&need!(lines_of("quota", &["good", "insists"], &SOON)));
}

#[test]
fn destroy_of_nothing_is_a_warning() {
    expect![[r#"
        good: ok    destroy-null  destroy(NULL) does no harm
        destroy-nothing: warn  destroy-null  destroy(NULL): the worker was killed by signal 11 (SIGSEGV: a bad memory access); return at once for NULL, as free does; today's hosts do not call it so
    "#]].assert_eq(&need!(lines_of("destroy-null", &["good", "destroy-nothing"], &[])));
}

#[test]
fn of_many_examples_the_first_are_tried() {
    expect![[r#"
        many-examples: ok    configs       takes its examples, tried: 24 of 30
    "#]]
    .assert_eq(&need!(lines_of("configs", &["many-examples"], &[])));
}

#[test]
fn a_host_on_trial_is_heard_whatever_the_plugin_logs() {
    let plugins = ["chatters", "mentions-trial"];
    expect![[r#"
        chatters: FAIL  refusals      the host refused call 1, artifact_begin, and the plugin said ok, as if it had been taken; look at what every callback answers; without COLLECTOR_OK nothing was taken, and artifact_begin gave no handle
        mentions-trial: ok    refusals      notices when the host refuses a call, tried: 3
    "#]].assert_eq(&need!(lines_of("refusals", &plugins, &[])));
    expect![[r#"
        chatters: ok    stop          returns when it is told to stop, tried: 1
        mentions-trial: warn  stop          never asks should_stop; ask between units of work: past its deadline a plugin is killed, and what it holds is lost
    "#]].assert_eq(&need!(lines_of("stop", &plugins, &[])));
}

#[test]
fn names_that_are_others_each_time_are_no_fault_of_an_old_host() {
    expect![[r#"
        of-its-pid: warn  again         a first run delivers pid/N, pid/N, a second one pid/N, pid/N; look whether that is meant
    "#]].assert_eq(&without_numbers(&need!(lines_of("again", &["of-its-pid"], &[]))));
    expect![[r#"
        of-its-pid: ok    old-hosts     works with hosts of ABI 1.0 to 1.0
    "#]]
    .assert_eq(&need!(lines_of("old-hosts", &["of-its-pid"], &[])));
}

/// `text` with `N` for each number behind a slash.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split('/');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest =
        parts.map(|part| format!("/N{}", part.trim_start_matches(|it: char| it.is_ascii_digit())));
    first + &rest.collect::<String>()
}
