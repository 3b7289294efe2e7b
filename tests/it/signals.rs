//! How a capture ends that somebody ends: with a proper bundle, or with all that was finished.
//!
//! Signals go to the whole process group, as those of a terminal do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use collector_core::units::hex;
use rustix::process::Signal;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::support::{
    Captured, LIMIT, Missing, Running, Scene, finished_samples, run, start, wait_until, workers_of,
};

/// A sample takes half a second, the next is an hour away.
const SLOW: &str = "\
schedule: { every: 1h, samples: 2 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[slow.c]' }
";

/// A sample takes for ever, as far as the plugin is asked.
const HANGING: &str = "\
schedule: { every: 1h, samples: 2 }
limits: { timeout: 10m }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[hangs.c]' }
";

fn is_collecting(running: &Running) -> bool {
    workers_of(running.pid()).iter().any(|it| it.comm == "collecting")
}

/// The capture that `signal` ends in the middle of its first sample.
fn ended_in_sample(signal: Signal) -> Result<Captured, Missing> {
    let scene = Scene::new(SLOW)?;
    let running = scene.start(&[]);
    wait_until("a sample to be in progress", || is_collecting(&running));
    running.signal(signal);
    Ok(scene.captured(running.wait(LIMIT)))
}

/// The capture that `signal` ends between two samples.
fn ended_between(signal: Signal) -> Result<Captured, Missing> {
    let scene = Scene::new(SLOW)?;
    let mut running = scene.start(&[]);
    running.wait_for_stderr("sample 1 of ");
    running.signal(signal);
    Ok(scene.captured(running.wait(LIMIT)))
}

/// Exit code, and how the bundle says that it ended.
fn ending(captured: &Captured) -> (i32, &str, &str) {
    let index = &captured.bundle.index;
    let text = |key: &str| index[key].as_str().unwrap_or_else(|| panic!("no {key}: {index:#}"));
    (captured.said.exit, text("reason"), text("detail"))
}

#[test]
fn ctrl_c_ends_with_the_sample_in_progress() {
    let captured = need!(ended_in_sample(Signal::INT));
    assert_eq!(ending(&captured), (130, "signal", "Ctrl-C (SIGINT)"));
    assert_eq!(captured.bundle.outcomes("slow"), ["ok"], "it was waited for");
    assert_eq!(captured.bundle.outcomes("good"), ["ok"]);
}

#[test]
fn ctrl_c_between_samples_ends_at_once() {
    let captured = need!(ended_between(Signal::INT));
    assert_eq!(ending(&captured), (130, "signal", "Ctrl-C (SIGINT)"));
    assert_eq!(captured.bundle.outcomes("slow"), ["ok"]);
}

#[test]
fn sigterm_ends_with_the_sample_in_progress() {
    let captured = need!(ended_in_sample(Signal::TERM));
    assert_eq!(ending(&captured), (143, "signal", "SIGTERM"));
    assert_eq!(captured.bundle.outcomes("slow"), ["ok"]);
}

#[test]
fn sigterm_between_samples_ends_at_once() {
    let captured = need!(ended_between(Signal::TERM));
    assert_eq!(ending(&captured), (143, "signal", "SIGTERM"));
}

#[test]
fn a_closed_terminal_ends_with_the_sample_in_progress() {
    let captured = need!(ended_in_sample(Signal::HUP));
    assert_eq!(ending(&captured), (129, "signal", "SIGHUP: the terminal or session ended"));
    assert_eq!(captured.bundle.outcomes("slow"), ["ok"]);
}

#[test]
fn a_second_ctrl_c_does_not_wait() {
    let scene = need!(Scene::new(HANGING));
    let mut running = scene.start(&[]);
    wait_until("a sample to be in progress", || is_collecting(&running));
    running.signal(Signal::INT);
    running.wait_for_stderr("Ctrl-C: ending with the sample in progress");
    running.signal(Signal::INT);
    let captured = scene.captured(running.wait(LIMIT));
    assert_eq!(ending(&captured), (130, "signal", "Ctrl-C (SIGINT)"));
    assert_eq!(captured.bundle.outcomes("good"), ["ok"]);
    expect_test::expect![[r#"
        1 x skipped [before, 5 bytes]
          reason: stopped: the capture was ended
    "#]]
    .assert_eq(&captured.rows("hangs"));
}

/// A minute is far more than this run may take.
#[test]
fn ctrl_c_does_not_wait_for_a_plugin_that_is_loaded_for_a_minute() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 1m, samples: 2 }
limits: { timeout: 10m }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[ctor-sleeps.c]' }
"
    ));
    let mut running = scene.start(&[]);
    wait_until("the plugins to be loaded", || workers_of(running.pid()).len() == 2);
    running.signal(Signal::INT);
    running.wait_for_stderr("Ctrl-C: ending with the sample in progress");
    running.signal(Signal::INT);
    let captured = scene.captured(running.wait(Duration::from_secs(20)));
    assert_eq!(ending(&captured), (130, "signal", "Ctrl-C (SIGINT)"));
}

