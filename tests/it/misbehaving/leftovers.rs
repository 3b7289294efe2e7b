//! Plugins that leave processes behind. That nothing is left is checked of every capture; these are
//! the plugins that would leave it.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use expect_test::expect;
use rustix::process::{Pid, Signal, kill_process};

use super::{ONE_SECOND, between_good_ones, check_good_ones, scene_of};
use crate::support::{LIMIT, Missing, Scene, run, wait_until, workers_of};

#[test]
fn what_a_plugin_forked_ends_with_it() {
    let rows = need!(between_good_ones("forks", ""));
    expect![[r#"
        1 x ok [after, 5 bytes]
    "#]]
    .assert_eq(&rows);
}

#[test]
fn daemons_end_with_their_worker_also_as_another_program() {
    let rows = need!(between_good_ones("daemon", ""));
    expect![[r#"
        1 x ok [after, 5 bytes]
    "#]]
    .assert_eq(&rows);
}

#[test]
fn the_daemon_of_a_hung_plugin_ends_with_it() {
    let rows = need!(between_good_ones("hangs-with-daemon", ONE_SECOND));
    // On a busy machine the four bytes have left the worker before it hangs.
    let rows = rows.replace(" [during, 4 bytes, cut]", "");
    expect![[r#"
        1 x timeout
          reason: not finished after 1s; what had arrived is kept
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_fork_bomb_is_ended() {
    let rows = need!(bombed("fork-bomb"));
    expect![[r#"
        1 x quota [before, 5 bytes]
          reason: had [N] processes, the limit is 64; a plugin should wait for the end of each that it starts
    "#]].assert_eq(&rows);
}

#[test]
fn a_fork_bomb_that_starts_sessions_and_loses_its_parents_is_ended() {
    let rows = need!(bombed("session-bomb"));
    expect![[r#"
        1 x quota [before, 5 bytes]
          reason: had [N] processes, the limit is 64; a plugin should wait for the end of each that it starts
    "#]].assert_eq(&rows);
}

/// The row of a bomb between two good collectors. It would end by itself after half a minute, and has
/// ten seconds here.
fn bombed(plugin: &str) -> Result<String, Missing> {
    let scene = scene_of(plugin, "")?;
    let said = run(scene.command(&[]), LIMIT);
    let until = Instant::now() + Duration::from_secs(10);
    // One look may miss all, where each lives for a moment only.
    let mut n_looks_left = 20;
    while n_looks_left > 0 {
        let living = workers_of(said.pid);
        assert!(Instant::now() < until, "the bomb lives on: {living:?}");
        n_looks_left = if living.is_empty() { n_looks_left - 1 } else { 20 };
        thread::sleep(Duration::from_millis(5));
    }
    // How many there were when the core looked depends on the machine.
    let captured = scene.captured(said);
    check_good_ones(&captured, plugin);
    let rows = captured.rows("bad");
    let (before, after) = rows.split_once(" had ").unwrap_or((&rows, ""));
    let after = after.trim_start_matches(|it: char| it.is_ascii_digit());
    Ok(format!("{before} had [N]{after}"))
}

/// Workers that crash, hang, take too much and break the protocol die in each of three samples, far
/// enough apart to be started again each time.
#[test]
fn a_dead_worker_leaves_no_thread_descriptor_or_child_in_the_core() {
    let scene = need!(Scene::new(
        "\
collectors:
  - { plugin: '[segv.c]' }
  - { plugin: '[hangs.c]', limits: { timeout: 1s } }
  - { plugin: '[memory.c]', limits: { max_memory: 64MiB } }
  - { plugin: '[garbage.c]' }
  - { plugin: '[good.c]' }
"
    ));
    let mut running = scene.start(&["--samples", "4", "--every", "5s"]);
    let core = running.pid();
    let of_core = |what: &str| fs::read_dir(format!("/proc/{core}/{what}")).expect(what).count();
    let mut counts = Vec::new();
    for sample in 1..=3 {
        running.wait_for_stderr(&format!("sample {sample} of "));
        counts.push((of_core("task"), of_core("fd"), n_children(core)));
    }
    let captured = scene.captured(running.wait(LIMIT));
    let ends =
        [("segv", "crashed"), ("hangs", "timeout"), ("memory", "quota"), ("garbage", "failed")];
    for (plugin, outcome) in ends {
        let rows = captured.rows(plugin);
        assert_eq!(&captured.bundle.outcomes(plugin)[..3], [outcome; 3], "{plugin}: {rows}");
    }
    assert_eq!(counts, [counts[0]; 3], "threads, descriptors and children of the core");
    assert_eq!(counts[0].2, 1, "the worker of the good one");
}

/// Dead ones that were not reaped included.
fn n_children(parent: u32) -> usize {
    let wanted = format!("PPid:\t{parent}\n");
    let entries = fs::read_dir("/proc").expect("procfs").flatten();
    let texts = entries.filter_map(|it| fs::read_to_string(it.path().join("status")).ok());
    texts.filter(|text| text.contains(&wanted)).count()
}

/// The shell starts a process and becomes the program: that process is the program's child, and
/// none of its business.
#[test]
fn a_child_that_the_program_was_started_with_lives_on() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[daemon.c]'\n"));
    let inner = scene.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "sleep 1000 >/dev/null 2>&1 & echo $! >stranger; exec \"$@\"", "sh"]);
    shell.arg(inner.get_program()).args(inner.get_args()).current_dir(scene.path());
    let captured = scene.captured(run(shell, LIMIT));
    let stranger = fs::read_to_string(scene.path().join("stranger")).expect("its number");
    let stranger = stranger.trim().parse().ok().and_then(Pid::from_raw).expect("a number");
    kill_process(stranger, Signal::KILL).expect("it lives");
    assert_eq!(captured.bundle.outcomes("daemon"), ["ok"]);
}

/// Kills the core of a capture of `plugin` while that collects; its worker must end too.
fn without_core(plugin: &str) -> Result<(), Missing> {
    let scene = Scene::new(&format!("collectors:\n  - plugin: '[{plugin}.c]'\n"))?;
    let running = scene.start(&[]);
    let core = running.pid();
    wait_until("the plugin to collect", || {
        workers_of(core).iter().any(|it| it.comm == "collecting")
    });
    running.signal(Signal::KILL);
    assert_eq!(running.wait(LIMIT).exit, -9);
    wait_until("the end of the worker", || workers_of(core).is_empty());
    Ok(())
}

#[test]
fn a_worker_dies_with_the_core() {
    need!(without_core("hangs"));
}

/// It lives until the plugin asks whether it should stop, or returns.
#[test]
fn a_worker_that_does_not_die_with_the_core_notices() {
    need!(without_core("keeps-living"));
}
