//! Runs a program to its end, never longer than a limit, and keeps what it said.

use std::fmt;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::redact::redact;

/// How long one run of the program may take before the test fails. Far above what any test needs.
const LIMIT: Duration = Duration::from_secs(120);

/// What a program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    /// The exit code, or the negative number of the signal that killed it.
    pub(crate) exit: i32,
    /// All of stdout.
    pub(crate) stdout: String,
    /// All of stderr.
    pub(crate) stderr: String,
    /// Stdout as it came, for what is not text.
    pub(crate) stdout_bytes: Vec<u8>,
    dir: PathBuf,
}

/// Exit code, stdout and stderr as one text for a snapshot, with stand-ins for what differs
/// between two runs: `[DIR]`, `[HOST]`, `[TIME]`, `[DURATION]`, `[SIZE]`.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stdout = redact(&self.stdout, &self.dir);
        let stderr = redact(&self.stderr, &self.dir);
        write!(f, "exit: {}\n--- stdout\n{stdout}--- stderr\n{stderr}", self.exit)
    }
}

/// Runs `collector` in `dir`, with nothing on its stdin.
pub(crate) fn collector(dir: &Path, args: &[&str]) -> Said {
    run(command(dir, args), LIMIT)
}

/// The command that [`collector`] runs, for tests that change it before [`run`] runs it.
///
/// Of this process's environment it keeps only where programs and temporary files are: no
/// variable of a developer's shell may change a test.
pub(crate) fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_collector"));
    command.current_dir(dir).args(args).env_clear().env("LC_ALL", "C").env("TZ", "UTC");
    for name in ["PATH", "HOME", "TMPDIR", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

/// Runs `command` in a process group of its own.
///
/// # Panics
///
/// When the program cannot be started, or is not done within `limit`, or leaves a process behind
/// that holds its stdout or stderr open. In the second case its process group is killed.
pub(crate) fn run(mut command: Command, limit: Duration) -> Said {
    let what = format!("{command:?}");
    let dir = command.get_current_dir().map(Path::to_owned).unwrap_or_default();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
    let stdout = read_all(child.stdout.take().expect("stdout is a pipe"));
    let stderr = read_all(child.stderr.take().expect("stderr is a pipe"));

    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait().expect("wait for a child of ours") {
            break status;
        }
        if Instant::now() > deadline {
            // The child is not reaped yet, so its number is still its own.
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            child.wait().expect("wait for a child of ours");
            let said = |from: Receiver<Vec<u8>>| {
                let bytes = from.recv_timeout(Duration::from_secs(5)).unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            };
            panic!(
                "{what} is not done after {limit:?} and was killed; it said\n--- stdout\n{}--- stderr\n{}",
                said(stdout),
                said(stderr)
            );
        }
        thread::sleep(Duration::from_millis(5));
    };
    let rest = |from: Receiver<Vec<u8>>, name: &str| {
        from.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| {
            panic!("{what} has ended, but something it started still holds its {name}")
        })
    };
    let stdout_bytes = rest(stdout, "stdout");
    Said {
        exit: status.code().unwrap_or_else(|| -status.signal().expect("no code means a signal")),
        stdout: String::from_utf8_lossy(&stdout_bytes).into_owned(),
        stderr: String::from_utf8_lossy(&rest(stderr, "stderr")).into_owned(),
        stdout_bytes,
        dir,
    }
}

/// Reads to the end on a thread, so that a full pipe never stops the program.
fn read_all(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is still worth showing.
        let _ = from.read_to_end(&mut bytes);
        // Nobody waits any more once the test has failed.
        let _ = sender.send(bytes);
    });
    receiver
}

#[test]
fn the_program_answers() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = collector(dir.path(), &["--version"]);
    assert_eq!((said.exit, said.stdout_bytes.as_slice()), (0, said.stdout.as_bytes()));
    assert!(said.to_string().starts_with("exit: 0\n--- stdout\ncollector "), "{said}");
}

#[test]
fn a_signal_is_a_negative_exit() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "echo last words; kill -9 $$"]).current_dir("/");
    assert_eq!(run(shell, LIMIT).to_string(), "exit: -9\n--- stdout\nlast words\n--- stderr\n");
}

#[test]
fn a_program_that_hangs_is_killed_with_its_children() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "echo before; sleep 1000 & echo $!; wait"]).current_dir("/");
    let panic = thread::spawn(|| run(shell, Duration::from_millis(300))).join();
    let said = *panic.expect_err("the run must fail").downcast::<String>().expect("a text");
    assert!(said.contains("was killed; it said\n--- stdout\nbefore\n"), "{said}");
    let sleeper = said.lines().find_map(|line| line.parse::<i32>().ok()).expect("its number");
    let state = std::fs::read_to_string(format!("/proc/{sleeper}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "the child lives on: {state}");
}
