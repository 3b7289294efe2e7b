//! Workers that are started again while others go on, also when the program's file is gone.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{LIMIT, Missing, Scene, run, start, wait_until, workers_of};

#[test]
fn a_plugin_that_crashes_in_every_sample_leaves_its_neighbors_alone() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 3s, samples: 4 }
collectors:
  - { plugin: '[good.c]', name: before }
  - { plugin: '[segv.c]', name: bad }
  - { plugin: '[good.c]', name: after }
"
    ));
    let captured = scene.capture(&[]);
    for good in ["before", "after"] {
        assert_eq!(captured.bundle.outcomes(good), ["ok"; 4]);
        for at in 0..4 {
            // It counts in a variable of the library: its worker was never started again.
            let count = format!("sample {}\n", at + 1);
            assert_eq!(captured.bundle.file(at, &format!("{good}/count")), count.as_bytes());
        }
    }
    let outcomes = captured.bundle.outcomes("bad");
    assert_eq!(outcomes[..2], ["crashed"; 2], "started again at the next tick");
    for (at, outcome) in outcomes.iter().enumerate() {
        let row = captured.bundle.row(at, "bad");
        let is_told = row["reason"].as_str().is_some_and(|it| it.contains("SIGSEGV"));
        assert!(["crashed", "skipped"].contains(outcome) && is_told, "{row:#}");
    }
}

#[test]
fn a_worker_starts_again_although_another_program_has_the_name() {
    need!(check_restart(|program| {
        let other = program.with_file_name("other");
        fs::write(&other, "#!/bin/sh\necho another program >&2\nexit 1\n").expect("write it");
        fs::set_permissions(&other, fs::metadata(program).expect("it is there").permissions())
            .expect("make it a program");
        fs::rename(&other, program).expect("put it in the place");
    }));
}

#[test]
fn a_worker_starts_again_although_the_program_is_deleted() {
    need!(check_restart(|program| fs::remove_file(program).expect("remove the program")));
}

/// Starts a copy of the program, has `change` take it away after the first sample, and kills the
/// worker: a new one must come, and be the old program.
fn check_restart(change: impl FnOnce(&Path)) -> Result<(), Missing> {
    let scene = Scene::new(
        "schedule: { every: 500ms, samples: 16 }\ncollectors:\n  - plugin: '[good.c]'\n",
    )?;
    let program = scene.path().join("collector");
    let mut copy = Command::new("cp");
    copy.arg(env!("CARGO_BIN_EXE_collector")).arg(&program).current_dir("/");
    assert_eq!(run(copy, LIMIT).exit, 0);
    let mut command = Command::new(&program);
    command.args(["run", "m.yaml"]).current_dir(scene.path());
    let mut running = start(command);
    running.wait_for_stderr("sample 1 of 16");
    let workers = workers_of(running.pid());
    let [worker] = workers.as_slice() else { panic!("one worker: {workers:?}") };
    change(&program);
    let pid = Pid::from_raw(i32::try_from(worker.pid).expect("a number")).expect("not 0");
    kill_process(pid, Signal::KILL).expect("kill the worker");
    wait_until("another worker", || {
        workers_of(running.pid()).iter().any(|it| it.pid != worker.pid)
    });
    let captured = scene.captured(running.wait(LIMIT));
    let outcomes = captured.bundle.outcomes("good");
    assert_eq!(outcomes.last(), Some(&"ok"), "{}", captured.rows("good"));
    let killed = outcomes.iter().position(|it| *it == "crashed").expect("the kill is told");
    let again = killed + outcomes[killed..].iter().position(|it| *it == "ok").expect("a new one");
    assert_eq!(captured.bundle.file(again, "good/count"), b"sample 1\n");
    Ok(())
}
