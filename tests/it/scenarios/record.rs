//! Runs a scenario under a capture, and keeps its bundle with what is known of the program.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::place::{Place, remove_segments_of};
use super::suite::{Program, Scenario};
use crate::support::{Missing, check_bundle, go_server, has_program, installed, run, wait_until};

/// Samples of a capture, and the pause between two.
const SAMPLES: &str = "24";
const EVERY: &str = "1s";
/// The longest capture, with its start and its end.
const LIMIT: Duration = Duration::from_secs(120);

/// A bundle, and what is known of it without reading it.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) bundle: PathBuf,
    pub(super) label: Label,
}

/// What is known of a program that ran under a capture.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Label {
    /// Its number.
    pub(super) pid: u32,
    /// Objects it had, and when it said so, in Unix time.
    pub(super) objects: Vec<(f64, f64)>,
    /// When the samples were taken, in Unix time.
    #[serde(default)]
    pub(super) samples: Vec<f64>,
}

impl Label {
    /// Objects the program had more at the end of the capture than at its start, as the report
    /// counts: by the means of an eighth of the samples at each end.
    pub(super) fn injected(&self) -> f64 {
        let times = &self.samples;
        let k = (times.len() / 8).max(1);
        let mean = |times: &[f64]| {
            times.iter().map(|at| self.objects_at(*at)).sum::<f64>() / times.len() as f64
        };
        mean(&times[times.len() - k..]) - mean(&times[..k])
    }

    /// Objects the program had more at the last sample than at the first.
    pub(super) fn injected_in_all(&self) -> f64 {
        let ends = self.samples.first().zip(self.samples.last());
        ends.map_or(0.0, |(first, last)| self.objects_at(*last) - self.objects_at(*first))
    }

    fn objects_at(&self, at: f64) -> f64 {
        let after = self.objects.partition_point(|(time, _)| *time <= at);
        let before = after.checked_sub(1).and_then(|it| self.objects.get(it));
        match (before, self.objects.get(after)) {
            // Where only the ends are known, it went on evenly.
            (Some((from, n)), Some((to, m))) if self.objects.len() == 2 => {
                n + (m - n) * (at - from) / (to - from)
            }
            (Some((_, n)), _) => *n,
            (None, _) => 0.0,
        }
    }
}

/// When the samples of a bundle were taken, in Unix time.
fn sample_times(bundle: &Path) -> Vec<f64> {
    let bundle = check_bundle(bundle);
    let times = bundle.samples.iter().map(|it| {
        let time = it["time"].as_str().expect("a time");
        let time = chrono::DateTime::parse_from_rfc3339(time).expect("a time");
        time.timestamp_millis() as f64 / 1e3
    });
    times.collect()
}

impl Recorded {
    /// The one of that name in `dir`, if there is one.
    pub(super) fn read(dir: &Path, name: &str) -> Option<Self> {
        let label = fs::read(dir.join(format!("{name}.json"))).ok()?;
        let label = serde_json::from_slice(&label).expect("a label");
        Some(Recorded { bundle: dir.join(format!("{name}.tar.zst")), label })
    }
}

/// The name of the files of a run: the scenario's, with the number of a further run.
fn name_of(scenario: &Scenario, run: u32) -> String {
    match run {
        1 => scenario.name.to_owned(),
        _ => format!("{}.{run}", scenario.name),
    }
}

