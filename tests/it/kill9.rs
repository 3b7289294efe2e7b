//! `kill -9` at any moment loses the sample in progress, and nothing that was finished.
//!
//! Two hundred kills where `CI` is set, and twenty elsewhere; `COLLECTOR_TEST_KILLS=1000` takes as
//! many as one likes. The moments are pseudo-random and the same in every run, as far as a machine
//! does the same twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    LIMIT, Said, Scene, check_bundle, collector, finished_samples, run, wait_until, workers_of,
};

/// Small artifacts often, a large one whenever it is done: samples overlap. Of the last sample
/// nothing is large, so that the end comes at once.
const MANIFEST: &str = "\
schedule: { every: 40ms, samples: 13 }
collectors:
  - { plugin: meminfo }
  - { plugin: '[good.c]' }
  - { plugin: '[large.c]', name: large, every: 200ms }
";

/// The last tick of it.
const LAST: u64 = 12;

/// The files of samples: by the names of both, the bytes.
type Samples = BTreeMap<String, BTreeMap<PathBuf, Vec<u8>>>;

/// When a kill fell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fall {
    /// Before a sample was finished.
    Before,
    /// While something of a sample was stored that was not finished.
    InSample,
    /// When all that was stored belonged to finished samples.
    Between,
    /// When the program had called the last sample finished, and had not ended.
    InEnding,
    /// When there was nothing left to kill.
    After,
}

