//! `kill -9` at any moment loses the sample in progress, and nothing that was finished.
//!
//! Twenty kills each time; `COLLECTOR_TEST_KILLS=200 cargo test -p collector-core --test it kill9`
//! takes as many as one likes. The moments are pseudo-random and the same in every run, as far as
//! a machine does the same twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{LIMIT, Said, Scene, check_bundle, collector, run, wait_until, workers_of};

/// Small artifacts often, a large one whenever it is done: samples overlap.
const MANIFEST: &str = "\
schedule: { every: 40ms, for: 1m }
collectors:
  - { plugin: meminfo }
  - { plugin: '[good.c]' }
  - { plugin: '[large.c]', name: large, every: 200ms }
";

/// What one kill has left.
#[derive(Debug, Default)]
struct Left {
    /// Samples that the program had called finished.
    n_told: usize,
    /// Samples in the recovered bundle.
    n_finished: usize,
    /// Samples that plain `tar` finds begun and not finished.
    n_begun: usize,
}

#[test]
fn a_kill_at_any_moment_loses_nothing_that_was_finished() {
    let n_kills = std::env::var("COLLECTOR_TEST_KILLS").ok();
    let n_kills = n_kills.map_or(20, |it| it.parse::<u64>().expect("a number of kills"));
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut total, mut n_nothing) = (Left::default(), 0);
    for number in 0..n_kills {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let scene = need!(Scene::new(MANIFEST));
        let running = scene.start(&[]);
        thread::sleep(Duration::from_micros(state % 1_000_000));
        running.signal(Signal::KILL);
        let said = running.wait(LIMIT);
        wait_until("the workers to end", || workers_of(said.pid).is_empty());
        let left = check(&scene, &said, number);
        n_nothing += u64::from(left.n_finished == 0);
        total.n_told += left.n_told;
        total.n_finished += left.n_finished;
        total.n_begun += left.n_begun;
    }
    eprintln!("{n_kills} kills, {n_nothing} of them before a sample was finished: {total:?}");
    assert!(
        n_kills < 20 || total.n_told > 0 && total.n_begun > 0,
        "the moments missed what they are for: {total:?}"
    );
}

/// Compares what `recover` makes of the file that was left with what `zstd` and `tar` find in it.
fn check(scene: &Scene, said: &Said, number: u64) -> Left {
    let told: BTreeSet<u64> = said.stderr.lines().filter_map(index_told).collect();
    let output = scene.output();
    let [partial] = output.as_slice() else {
        assert!(output.is_empty() && told.is_empty(), "kill {number}: {output:?} {said}");
        return Left::default();
    };
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
    let bundle = scene.path().join(recovered.stdout.trim_end());
    assert_eq!(check_bundle(&bundle).index["reason"], "cut", "kill {number}");
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
    let indices: BTreeSet<u64> = new.values().filter_map(index_of).collect();
    assert_eq!(indices.len(), new.len(), "kill {number}: every sample there is finished");
    assert!(told.is_subset(&indices), "kill {number}: {told:?} were told, {indices:?} are there");
    Left { n_told: told.len(), n_finished: new.len(), n_begun }
}

/// The tick of the sample that a line of the progress calls finished.
fn index_told(line: &str) -> Option<u64> {
    let (number, rest) = line.strip_prefix("sample ")?.split_once(" of ")?;
    // A line that was cut may have any number of digits.
    (!rest.is_empty()).then(|| number.parse::<u64>().expect("a number") - 1)
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
fn samples(dir: &Path) -> BTreeMap<String, BTreeMap<PathBuf, Vec<u8>>> {
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
