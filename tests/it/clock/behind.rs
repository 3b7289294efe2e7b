//! A capture that falls behind its ticks: because of a plugin, a disk, or because it was stopped.
//! Each tick has its sample all the same, and what was missed is not made up for.

use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{SLACK_MS, lateness_ms, names_are_of_the_schedule, number};
use crate::support::{Bundle, LIMIT, Missing, Scene, start, under_strace, workers_of};

/// How many rows of `good` are `ok`. It counts how often it was asked, and nobody asked it twice.
fn n_good(bundle: &Bundle) -> usize {
    let outcomes = bundle.outcomes("good");
    let asked: Vec<usize> = (0..outcomes.len()).filter(|at| outcomes[*at] == "ok").collect();
    for (before, at) in asked.iter().enumerate() {
        let count = format!("sample {}\n", before + 1);
        assert_eq!(bundle.file(*at, "good/count"), count.as_bytes(), "sample {at}");
    }
    asked.len()
}

/// The shortest interval there is.
#[test]
fn samples_every_ten_milliseconds_have_names_of_their_own_and_do_not_queue_up() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 10ms, samples: 300 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: meminfo }
  - { plugin: '[slow.c]' }
"
    ));
    let captured = scene.capture(&[]);
    let bundle = &captured.bundle;
    assert_eq!(bundle.samples.len(), 300, "{}", captured.said);
    names_are_of_the_schedule(bundle, 10);
    assert!(n_good(bundle) > 30, "{:?}", bundle.outcomes("good"));
    let slow = bundle.outcomes("slow");
    let n_skipped = slow.iter().filter(|it| **it == "skipped").count();
    assert!(n_skipped > 270, "it takes as long as fifty ticks: {slow:?}");
    let duration = number(&bundle.index["duration_ms"]);
    assert!(duration < 3000 + SLACK_MS, "300 ticks are 3 s, and it took {duration} ms");
    let late = lateness_ms(bundle, 299, 10);
    assert!(late < SLACK_MS, "the last sample is {late} ms late");
}

/// The plugin takes 2.5 s, and a tick comes every 200 ms.
#[test]
fn an_overrun_of_ten_ticks_is_ten_rows_and_no_burst() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 200ms, samples: 20 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[slower.c]', name: slow }
"
    ));
    let captured = scene.capture(&[]);
    let bundle = &captured.bundle;
    names_are_of_the_schedule(bundle, 200);
    let outcomes = bundle.outcomes("slow");
    let asked: Vec<usize> = (0..20).filter(|at| outcomes[*at] == "ok").collect();
    assert!(asked.starts_with(&[0]) && (1..=2).contains(&asked.len()), "{outcomes:?}");
    for pair in asked.windows(2) {
        assert!(pair[1] - pair[0] >= 12, "it was busy for 2.5 s: {outcomes:?}");
    }
    let n_skipped = outcomes.iter().filter(|it| **it == "skipped").count();
    assert_eq!(n_skipped, 20 - asked.len(), "{outcomes:?}");
    assert!(n_good(bundle) >= 10, "{:?}", bundle.outcomes("good"));
}

