//! Signals at moments that nobody chose: before the first sample, in one, between two, while the
//! bundle is completed, after that; and a core that is stopped for a while.
//!
//! Whatever the moment: a bundle that is whole or none at all, no file that is half done, and an
//! exit code that says which.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{
    Bundle, LIMIT, Missing, Said, Scene, check_bundle, run, start, under_strace, wait_until,
    workers_of,
};

const MANIFEST: &str = "\
schedule: { every: 40ms, samples: 13 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[large.c]', name: large, every: 200ms }
";

/// The same with a plugin that never returns.
const WITH_HUNG: &str = "\
schedule: { every: 40ms, samples: 13 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[large.c]', name: large, every: 200ms }
  - { plugin: '[hangs.c]', name: hangs, every: 1h }
limits: { timeout: 2s }
";

/// How a run has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Killed before there was anything to lose.
    Nothing,
    /// The signal ended the capture.
    Signal,
    /// The signal came when the last sample was done.
    Finished,
    /// Killed when the bundle was complete.
    Complete,
}

#[test]
fn a_signal_at_any_moment_leaves_a_whole_bundle_or_none() {
    let on_ci = std::env::var_os("CI").is_some_and(|it| !it.is_empty());
    let n_runs = if on_ci { 64 } else { 12 };
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut ends = BTreeMap::new();
    for number in 0..n_runs {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let scene = need!(Scene::new(if number % 4 == 3 { WITH_HUNG } else { MANIFEST }));
        let signal = [Signal::INT, Signal::TERM, Signal::HUP][number % 3];
        let running = scene.start(&[]);
        thread::sleep(Duration::from_micros(state % 700_000));
        running.signal(signal);
        if number % 2 == 1 {
            thread::sleep(Duration::from_micros((state >> 32) % 100_000));
            running.signal(signal);
        }
        let said = running.wait(LIMIT);
        wait_until("the workers to end", || workers_of(said.pid).is_empty());
        *ends.entry(end(&scene, &said, signal, number)).or_insert(0_u32) += 1;
    }
    eprintln!("{n_runs} runs: {ends:?}");
    assert!(ends.contains_key(&End::Signal), "the moments missed what they are for: {ends:?}");
}

/// Looks at what a run has left that `signal` ended.
fn end(scene: &Scene, said: &Said, signal: Signal, number: usize) -> End {
    let output = scene.output();
    let printed = said.stdout.strip_suffix('\n').map(|it| scene.path().join(it));
    let bundle = match &output[..] {
        [] => {
            let is_told = said.stderr.lines().any(|line| line.starts_with("sample "));
            assert!(
                !is_told,
                "run {number}: a sample was finished, and there is no bundle: {said}"
            );
            None
        }
        [path] => {
            assert!(printed.is_none() || printed.as_ref() == Some(path), "run {number}: {said}");
            let bundle = check_bundle(path);
            check_told(&bundle, said);
            Some(bundle)
        }
        _ => panic!("run {number}: {output:?} {said}"),
    };
    let reason = bundle.as_ref().map(|it| it.index["reason"].as_str().expect("a word"));
    let number_of = signal.as_raw();
    match (said.exit, reason) {
        (exit, None) if exit == -number_of => End::Nothing,
        (exit, Some(_)) if exit == -number_of => End::Complete,
        (exit, Some("signal")) if exit == 128 + number_of && printed.is_some() => End::Signal,
        (0 | 4, Some("finished")) if printed.is_some() => End::Finished,
        _ => panic!("run {number}: {reason:?} after {signal:?}: {said}"),
    }
}

/// Every sample that was called finished is in `bundle`.
fn check_told(bundle: &Bundle, said: &Said) {
    for line in said.stderr.lines() {
        let number = line.strip_prefix("sample ").and_then(|it| it.split(' ').next());
        let Some(number) = number else { continue };
        let tick = number.parse::<u64>().expect("a number") - 1;
        assert!(bundle.samples.iter().any(|it| it["index"] == tick), "no tick {tick}: {said}");
    }
}

/// One sample with a large artifact.
const ONCE: &str = "\
schedule: { every: 1s, samples: 1 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[large.c]' }
";

