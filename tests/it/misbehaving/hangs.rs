//! Plugins that do not come back. None of these tests asserts a time: a core that waits for ever
//! fails by the limit of every run.

use expect_test::expect;

use super::{ONE_SECOND, between_good_ones, twice_between_good_ones};
use crate::support::{Scene, workers_of};

#[test]
fn a_plugin_that_never_returns_is_ended() {
    let rows = need!(twice_between_good_ones("hangs", ONE_SECOND));
    expect![[r#"
        2 x timeout [before, 5 bytes]
          reason: not finished after 1s; what had arrived is kept
    "#]]
    .assert_eq(&rows);
}

#[test]
fn ignoring_sigterm_does_not_help() {
    let rows = need!(between_good_ones("spins", ONE_SECOND));
    // On a busy machine the four bytes have left the worker before it spins.
    let rows = rows.replace(" [during, 4 bytes, cut]", "");
    expect![[r#"
        1 x timeout
          reason: not finished after 1s; what had arrived is kept
    "#]]
    .assert_eq(&rows);
}

#[test]
fn what_a_hung_plugin_had_written_is_kept_to_the_last_line() {
    let rows = need!(between_good_ones("hangs-after-lines", ONE_SECOND));
    expect![[r#"
        1 x timeout [lines, 1300 bytes, cut]
          reason: not finished after 1s; what had arrived is kept
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_plugin_that_hangs_up_and_lives_on_is_killed() {
    let rows = need!(between_good_ones("hangs-up", ""));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker hung up without ending, and was killed
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_destroy_that_hangs_harms_nobody() {
    let rows = need!(between_good_ones("destroy-hangs", ""));
    expect![[r#"
        1 x ok [before, 5 bytes]
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_plugin_that_stops_when_told_is_late_and_lives_on() {
    let rows = need!(twice_between_good_ones("honors", ONE_SECOND));
    expect![[r#"
        2 x timeout [during, 4 bytes, cut]
          reason: not finished after 1s; what had arrived is kept
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_constructor_that_hangs_is_ended() {
    let rows = need!(between_good_ones("ctor-hangs", ONE_SECOND));
    expect![[r#"
        1 x timeout
          reason: not finished after 1s; what had arrived is kept
    "#]]
    .assert_eq(&rows);
}

#[test]
fn what_a_hung_plugin_was_doing_is_seen_while_it_runs() {
    // The other tests prove that no worker is left by not finding one: this proves that one that
    // is there is found.
    let scene = need!(Scene::new("collectors:\n  - plugin: '[hangs.c]'\n"));
    let running = scene.start(&[]);
    crate::support::wait_until("the plugin to collect", || {
        workers_of(running.pid()).iter().any(|it| it.comm == "collecting")
    });
}