/// What one kill has left.
#[derive(Debug, Default)]
struct Left {
    /// Whether the program had called the last sample finished.
    is_last_told: bool,
    /// Samples in the recovered bundle.
    n_finished: usize,
    /// Samples that plain `tar` finds begun and not finished.
    n_begun: usize,
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_finished() {
    let wanted = std::env::var("COLLECTOR_TEST_KILLS").ok();
    let on_ci = std::env::var_os("CI").is_some_and(|it| !it.is_empty());
    let n_kills = wanted.map_or(if on_ci { 200 } else { 20 }, |it| it.parse().expect("a number"));
    drop(need!(Scene::new(MANIFEST)));
    let falls = Mutex::new(BTreeMap::new());
    // Most of the time of a kill is spent waiting for it, so there are two at a time.
    thread::scope(|threads| {
        for first in 0..2 {
            let falls = &falls;
            threads.spawn(move || {
                let mut state = 0x9e37_79b9_7f4a_7c15_u64 + first;
                for number in (first..n_kills).step_by(2) {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    let fall = kill(number, state);
                    *falls.lock().expect("no panic").entry(fall).or_insert(0_u32) += 1;
                }
            });
        }
    });
    let falls = falls.into_inner().expect("no panic");
    eprintln!("{n_kills} kills: {falls:?}");
    if n_kills >= 200 {
        for fall in [Fall::Before, Fall::InSample, Fall::Between, Fall::InEnding] {
            assert!(falls.contains_key(&fall), "no kill fell {fall:?}: {falls:?}");
        }
    }
}

/// Kills one capture, at a moment that `random` gives, and looks at what is left of it.
fn kill(number: u64, random: u64) -> Fall {
    let scene = Scene::new(MANIFEST).expect("it was there before");
    let mut running = scene.start(&[]);
    // The end is short, and on a busy host so are the samples beside the start: without these waits
    // hardly a kill would fall there.
    let (wait_for, at_most) = match number % 8 {
        0..=2 => (None, 600_000),
        3..=5 => (Some("sample 1 of 13: "), 450_000),
        _ => (Some("sample 13 of 13: "), 10_000),
    };
    if let Some(text) = wait_for {
        running.wait_for_stderr(text);
    }
    thread::sleep(Duration::from_micros(random % at_most));
    running.signal(Signal::KILL);
    let said = running.wait(LIMIT);
    wait_until("the workers to end", || workers_of(said.pid).is_empty());
    let left = check(&scene, &said, number);
    fall(&said, &left)
}

fn fall(said: &Said, left: &Left) -> Fall {
    match left {
        _ if said.exit != -9 => Fall::After,
        _ if left.n_finished == 0 => Fall::Before,
        _ if left.n_begun > 0 => Fall::InSample,
        _ if left.is_last_told => Fall::InEnding,
        _ => Fall::Between,
    }
}

/// Compares what `recover` makes of the file that was left with what `zstd` and `tar` find in it.
fn check(scene: &Scene, said: &Said, number: u64) -> Left {
    let told: BTreeSet<u64> = finished_samples(&said.stderr).map(|(tick, _)| tick).collect();
    let output = scene.output();
    let [partial] = output.as_slice() else {
        assert!(output.is_empty() && told.is_empty(), "kill {number}: {output:?} {said}");
        return Left::default();
    };
    if partial.extension().is_some_and(|it| it == "zst") {
        // It has its name: it is whole, whether or not the program lived to say so. On a busy machine
        // some ticks are missed, which are told together and not one by one.
        let n_finished = check_bundle(partial).samples.len();
        assert_eq!(n_finished, 13, "kill {number}: {said}");
        return Left { is_last_told: true, n_finished, n_begun: 0 };
    }
    assert!(partial.to_string_lossy().ends_with(".tar.zst.partial"), "kill {number}: {partial:?}");
    let plain = scene.path().join("plain");
    shell("zstd -dcq \"$0\" | tar -x -C \"$1\" 2>/dev/null || true", partial, &plain);
    let before = fs::read(partial).expect("read");
    let path = partial.display().to_string();
    let recovered = collector(scene.path(), &["bundle", "recover", &path, "-C", "recovered"]);
    assert!(fs::read(partial).expect("read") == before, "kill {number}: the file changed");
    if recovered.exit == 6 {
        // Killed before the first flush: there is a file, and not one whole entry in it.
        assert!(told.is_empty() && samples(&plain).is_empty(), "kill {number}: {recovered}");
        return Left::default();
    }
    assert_eq!(recovered.exit, 0, "kill {number}: {recovered}");
    let mut bundle = scene.path().join(recovered.stdout.trim_end());
    let is_complete = bundle.extension().is_some_and(|it| it == "partial");
    if is_complete {
        // It lacked its name and nothing else.
        assert!(recovered.stderr.contains("is complete: nothing was written"), "{recovered}");
        let named = scene.path().join(partial.with_extension("").file_name().expect("a name"));
        fs::copy(&bundle, &named).expect("copied");
        bundle = named;
    }
    let reason = if is_complete { "finished" } else { "cut" };
    assert_eq!(check_bundle(&bundle).index["reason"], reason, "kill {number}");
    let new = scene.path().join("new");
    shell("tar --zstd -xf \"$0\" -C \"$1\"", &bundle, &new);

    let (plain, new) = (samples(&plain), samples(&new));
    let mut n_begun = 0;
    for (name, files) in &plain {
        if index_of(files).is_none() {
            n_begun += 1;
        } else {
            assert!(new.get(name) == Some(files), "kill {number}: {name} is not as it was");
        }
    }
    let indices =
        |samples: &Samples| -> BTreeSet<u64> { samples.values().filter_map(index_of).collect() };
    assert_eq!(indices(&new).len(), new.len(), "kill {number}: every sample there is finished");
    for (tool, found) in [("plain tar", indices(&plain)), ("recover", indices(&new))] {
        let all_are_there = told.is_subset(&found);
        assert!(all_are_there, "kill {number}: {told:?} were told, {tool} has {found:?}");
    }
    Left { is_last_told: told.contains(&LAST), n_finished: new.len(), n_begun }
}

/// The tick of a sample, where its `sample.json` is whole.
fn index_of(files: &BTreeMap<PathBuf, Vec<u8>>) -> Option<u64> {
    let text = files.get(Path::new("sample.json"))?;
    serde_json::from_slice::<Value>(text).ok()?["index"].as_u64()
}

fn shell(line: &str, input: &Path, into: &Path) {
    fs::create_dir(into).expect("a directory");
    let mut shell = Command::new("sh");
    shell.current_dir("/").args(["-c", line]).arg(input).arg(into);
    let said = run(shell, LIMIT);
    assert_eq!(said.exit, 0, "{said}");
}

/// The files of each sample of the bundle unpacked in `dir`, by their names within the sample.
fn samples(dir: &Path) -> Samples {
    let mut found = BTreeMap::new();
    for root in entries(dir) {
        for sample in entries(&root.join("samples")) {
            let mut files = BTreeMap::new();
            let mut waiting = vec![sample.clone()];
            while let Some(path) = waiting.pop() {
                if path.is_dir() {
                    waiting.extend(entries(&path));
                } else {
                    let name = path.strip_prefix(&sample).expect("below it").to_owned();
                    files.insert(name, fs::read(&path).expect("read"));
                }
            }
            let name = sample.file_name().expect("a name").to_string_lossy().into_owned();
            found.insert(name, files);
        }
    }
    found
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}