/// The run of `scene` under `strace`, which does to its system calls what `injections` say.
fn with_injected(scene: &Scene, injections: &[&str]) -> Result<Command, Missing> {
    // The tracer is a process of its own, out of reach of the signals to the group.
    let mut options =
        vec!["-DDD", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=renameat2,unlinkat"];
    let injections: Vec<String> = injections.iter().map(|it| format!("inject={it}")).collect();
    injections.iter().for_each(|it| options.extend(["-e", it]));
    let strace = under_strace(&options, &scene.command(&[]))?;
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP,INT,TERM").arg(strace.get_program()).args(strace.get_args());
    command.current_dir(scene.path());
    Ok(command)
}

/// The bundle has all its bytes, and its name comes two seconds later.
#[test]
fn signals_while_the_bundle_gets_its_name_change_nothing() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let scene = need!(Scene::new(ONCE));
        let mut running = start(need!(with_injected(&scene, &["renameat2:delay_enter=2s"])));
        running.wait_for_stderr("sample 1 of 1: ");
        wait_until("all bytes of the bundle", || is_complete(&scene));
        running.signal(signal);
        thread::sleep(Duration::from_millis(200));
        running.signal(signal);
        let captured = scene.captured(running.wait(LIMIT));
        assert_eq!(captured.said.exit, 0, "{}", captured.said);
        assert_eq!(captured.bundle.index["reason"], "finished");
        assert_eq!(captured.bundle.outcomes("large"), ["ok"]);
    }
}

/// Whether the unfinished bundle lacks nothing but its name.
fn is_complete(scene: &Scene) -> bool {
    let output = scene.output();
    let [partial] = &output[..] else { return false };
    let mut test = Command::new("zstd");
    test.arg("-tqq").arg(partial).current_dir("/");
    partial.extension().is_some_and(|it| it == "partial") && run(test, LIMIT).exit == 0
}

/// A file system that cannot rename without replacing gives a second name and takes the first.
#[test]
fn a_kill_between_two_names_leaves_the_whole_bundle_with_both() {
    let scene = need!(Scene::new(ONCE));
    let calls = ["renameat2:error=EINVAL", "unlinkat:delay_enter=5s"];
    let running = start(need!(with_injected(&scene, &calls)));
    wait_until("two names", || scene.output().len() == 2);
    running.signal(Signal::KILL);
    let said = running.wait(LIMIT);
    assert_eq!((said.exit, said.stdout.as_str()), (-9, ""));
    let mut output = scene.output();
    output.sort();
    let [bundle, partial] = &output[..] else { panic!("{output:?}") };
    assert_eq!(check_bundle(bundle).outcomes("large"), ["ok"]);
    assert_eq!(partial, &bundle.with_added_extension("partial"));
    assert!(fs::read(bundle).expect("read") == fs::read(partial).expect("read"));
}

/// As on a host that is paused, or by a debugger: what was in time meanwhile is not lost, the ticks
/// that passed are not made up for, and the capture goes on.
#[test]
fn a_core_that_is_stopped_for_a_while_goes_on() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 200ms, samples: 30 }
limits: { timeout: 1s }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[slow.c]', every: 1s }
"
    ));
    let mut running = scene.start(&[]);
    running.wait_for_stderr("sample 3 of ");
    wait_until("a sample in progress", || {
        workers_of(running.pid()).iter().any(|it| it.comm == "collecting")
    });
    let pid = Pid::from_raw(i32::try_from(running.pid()).expect("a number")).expect("not 0");
    kill_process(pid, Signal::STOP).expect("a child of ours");
    wait_until("the core to stop", || state(running.pid()) == Some('T'));
    // Longer than the plugin takes, and than it may take.
    thread::sleep(Duration::from_millis(2500));
    kill_process(pid, Signal::CONT).expect("a child of ours");
    let captured = scene.captured(running.wait(LIMIT));
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    assert_eq!(captured.bundle.index["reason"], "finished");
    assert_eq!(captured.bundle.outcomes("slow")[0], "ok", "{}", captured.rows("slow"));
    let outcomes = captured.bundle.outcomes("good");
    assert_eq!(outcomes.len(), 30, "every tick has its row");
    let n_skipped = outcomes.iter().filter(|it| **it == "skipped").count();
    assert!(n_skipped >= 10 && outcomes[16..].contains(&"ok"), "{outcomes:?}");
    let rows = captured.rows("good");
    let reason = "reason: overrun: the collector itself was held up past the next tick\n";
    assert!(rows.contains(reason), "{rows}");
}

fn state(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.ok()?.rsplit_once(") ")?.1.chars().next()
}