/// A stand-in for a machine that sleeps, and for one that is held up by its owner: everything is
/// stopped for three seconds, the workers too.
#[test]
fn a_capture_that_was_stopped_goes_on_with_the_tick_that_is_due() {
    let scene = need!(Scene::new(
        "schedule: { every: 200ms, samples: 30 }\ncollectors:\n  - { plugin: '[good.c]' }\n"
    ));
    let mut running = scene.start(&[]);
    running.wait_for_stderr("sample 3 of 30");
    let workers = workers_of(running.pid());
    let signal = |signal| {
        running.signal(signal);
        for worker in &workers {
            let pid = Pid::from_raw(i32::try_from(worker.pid).expect("a number of a process"));
            kill_process(pid.expect("not 0"), signal).expect("a worker that lives");
        }
    };
    signal(Signal::STOP);
    // Nothing can be waited for: it is the time that is the fault.
    thread::sleep(Duration::from_secs(3));
    signal(Signal::CONT);
    let captured = scene.captured(running.wait(LIMIT));
    let bundle = &captured.bundle;
    assert_eq!(bundle.samples.len(), 30, "{}", captured.said);
    names_are_of_the_schedule(bundle, 200);
    let missed = "overrun: the collector itself was held up past the next tick";
    let n_missed = (0..30).filter(|at| bundle.row(*at, "good")["reason"] == missed).count();
    assert!(n_missed >= 10, "three seconds are 15 ticks, {n_missed} were missed");
    assert!(captured.said.stderr.contains(" samples missed: the collector itself was held up\n"));
    assert!(n_good(bundle) >= 5, "{:?}", bundle.outcomes("good"));
    let late = lateness_ms(bundle, 29, 200);
    assert!(late < SLACK_MS, "the last sample is {late} ms late");
}

/// `scene`'s capture on a disk that takes `delay` to say that something is safe.
fn on_slow_disk(scene: &Scene, delay: &str) -> Result<Command, Missing> {
    let injection = format!("inject=fdatasync:delay_enter={delay}");
    let options = ["-f", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", &injection];
    under_strace(&options, &scene.command(&[]))
}

/// While the core waits for the disk with the second sample, the plugin of the first is done.
#[test]
fn times_of_a_row_are_those_of_its_collector_also_when_the_core_is_held_up() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 1s, samples: 2 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[slower.c]', name: slow }
"
    ));
    let said = start(need!(on_slow_disk(&scene, "6s"))).wait(LIMIT);
    let bundle = scene.captured(said).bundle;
    assert_eq!(bundle.outcomes("slow"), ["ok", "skipped"]);
    let row = bundle.row(0, "slow");
    let [started, wall] = [&row["started_ms"], &row["cost"]["wall_ms"]].map(number);
    assert!(started < 2000, "it began at once: {row:#}");
    assert!((2500..5000).contains(&wall), "it took 2.5 s: {row:#}");
    let duration = number(&bundle.samples[0]["duration_ms"]);
    assert!((2500..6000).contains(&duration), "it was done then: {duration}");
}

#[test]
fn a_disk_slower_than_the_schedule_costs_samples_and_not_all_of_them() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 10ms, samples: 800 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[good.c]', name: seldom, every: 1s }
"
    ));
    let said = start(need!(on_slow_disk(&scene, "40ms"))).wait(LIMIT);
    let captured = scene.captured(said);
    let bundle = &captured.bundle;
    assert_eq!(bundle.samples.len(), 800, "{}", captured.said);
    names_are_of_the_schedule(bundle, 10);
    // Eight seconds have two hundred times 40 ms.
    assert!(n_good(bundle) >= 40, "{:?}", bundle.outcomes("good"));
    let seldom = bundle.outcomes("seldom");
    let n_seldom = seldom.iter().filter(|it| **it == "ok").count();
    assert!(n_seldom >= 6, "a second late is not 40 ms late: {seldom:?}");
    let late = lateness_ms(bundle, 799, 10);
    assert!(late < SLACK_MS, "the last sample is {late} ms late");
}

/// Ten minutes of ticks, whose samples say that the plugin is busy: never a moment without a tick
/// that is due.
#[test]
fn ctrl_c_is_heard_by_a_capture_that_is_behind() {
    let scene = need!(Scene::new(
        "schedule: { every: 10ms, samples: 60000 }\ncollectors:\n  - { plugin: '[slow.c]' }\n"
    ));
    let mut running = start(need!(on_slow_disk(&scene, "40ms")));
    running.wait_for_stderr(" missed: the collector itself was held up\n");
    running.signal(Signal::INT);
    let captured = scene.captured(running.wait(LIMIT));
    assert_eq!(captured.said.exit, 130, "{}", captured.said);
    assert!(captured.bundle.samples.len() < 60_000);
}
