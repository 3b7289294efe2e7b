//! Runs a program to its end, never longer than a limit, and keeps what it said.

use std::fmt;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::redact::redact;

/// How long one run of the program may take before the test fails. Far above what any test needs.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

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
    /// The number its process had.
    pub(crate) pid: u32,
    dir: PathBuf,
}

/// The samples that the progress in `said` calls finished: the tick of each, and the rest of its
/// line, which is `13: 2 of 2 ok`. Of a line that was cut off before that, nothing is known.
pub(crate) fn finished_samples(said: &str) -> impl Iterator<Item = (u64, &str)> {
    said.lines().filter_map(|line| {
        let (number, rest) = line.strip_prefix("sample ")?.split_once(" of ")?;
        let tick = number.parse::<u64>().expect("a number").checked_sub(1);
        Some((tick.expect("samples are counted from 1"), rest)).filter(|_| !rest.is_empty())
    })
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

/// Whether this machine has the program `name`.
pub(crate) fn has_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(name).is_file())
}

/// Runs `command` in a process group of its own.
///
/// # Panics
///
/// As [`start`] and [`Running::wait`] do.
pub(crate) fn run(command: Command, limit: Duration) -> Said {
    start(command).wait(limit)
}

/// A program that was started and may still run. Dropped before it was waited for, its process
/// group is killed.
#[derive(Debug)]
pub(crate) struct Running {
    what: String,
    dir: PathBuf,
    child: Child,
    stdout: Heard,
    stderr: Heard,
}

/// Starts `command` in a process group of its own, with nothing on its stdin.
///
/// # Panics
///
/// When the program cannot be started.
pub(crate) fn start(mut command: Command) -> Running {
    let what = format!("{command:?}");
    let dir = command.get_current_dir().map(Path::to_owned).unwrap_or_default();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
    let stdout = Heard::from(child.stdout.take().expect("stdout is a pipe"));
    let stderr = Heard::from(child.stderr.take().expect("stderr is a pipe"));
    Running { what, dir, child, stdout, stderr }
}

impl Running {
    /// The number of its process and of its process group.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends `signal` to it and its process group, as a terminal does on Ctrl-C.
    pub(crate) fn signal(&self, signal: Signal) {
        // The child is not reaped yet, so its number is still its own.
        kill_process_group(Pid::from_child(&self.child), signal).expect("signal a child of ours");
    }

    /// Waits until its stderr has `text`, and gives all of it so far.
    ///
    /// # Panics
    ///
    /// When it has not within [`LIMIT`], or ended without it.
    pub(crate) fn wait_for_stderr(&mut self, text: &str) -> String {
        let what = self.what.clone();
        wait_until(&format!("{text:?} on the stderr of {what}"), || {
            // The end of the pipe, not of the child: the last words may still be on their way, and
            // a child that is not reaped can still be sent a signal.
            let is_over = self.stderr.has_ended();
            let said = self.stderr.so_far();
            assert!(!is_over || said.contains(text), "{what} ended without {text:?}: {said}");
            said.contains(text)
        });
        self.stderr.so_far()
    }

    /// Waits for its end.
    ///
    /// # Panics
    ///
    /// When it is not done within `limit`, or leaves a process behind that holds its stdout or
    /// stderr open. In the first case its process group is killed.
    pub(crate) fn wait(mut self, limit: Duration) -> Said {
        let what = std::mem::take(&mut self.what);
        let deadline = Instant::now() + limit;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("wait for a child of ours") {
                break status;
            }
            if Instant::now() > deadline {
                self.signal(Signal::KILL);
                self.child.wait().expect("wait for a child of ours");
                let said = |from: &Heard| {
                    from.wait_for_end(Duration::from_secs(5));
                    from.so_far()
                };
                panic!(
                    "{what} is not done after {limit:?} and was killed; it said\n--- stdout\n{}--- stderr\n{}",
                    said(&self.stdout),
                    said(&self.stderr)
                );
            }
            thread::sleep(Duration::from_millis(5));
        };
        for (heard, name) in [(&self.stdout, "stdout"), (&self.stderr, "stderr")] {
            assert!(
                heard.wait_for_end(Duration::from_secs(20)),
                "{what} has ended, but something it started still holds its {name}"
            );
        }
        Said {
            pid: self.pid(),
            exit: status
                .code()
                .unwrap_or_else(|| -status.signal().expect("no code means a signal")),
            stdout: self.stdout.so_far(),
            stderr: self.stderr.so_far(),
            stdout_bytes: self.stdout.bytes(),
            dir: std::mem::take(&mut self.dir),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Asks `is_so` again and again until it says yes.
///
/// # Panics
///
/// When it has not within [`LIMIT`]; `what` is what was waited for.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < deadline, "waited {LIMIT:?} in vain for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// What comes out of a pipe, read on a thread, so that a full pipe never stops the program.
#[derive(Debug)]
struct Heard {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: Receiver<()>,
    thread: JoinHandle<()>,
}

impl Heard {
    fn from(mut pipe: impl Read + Send + 'static) -> Self {
        let (sender, ended) = mpsc::channel();
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&bytes);
        let thread = thread::spawn(move || {
            let mut buffer = [0; 8192];
            // What came before an error is still worth showing.
            while let Ok(n @ 1..) = pipe.read(&mut buffer) {
                heard.lock().expect("no reader panics").extend_from_slice(&buffer[..n]);
            }
            // Nobody waits any more once the test has failed.
            let _ = sender.send(());
        });
        Heard { bytes, ended, thread }
    }

    fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().expect("no reader panics").clone()
    }

    fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// `false` when it has not ended within `time`.
    fn wait_for_end(&self, time: Duration) -> bool {
        self.ended.recv_timeout(time).is_ok()
    }
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
    wait_until("the end of the child", || {
        let state = std::fs::read_to_string(format!("/proc/{sleeper}/stat")).unwrap_or_default();
        state.is_empty() || state.contains(") Z ")
    });
}
