//! What every bundle must be, whoever made it, asked with the tools a support engineer has.
//!
//! This is the one place of the support that asserts something about the product: each test that
//! makes a bundle has it looked at here, and asks the [`Bundle`] for what it is itself about.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::run::{LIMIT, collector, run};

/// A bundle that [`check_bundle`] has looked at, unpacked.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// Its entries in their order, without the root directory.
    pub(crate) names: Vec<String>,
    /// `capture.json`.
    pub(crate) capture: Value,
    /// `sample.json` of each sample, in the order of their ticks.
    pub(crate) samples: Vec<Value>,
    /// `index.json`.
    pub(crate) index: Value,
    /// The names of the samples' directories, in the same order.
    pub(crate) sample_names: Vec<String>,
    root: PathBuf,
    _unpacked: tempfile::TempDir,
}

/// Unpacks the bundle at `path` with `tar`, checks its sums with `sha256sum`, has `collector`
/// verify it, and checks what holds for every bundle: mode, name, order of the entries, a row for
/// every collector that was due, a file for every file of a row.
///
/// # Panics
///
/// When any of that does not hold.
pub(crate) fn check_bundle(path: &Path) -> Bundle {
    let mode = fs::metadata(path).expect("the bundle is there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o600, "mode of {}", path.display());

    let unpacked = tempfile::tempdir().expect("a temporary directory");
    tool(unpacked.path(), "tar", &["--zstd", "-xf", &path.display().to_string()]);
    let roots: Vec<PathBuf> = fs::read_dir(unpacked.path())
        .expect("a directory")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    let name = path.file_name().and_then(|it| it.to_str()).expect("a plain name");
    let expected = name.strip_suffix(".tar.zst").expect("a bundle's name");
    assert_eq!(roots, [unpacked.path().join(expected)], "one root, named like the file");
    let root = roots.into_iter().next().expect("one root");

    tool(&root, "sha256sum", &["--check", "--strict", "--quiet", "SHA256SUMS"]);
    let said = collector(unpacked.path(), &["bundle", "verify", &path.display().to_string()]);
    assert_eq!(said.exit, 0, "collector bundle verify: {said}");

    let prefix = format!("{expected}/");
    let listed = tool(unpacked.path(), "tar", &["--zstd", "-tf", &path.display().to_string()]);
    let names: Vec<String> = listed
        .lines()
        .map(|line| line.strip_prefix(&prefix).expect("below the root").to_owned())
        .filter(|name| !name.is_empty() && !name.ends_with('/'))
        .collect();
    let bundle = Bundle::read(root, names, unpacked);
    bundle.check_order();
    bundle.check_rows();
    bundle
}

impl Bundle {
    fn read(root: PathBuf, names: Vec<String>, unpacked: tempfile::TempDir) -> Self {
        let json = |name: &str| -> Value {
            let text = fs::read(root.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let sample_of = |name: &String| {
            name.strip_prefix("samples/")?.strip_suffix("/sample.json").map(str::to_owned)
        };
        let mut samples: Vec<(String, Value)> = names
            .iter()
            .filter_map(sample_of)
            .map(|name| (name.clone(), json(&format!("samples/{name}/sample.json"))))
            .collect();
        // A sample that a slow collector holds up ends after later ones.
        samples.sort_by_key(|(_, sample)| sample["index"].as_u64());
        let (sample_names, samples) = samples.into_iter().unzip();
        Bundle {
            capture: json("capture.json"),
            samples,
            index: json("index.json"),
            names,
            sample_names,
            root,
            _unpacked: unpacked,
        }
    }

    /// Where the entry of this name was unpacked.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// A file of a sample, such as `meminfo/meminfo` of sample 0.
    pub(crate) fn file(&self, sample: usize, name: &str) -> Vec<u8> {
        let path = self.root.join("samples").join(&self.sample_names[sample]).join(name);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The row of a collector in a sample.
    pub(crate) fn row(&self, sample: usize, collector: &str) -> &Value {
        let rows = self.samples[sample]["rows"].as_array().expect("a list");
        let found = rows.iter().find(|row| row["collector"] == collector);
        found.unwrap_or_else(|| panic!("no row of {collector} in {rows:#?}"))
    }

    /// The outcomes of a collector, sample by sample, of those where it was due.
    pub(crate) fn outcomes(&self, collector: &str) -> Vec<&str> {
        let rows = self.samples.iter().filter_map(|it| it["rows"].as_array()).flatten();
        let of = rows.filter(|row| row["collector"] == collector);
        of.map(|row| row["outcome"].as_str().expect("a word")).collect()
    }

    /// The capture comes first, then the manifest; every sample ends with its `sample.json`; the
    /// index and the sums are last. Names of samples ascend.
    fn check_order(&self) {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let [first, second, inner @ .., index, sums] = names.as_slice() else {
            panic!("too few entries: {names:?}");
        };
        assert_eq!(
            [*first, second, index, sums],
            ["capture.json", "manifest.yaml", "index.json", "SHA256SUMS"]
        );
        let mut closed: Vec<&str> = Vec::new();
        for name in inner {
            let parts: Vec<&str> = name.splitn(4, '/').collect();
            let (sample, is_end) = match parts[..] {
                ["samples", sample, "sample.json"] => (sample, true),
                ["samples", sample, _, _] => (sample, false),
                _ => panic!("{name} is in no sample"),
            };
            assert!(!closed.contains(&sample), "{name} after its sample.json");
            if is_end {
                closed.push(sample);
            }
        }
        let mut ascending = self.sample_names.clone();
        ascending.sort();
        ascending.dedup();
        assert_eq!(
            self.sample_names, ascending,
            "names of samples are unique and ascend with the ticks"
        );
    }

    /// Every collector that was due has a row; every file of a row is there and no other.
    fn check_rows(&self) {
        let ticks = due_by_tick(&self.capture);
        let finished = self.index["reason"] == "finished";
        assert!(!finished || self.samples.len() == ticks.len(), "a sample for every tick");
        let mut totals: BTreeMap<String, u64> = BTreeMap::new();
        let mut in_rows: Vec<String> = Vec::new();
        for (name, sample) in self.sample_names.iter().zip(&self.samples) {
            let tick = usize::try_from(sample["index"].as_u64().expect("a number")).expect("few");
            let rows = sample["rows"].as_array().expect("a list");
            let collectors: Vec<&Value> = rows.iter().map(|row| &row["collector"]).collect();
            assert_eq!(collectors, ticks[tick].iter().collect::<Vec<_>>(), "rows of tick {tick}");
            for row in rows {
                let outcome = row["outcome"].as_str().expect("a word");
                *totals.entry(outcome.to_owned()).or_default() += 1;
                assert_eq!(outcome == "ok", row["reason"].is_null(), "a reason unless ok: {row:#}");
                for file in row["files"].as_array().into_iter().flatten() {
                    let file = file["name"].as_str().expect("a name");
                    in_rows.push(format!("samples/{name}/{file}"));
                }
            }
        }
        let mut artifacts: Vec<String> =
            self.names.iter().filter(|it| it.matches('/').count() > 2).cloned().collect();
        artifacts.sort();
        in_rows.sort();
        assert_eq!(artifacts, in_rows, "the files of the rows");
        assert_eq!(self.index["totals"], serde_json::to_value(totals).expect("words and numbers"));
    }
}

/// The collectors due at each tick of the schedule, in the order of the plan: computed from
/// `capture.json` alone, to be compared with the rows.
fn due_by_tick(capture: &Value) -> Vec<Vec<Value>> {
    let plan = capture["plan"].as_array().expect("a list");
    let names = |due: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        plan.iter().filter(|it| due(it)).map(|it| it["collector"].clone()).collect()
    };
    let schedule = &capture["schedule"];
    let Some(every) = schedule["every_ms"].as_u64() else {
        return vec![names(&|_| true)];
    };
    let span = match schedule["for_ms"].as_u64() {
        Some(span) => span,
        None => every * schedule["samples"].as_u64().expect("samples or a span"),
    };
    let interval = |item: &Value| item["every_ms"].as_u64().unwrap_or(every);
    let due_at = |at: u64| names(&|item| at.is_multiple_of(interval(item)));
    (0..span).map(due_at).filter(|due| !due.is_empty()).collect()
}

/// Runs a tool that must succeed, and gives what it said.
fn tool(dir: &Path, name: &str, args: &[&str]) -> String {
    let mut command = Command::new(name);
    command.current_dir(dir).args(args).env("LC_ALL", "C");
    let said = run(command, LIMIT);
    assert_eq!(said.exit, 0, "{name} {args:?}: {said}");
    said.stdout
}
