//! Clocks that jump, and captures that cannot keep up: names stay unique, times stay true, and
//! nothing queues up. What is due when, is in `schedule`.

mod behind;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};
use collector_core::bundle::record::{Recording, record};
use collector_core::manifest::Manifest;
use collector_core::plan::locate::Places;
use collector_core::plan::{self, Plan};
use collector_core::run::{self, Cost, Inbox, Instruments, Observer, OwnCost, Stamp};
use serde_json::Value;

use crate::support::{Bundle, LIMIT, Missing, Scene, check_bundle, has_program, plugins, start};

/// How far two clocks of one moment may be apart on the slowest machine.
const SLACK_MS: i64 = 10_000;
const HOUR_MS: i64 = 3_600_000;

/// Asserts that each sample is named by the moment it was due: the first one, and `every_ms` for
/// each tick after it.
fn names_are_of_the_schedule(bundle: &Bundle, every_ms: i64) {
    let named = |name: &String| {
        let time = NaiveDateTime::parse_from_str(name, "%Y%m%dT%H%M%S%.3fZ");
        time.unwrap_or_else(|error| panic!("{name}: {error}")).and_utc().timestamp_millis()
    };
    let due: Vec<i64> = bundle.sample_names.iter().map(named).collect();
    for (tick, due_ms) in (0..).zip(&due) {
        assert_eq!(due_ms - due[0], tick * every_ms, "the name of sample {tick}");
    }
}

/// How many rows of `collector` are `ok`. On a busy machine some are `skipped`.
fn n_ok(bundle: &Bundle, collector: &str) -> usize {
    bundle.outcomes(collector).iter().filter(|it| **it == "ok").count()
}

/// How much later than its tick the sample `at` was taken, by the clock that nobody sets.
fn lateness_ms(bundle: &Bundle, at: usize, every_ms: i64) -> i64 {
    let taken = |at: usize| number(&bundle.samples[at]["monotonic_ms"]);
    taken(at) - taken(0) - i64::try_from(at).expect("few samples") * every_ms
}

/// By how much the wall clock was ahead at the sample `at`, compared with the start of the capture.
fn ahead_ms(bundle: &Bundle, at: usize) -> i64 {
    let started = millis(&bundle.capture["started"]);
    let sample = &bundle.samples[at];
    millis(&sample["time"]) - started - number(&sample["monotonic_ms"])
}

fn millis(time: &Value) -> i64 {
    let time = DateTime::parse_from_rfc3339(time.as_str().expect("a text"));
    time.expect("a time").timestamp_millis()
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}

fn is_near(found_ms: i64, wanted_ms: i64) -> bool {
    (found_ms - wanted_ms).abs() < SLACK_MS
}

/// The command of `scene`, whose program sees a wall clock that is off by what the file at
/// `offset` says.
fn with_wall_clock(scene: &Scene, offset: &Path) -> Result<Command, Missing> {
    let library = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
        .map(|machine| PathBuf::from(format!("/usr/lib/{machine}/faketime/libfaketimeMT.so.1")))
        .into_iter()
        .find(|it| it.exists());
    let library = library.ok_or(Missing("no libfaketime"))?;
    let mut command = scene.command(&[]);
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", offset);
    command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Ok(command)
}

#[test]
fn a_wall_clock_that_is_set_forth_and_back_moves_no_sample() {
    let scene = need!(Scene::new(
        "schedule: { every: 500ms, samples: 12 }\ncollectors:\n  - { plugin: '[good.c]' }\n"
    ));
    let offset = scene.path().join("offset");
    // In one step: the program never reads half of it.
    let set = |text: &str| {
        fs::write(scene.path().join("new"), text).expect("write");
        fs::rename(scene.path().join("new"), &offset).expect("rename");
    };
    set("+0");
    let mut running = start(need!(with_wall_clock(&scene, &offset)));
    running.wait_for_stderr("sample 4 of 12");
    set("+5h");
    running.wait_for_stderr("sample 8 of 12");
    set("-7h");
    let captured = scene.captured(running.wait(LIMIT));

    let bundle = &captured.bundle;
    assert_eq!(bundle.samples.len(), 12, "{}", captured.said);
    assert!(n_ok(bundle, "good") >= 6, "{:?}", bundle.outcomes("good"));
    names_are_of_the_schedule(bundle, 500);
    let ahead: Vec<i64> = (0..12).map(|at| ahead_ms(bundle, at)).collect();
    for (at, hours) in [(0, 0), (3, 0), (7, 5), (11, -7)] {
        assert!(is_near(ahead[at], hours * HOUR_MS), "sample {at}: {ahead:?}");
    }
    for (at, sample) in bundle.samples.iter().enumerate() {
        assert!(is_near(lateness_ms(bundle, at, 500), 0), "sample {at}: {sample:#}");
        assert!(is_near(number(&sample["duration_ms"]), 0), "sample {at}: {sample:#}");
        let row = bundle.row(at, "good");
        if row["outcome"] == "skipped" {
            continue;
        }
        assert!(is_near(number(&row["started_ms"]), 0), "sample {at}: {row:#}");
        assert!(is_near(number(&row["cost"]["wall_ms"]), 0), "sample {at}: {row:#}");
    }
    assert!(is_near(number(&bundle.index["duration_ms"]), 6000), "{}", bundle.index);
}