/// As above, once the first sample has begun and waits for the plugin.
#[test]
fn ctrl_c_twice_ends_a_sample_that_waits_for_a_plugin_to_be_loaded() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 1s, samples: 60 }
limits: { timeout: 10m }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[ctor-sleeps.c]' }
"
    ));
    let mut running = scene.start(&[]);
    // The second sample: the first waits for the plugin, this one finds it busy.
    running.wait_for_stderr("sample 2 of ");
    running.signal(Signal::INT);
    running.wait_for_stderr("Ctrl-C: ending with the sample in progress");
    running.signal(Signal::INT);
    let captured = scene.captured(running.wait(Duration::from_secs(20)));
    assert_eq!(ending(&captured), (130, "signal", "Ctrl-C (SIGINT)"));
    assert!(captured.bundle.outcomes("good").iter().all(|it| *it == "ok"));
    assert!(captured.bundle.outcomes("ctor-sleeps").iter().all(|it| *it == "skipped"));
    let first = &captured.bundle.row(0, "ctor-sleeps")["reason"];
    assert_eq!(first, "stopped: the capture was ended");
}

#[test]
fn under_nohup_a_closed_terminal_is_not_the_end() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 1s, samples: 3 }
collectors:
  - { plugin: '[good.c]' }
"
    ));
    let inner = scene.command(&[]);
    let mut nohup = Command::new("nohup");
    nohup.arg(inner.get_program()).args(inner.get_args()).current_dir(scene.path());
    let mut running = start(nohup);
    running.wait_for_stderr("sample 1 of ");
    running.signal(Signal::HUP);
    let captured = scene.captured(running.wait(LIMIT));
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 3]);
    assert_eq!(captured.bundle.index["reason"], "finished");
}

#[test]
fn a_killed_core_leaves_its_finished_samples_and_no_worker() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 100ms, for: 1h }
limits: { timeout: 10m }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[hangs.c]', every: 1h, name: hangs }
  - { plugin: meminfo }
"
    ));
    let mut running = scene.start(&[]);
    running.wait_for_stderr(": 2 of 2 ok");
    let pid = running.pid();
    assert_eq!(workers_of(pid).len(), 3, "one for each collector");
    running.signal(Signal::KILL);
    let said = running.wait(LIMIT);
    assert_eq!((said.exit, said.stdout.as_str()), (-9, ""));
    wait_until("the workers to end", || workers_of(pid).is_empty());

    check_finished(&said.stderr, unpacked_so_far(&scene).path());
}

/// A copy of the bundle can be taken at any moment, and has what was finished before.
#[test]
fn a_bundle_in_the_making_has_every_finished_sample() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 200ms, for: 1h }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: meminfo }
"
    ));
    let mut running = scene.start(&[]);
    for n in 1..=15 {
        let said = running.wait_for_stderr(&format!("sample {n} of "));
        check_finished(&said, unpacked_so_far(&scene).path());
    }
    running.signal(Signal::INT);
    scene.captured(running.wait(LIMIT));
}

/// What `zstd` and `tar` get out of the unfinished bundle in the output directory.
fn unpacked_so_far(scene: &Scene) -> tempfile::TempDir {
    let left = scene.output();
    let [partial] = left.as_slice() else { panic!("one file: {left:?}") };
    assert!(partial.to_string_lossy().ends_with(".tar.zst.partial"), "{left:?}");
    let unpacked = tempfile::tempdir().expect("a temporary directory");
    let mut unpack = Command::new("sh");
    unpack.current_dir(unpacked.path());
    // Both complain of the missing end, with good reason.
    unpack.args(["-c", "zstd -dc \"$0\" | tar -x || true"]).arg(partial);
    run(unpack, LIMIT);
    unpacked
}

/// Checks that every sample that `said`, the progress, calls finished is there below `dir` with
/// all files of its rows.
fn check_finished(said: &str, dir: &Path) {
    let roots = fs::read_dir(dir).expect("a directory").map(|it| it.expect("an entry").path());
    let samples = roots.map(|root| root.join("samples")).find(|it| it.is_dir());
    let samples: Vec<(PathBuf, Value)> = fs::read_dir(samples.expect("an unpacked bundle"))
        .expect("a directory")
        .filter_map(|entry| {
            let dir = entry.expect("an entry").path();
            let text = fs::read(dir.join("sample.json")).ok()?;
            Some((dir, serde_json::from_slice(&text).expect("a whole file")))
        })
        .collect();
    let mut n_files = 0;
    for (tick, _) in finished_samples(said) {
        let found = samples.iter().find(|(_, sample)| sample["index"] == tick);
        let (dir, sample) = found.unwrap_or_else(|| panic!("no finished sample of tick {tick}"));
        let rows = sample["rows"].as_array().expect("a list").iter();
        for file in rows.flat_map(|it| it["files"].as_array()).flatten() {
            let path = dir.join(file["name"].as_str().expect("a name"));
            let content = fs::read(path).expect("a file of a row");
            assert_eq!(file["sha256"], hex(&Sha256::digest(&content)), "{file:#}");
            n_files += 1;
        }
    }
    assert!(n_files > 0, "nothing was collected: {said}");
}
