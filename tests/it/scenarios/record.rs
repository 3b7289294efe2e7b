//! Runs a scenario under a capture, and keeps its bundle with what is known of the program.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

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

/// Runs `scenario`, and leaves bundle and label in `out`.
///
/// # Errors
///
/// What this machine lacks.
pub(super) fn record(scenario: &Scenario, out: &Path) -> Result<Recorded, String> {
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
            let shell = Started(shell.spawn().expect("start a shell"));
            let bundle = capture(place.path(), &[])?;
            (bundle, Label { pid: shell.0.id(), objects: Vec::new(), samples: Vec::new() })
        }
    };
    label.samples = sample_times(&bundle);
    let kept = out.join(format!("{}.tar.zst", scenario.name));
    fs::rename(&bundle, &kept).expect("keep the bundle");
    let text = serde_json::to_string(&label).expect("JSON");
    fs::write(out.join(format!("{}.json", scenario.name)), text).expect("keep the label");
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
    /// `None` when it has ended.
    started: Option<Started>,
    objects: Arc<Mutex<Vec<(f64, f64)>>>,
    /// Where it makes control groups.
    group: Option<PathBuf>,
    /// Where it makes files.
    dir: PathBuf,
}

impl Leak {
    fn start(mode: &str, per_tick: u32, interval_ms: u32, place: &Path) -> Result<Self, Missing> {
        let program = program()?;
        let mut group = None;
        let mut dir = place.join("files");
        if mode == "control-groups" {
            let parents = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"];
            let parent = parents.iter().find(|it| Path::new(it).is_dir());
            let parent = parent.ok_or(Missing("no control groups"))?;
            dir = Path::new(parent).join(format!("leaks-{}", std::process::id()));
            group = Some(dir.clone());
        }
        if mode == "tmpfs-file" {
            dir = Path::new("/dev/shm").join(format!("leaks-{}", std::process::id()));
        }
        fs::create_dir_all(&dir).map_err(|_| Missing("the right to make a control group"))?;
        let mut leak = Command::new(program);
        leak.arg(mode).arg(per_tick.to_string()).arg(interval_ms.to_string()).arg("100000");
        leak.arg(&dir).stdout(Stdio::piped()).stderr(Stdio::inherit()).process_group(0);
        let mut child = leak.spawn().expect("start the program");
        let lines = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let objects = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&objects);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let Ok(n) = line.trim().parse() else { continue };
                heard.lock().expect("no reader panics").push((now(), n));
            }
        });
        let leak = Leak { started: Some(Started(child)), objects, group, dir };
        wait_until("the first object", || !leak.objects.lock().expect("the list").is_empty());
        Ok(leak)
    }

    fn stop(mut self) -> Result<Label, String> {
        let started = self.started.as_mut().expect("it ends with this");
        if let Ok(Some(status)) = started.0.try_wait() {
            return Err(format!("the program ended by itself: {status}"));
        }
        let pid = started.0.id();
        let objects = self.objects.lock().expect("the list").clone();
        Ok(Label { pid, objects, samples: Vec::new() })
    }
}

impl Drop for Leak {
    fn drop(&mut self) {
        // Until it is killed it makes more of what outlives it.
        let pid = self.started.take().map(|it| it.0.id());
        pid.into_iter().for_each(remove_segments_of);
        if self.dir.starts_with("/dev/shm") {
            let _ = fs::remove_dir_all(&self.dir);
        }
        // The groups are empty: the program makes them and does not move into them.
        let Some(group) = &self.group else { return };
        let made = fs::read_dir(group).into_iter().flatten().flatten();
        for made in made.filter(|it| it.path().is_dir()) {
            let _ = fs::remove_dir(made.path());
        }
        let _ = fs::remove_dir(group);
    }
}

/// Removes the segments that process made: they outlive it.
fn remove_segments_of(pid: u32) {
    let table = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    for line in table.lines().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let (Some(id), Some(creator)) = (words.get(1), words.get(4))
            && *creator == pid.to_string()
        {
            let mut ipcrm = Command::new("ipcrm");
            let _ = ipcrm.args(["-m", id]).status();
        }
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