/// Runs `scenario`, and leaves bundle and label in `out`.
///
/// # Errors
///
/// What this machine lacks.
pub(super) fn record(scenario: &Scenario, run: u32, out: &Path) -> Result<Recorded, String> {
    let place = tempfile::tempdir_in(out).expect("a temporary directory");
    let said = |Missing(what)| what.to_owned();
    let (bundle, mut label) = match scenario.program {
        Program::Leak { mode, per_tick, interval_ms } => {
            let leak = Leak::start(mode, per_tick, interval_ms, place.path()).map_err(said)?;
            let bundle = capture(place.path(), &[])?;
            (bundle, leak.stop()?)
        }
        Program::Server { flags, interval_ms } => {
            let every = format!("{interval_ms}ms");
            let mut flags = flags.to_vec();
            if interval_ms > 0 {
                flags.extend(["-every", &every, "-at-most", "1000000"]);
            }
            let server = go_server(&flags).map_err(said)?;
            let metrics = format!("{}/metrics", server.url);
            let options = ["--pprof", &server.url, "--metrics", &metrics];
            let begun = now();
            let bundle = capture(place.path(), &options)?;
            let steps =
                if interval_ms == 0 { 0.0 } else { (now() - begun) * 1e3 / f64::from(interval_ms) };
            let objects = vec![(begun, 0.0), (now(), steps)];
            (bundle, Label { pid: server.pid(), objects, samples: Vec::new() })
        }
        Program::Shell(line) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", line]).current_dir(place.path()).process_group(0);
            let mut shell = Started(shell.spawn().expect("start a shell"));
            let bundle = capture(place.path(), &[])?;
            if let Ok(Some(status)) = shell.0.try_wait() {
                return Err(format!("the command ended by itself: {status}"));
            }
            // A server that is asked to end removes its shared memory; one that is killed does not.
            let group = rustix::process::Pid::from_child(&shell.0);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
            std::thread::sleep(Duration::from_secs(3));
            (bundle, Label { pid: shell.0.id(), objects: Vec::new(), samples: Vec::new() })
        }
    };
    label.samples = sample_times(&bundle);
    let name = name_of(scenario, run);
    let kept = out.join(format!("{name}.tar.zst"));
    fs::rename(&bundle, &kept).expect("keep the bundle");
    let text = serde_json::to_string(&label).expect("JSON");
    fs::write(out.join(format!("{name}.json")), text).expect("keep the label");
    Ok(Recorded { bundle: kept, label })
}

/// A capture of the default collectors, and of what `options` add, by the program as it is
/// installed.
fn capture(place: &Path, options: &[&str]) -> Result<PathBuf, String> {
    static INSTALLED: OnceLock<tempfile::TempDir> = OnceLock::new();
    let program = INSTALLED.get_or_init(installed).path().join("collector");
    let mut capture = Command::new(program);
    capture.args(["run", "--every", EVERY, "--samples", SAMPLES, "--quiet", "--output", "."]);
    capture.args(options).current_dir(place);
    let said = run(capture, LIMIT);
    match said.stdout.trim() {
        "" => Err(format!("no bundle: {}", said.stderr.trim())),
        path => Ok(place.join(path)),
    }
}

/// A program that is killed when it is dropped, with its group.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.0);
        // Both fail only when it is gone already.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.0.wait();
    }
}

/// The leaking program at work.
struct Leak {
    started: Started,
    objects: Arc<Mutex<Vec<(f64, f64)>>>,
    complaint: std::process::ChildStderr,
    // After the program: what it made is removed when it has gone.
    _place: Place,
}

impl Leak {
    fn start(mode: &str, per_tick: u32, interval_ms: u32, home: &Path) -> Result<Self, Missing> {
        let program = program()?;
        let place = Place::of(mode, home)?;
        let mut leak = Command::new(program);
        leak.arg(mode).arg(per_tick.to_string()).arg(interval_ms.to_string()).arg("100000");
        leak.arg(&place.dir).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = leak.spawn().expect("start the program");
        let lines = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let complaint = child.stderr.take().expect("stderr is a pipe");
        let objects = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&objects);
        let listener = std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let Ok(n) = line.trim().parse() else { continue };
                heard.lock().expect("no reader panics").push((now(), n));
            }
        });
        let leak = Leak { started: Started(child), objects, complaint, _place: place };
        wait_until("the first object", || {
            listener.is_finished() || !leak.objects.lock().expect("the list").is_empty()
        });
        Ok(leak)
    }

    fn stop(mut self) -> Result<Label, String> {
        if let Ok(Some(status)) = self.started.0.try_wait() {
            let mut why = String::new();
            // What it said is help; that it ended is the error.
            let _ = self.complaint.read_to_string(&mut why);
            return Err(format!("the program ended by itself ({status}): {}", why.trim()));
        }
        let pid = self.started.0.id();
        let objects = self.objects.lock().expect("the list").clone();
        // Until it is killed it makes more of what outlives it.
        drop(self);
        remove_segments_of(pid);
        Ok(Label { pid, objects, samples: Vec::new() })
    }
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

/// The program in C, compiled once per run of the tests.
fn program() -> Result<&'static Path, Missing> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if !has_program("cc") {
        return Err(Missing("no C compiler"));
    }
    Ok(BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/leaks/programs");
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("leak");
        let mut cc = Command::new("cc");
        cc.args(["-O0", "-pthread", "-o"]).arg(&file);
        let sources = fs::read_dir(&source).expect("the sources").flatten();
        cc.args(
            sources.map(|it| it.path()).filter(|it| it.extension().is_some_and(|it| it == "c")),
        );
        let said = run(cc, LIMIT);
        assert_eq!(said.exit, 0, "it does not compile:\n{}", said.stderr);
        file
    }))
}