/// A machine whose clocks began long ago, or were moved with it: only differences count.
#[test]
fn clocks_that_began_elsewhere_make_no_difference() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 500ms, samples: 6 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: meminfo }
"
    ));
    let words = ["--time", "--monotonic", "40000000", "--boottime", "90000000"];
    let mut trial = Command::new("unshare");
    trial.args(words).arg("true").current_dir("/");
    if !has_program("unshare") || start(trial).wait(LIMIT).exit != 0 {
        skip_or_fail!("a time namespace takes root and unshare");
    }
    let inner = scene.command(&[]);
    let mut command = Command::new("unshare");
    command.args(words).arg(inner.get_program()).args(inner.get_args()).current_dir(scene.path());
    let captured = scene.captured(start(command).wait(LIMIT));

    let bundle = &captured.bundle;
    assert_eq!(bundle.samples.len(), 6, "{}", captured.said);
    let uptime = number(&bundle.capture["host"]["uptime_seconds"]);
    assert!(uptime > 90_000_000, "the program did see the other clock: {uptime}");
    assert!(n_ok(bundle, "good") >= 3 && n_ok(bundle, "meminfo") >= 3, "{}", captured.said);
    names_are_of_the_schedule(bundle, 500);
    for (at, sample) in bundle.samples.iter().enumerate() {
        assert!(is_near(number(&sample["monotonic_ms"]), 0), "{sample:#}");
        let slept = number(&sample["boottime_ms"]) - number(&sample["monotonic_ms"]);
        assert!(is_near(slept, 0), "{sample:#}");
        assert!(is_near(ahead_ms(bundle, at), 0), "{sample:#}");
    }
}

/// The machine's own clocks, as if it had slept for an hour after the third sample began. A test
/// cannot send a machine to sleep.
#[derive(Default)]
struct Sleeping {
    n_samples: AtomicU32,
}

impl Observer for Sleeping {
    fn sample_began(&self, _: &run::SampleHead, _: &[&str]) {
        self.n_samples.fetch_add(1, Ordering::Relaxed);
    }
}

impl Instruments for Sleeping {
    fn now(&self) -> Stamp {
        let Stamp { wall, monotonic, boottime } = run::Machine.now();
        let has_slept = self.n_samples.load(Ordering::Relaxed) >= 3;
        let slept = Duration::from_secs(if has_slept { 3600 } else { 0 });
        Stamp { wall: wall + slept, monotonic, boottime: boottime + slept }
    }

    fn cost(&self, measured: Cost) -> Cost {
        run::Machine.cost(measured)
    }

    fn own_cost(&self) -> OwnCost {
        run::Machine.own_cost()
    }
}

#[test]
fn a_sleep_of_the_machine_is_seen_in_two_clocks_and_costs_no_sample() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let yaml = format!(
        "\
version: 1
output: {{ directory: {}, min_free: 0 }}
schedule: {{ every: 500ms, samples: 6 }}
collectors: [{{ plugin: meminfo }}]
",
        dir.path().display()
    );
    let manifest = Manifest::parse("m.yaml", &yaml, &|_| None).expect("a manifest");
    let machine = plan::Machine::here();
    let plan = Plan::make_from(&Places::new(&[plugins()], None), &manifest, &machine);
    let clocks = Sleeping::default();
    let recording = Recording {
        plan: &plan,
        host: &machine.host,
        manifest_yaml: &yaml,
        command_line: Vec::new(),
        program: PathBuf::from(env!("CARGO_BIN_EXE_collector")),
        instruments: &clocks,
        observer: &clocks,
    };
    let recorded = record(&recording, Inbox::new()).expect("a bundle");
    let bundle = check_bundle(&recorded.path);
    assert_eq!(bundle.samples.len(), 6);
    assert!(n_ok(&bundle, "meminfo") >= 3, "{:?}", bundle.outcomes("meminfo"));
    names_are_of_the_schedule(&bundle, 500);
    for (at, sample) in bundle.samples.iter().enumerate() {
        let slept_ms = if at < 3 { 0 } else { HOUR_MS };
        assert!(is_near(number(&sample["monotonic_ms"]), 0), "{sample:#}");
        let slept = number(&sample["boottime_ms"]) - number(&sample["monotonic_ms"]);
        assert!(is_near(slept, slept_ms), "{sample:#}");
        assert!(is_near(ahead_ms(&bundle, at), slept_ms), "{sample:#}");
    }
}
