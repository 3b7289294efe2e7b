//! A worker's process, seen from the core: started, watched, killed and reaped.
//!
//! Nothing of what it says is understood here.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, PipeReader, Read};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::family;
use super::instruments::peak_resident;
use super::outcome::without_controls;
use crate::units::Bytes;

/// What is kept of what a worker prints.
const TAIL_BYTES: usize = 64 * 1024;
/// How long a process that has hung up, or was hung up on, may take to end before it is killed.
pub(crate) const END_TIME: Duration = Duration::from_millis(150);
/// How long the core waits for a killed process to be gone. Only one that the kernel holds needs
/// more than a moment.
pub(crate) const KILL_TIME: Duration = Duration::from_millis(150);
/// How long the core waits to hand over the start of a worker.
const WRITE_TIME: Duration = Duration::from_secs(1);

/// What helps where the system gives no thread or process.
pub(crate) const RAISE_LIMIT: &str =
    "this user may have reached the limit of processes: end some, or raise it (`ulimit -u`)";

/// A running worker.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) socket: UnixStream,
    output: PipeReader,
    output_open: bool,
    tail: VecDeque<u8>,
    /// How it ended, once it is reaped.
    ended: Option<String>,
    /// Whether it exited with code 0.
    ended_well: bool,
}

/// What became readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ready {
    pub(crate) socket: bool,
    pub(crate) output: bool,
}

impl Process {
    /// Starts `program` as a worker: its own process group, a clean environment, the socket as
    /// standard input, and what it prints caught in a pipe.
    pub(crate) fn start(program: &Path) -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        socket.set_write_timeout(Some(WRITE_TIME))?;
        let (output, printing) = io::pipe()?;
        let mut command = Command::new(program);
        command
            .arg0("collector")
            .arg(super::child::ARGUMENT)
            .arg(std::process::id().to_string())
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LC_ALL", "C")
            .process_group(0)
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
            .stdout(printing.try_clone()?)
            .stderr(printing);
        let child = family::start(&mut command)?;
        Ok(Process {
            child,
            socket,
            output,
            output_open: true,
            tail: VecDeque::new(),
            ended: None,
            ended_well: false,
        })
    }

    /// Waits until something can be read, at most `time`.
    pub(crate) fn wait_readable(&self, time: Duration) -> io::Result<Ready> {
        // A closed pipe is always ready; it is not asked, so that the core does not spin on it.
        let watched = if self.output_open { 2 } else { 1 };
        let mut fds =
            [PollFd::new(&self.socket, PollFlags::IN), PollFd::new(&self.output, PollFlags::IN)];
        let time = Timespec::try_from(time).map_err(io::Error::other)?;
        match poll(&mut fds[..watched], Some(&time)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(Ready { socket: false, output: false }),
            Err(error) => return Err(error.into()),
        }
        let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
        Ok(Ready { socket: ready(&fds[0]), output: self.output_open && ready(&fds[1]) })
    }

    /// Reads once what it printed and keeps the end of it.
    pub(crate) fn read_output(&mut self) {
        let mut buffer = [0; 8 * 1024];
        match self.output.read(&mut buffer) {
            Ok(n) if n > 0 => {
                self.tail.extend(&buffer[..n]);
                let surplus = self.tail.len().saturating_sub(TAIL_BYTES);
                self.tail.drain(..surplus);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => self.output_open = false,
        }
    }

    /// Reads what it has printed, as far as it does not print faster than it is read.
    pub(crate) fn drain_output(&mut self) {
        let mut reads_left = 2 * TAIL_BYTES / (8 * 1024);
        while reads_left > 0 && self.wait_readable(Duration::ZERO).is_ok_and(|it| it.output) {
            self.read_output();
            reads_left -= 1;
        }
    }

    /// Takes the end of what it printed, having read what is there, without control characters.
    /// What is no UTF-8 grows, so it is cut once more.
    pub(crate) fn take_tail(&mut self) -> Option<String> {
        self.drain_output();
        let bytes: Vec<u8> = std::mem::take(&mut self.tail).into();
        let mut text = without_controls(&String::from_utf8_lossy(&bytes));
        text.drain(..text.ceil_char_boundary(text.len().saturating_sub(TAIL_BYTES)));
        text.shrink_to_fit();
        (!text.is_empty()).then_some(text)
    }

    /// Its resident memory now; `None` when it is gone.
    pub(crate) fn resident(&self, page_size: u64) -> Option<Bytes> {
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.child.id())).ok()?;
        let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
        Some(Bytes(pages.checked_mul(page_size)?))
    }

    /// The most memory it has had resident; `None` when it is gone.
    pub(crate) fn peak_resident(&self) -> Option<Bytes> {
        if self.ended.is_some() {
            return None;
        }
        peak_resident(&self.child.id().to_string())
    }

    /// Sends `signal` to it and everything in its process group.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // ESRCH: the whole group is gone, which is what a signal is for.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it that no more will be asked, and gives it `time` for the plugin's `destroy`. What
    /// it leaves is swept when all are gone. Gives how it ended, where it did not by itself and
    /// well.
    pub(crate) fn hang_up(&mut self, time: Duration) -> Option<String> {
        // One that hung up first is ended all the same.
        let _ = self.socket.shutdown(Shutdown::Both);
        self.end_group(time);
        self.ended.clone().filter(|_| !self.ended_well)
    }

    /// Kills and reaps it and all it has started, and says how it ended.
    ///
    /// One that has hung up gets a moment first, so that its own end is told and not ours.
    pub(crate) fn end(&mut self, hung_up: bool) -> String {
        if self.ended.is_none() {
            self.end_group(if hung_up { END_TIME } else { Duration::ZERO });
            family::sweep();
        }
        self.ended.clone().unwrap_or_default()
    }

    /// Kills and reaps it and its group, once it had `time` to end by itself. The group is killed
    /// before the process is reaped: until then no other group has its number.
    fn end_group(&mut self, time: Duration) {
        let patience = Instant::now() + time;
        while !self.has_exited() && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(1));
        }
        let is_killed = !self.has_exited();
        self.signal(Signal::KILL);
        let unkillable = Instant::now() + KILL_TIME;
        while !self.has_exited() && Instant::now() < unkillable {
            std::thread::sleep(Duration::from_millis(1));
        }
        let reaped = family::reap(&mut self.child);
        self.ended_well = matches!(reaped, Ok(Some(status)) if status.success());
        self.ended = Some(match reaped {
            Ok(Some(status)) if is_killed && status.signal() == Some(Signal::KILL.as_raw()) => {
                "hung up without ending, and was killed".to_owned()
            }
            Ok(Some(status)) => how_it_ended(status),
            // In an uninterruptible sleep, on a dead disk or server. It ends when that does, or
            // with the core, and is nobody's to wait for.
            Ok(None) => "could not be killed: the kernel holds it".to_owned(),
            Err(error) => format!("ended, and nobody could tell how: {error}"),
        });
    }

    /// Whether it has exited and waits to be reaped.
    pub(crate) fn has_exited(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        id.is_some_and(|id| matches!(waitid(WaitId::Pid(id), options), Ok(Some(_))))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end(false);
    }
}

/// An exit status in words.
fn how_it_ended(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(9), _) => "was killed by signal 9 (SIGKILL) that collector did not send; the kernel \
                         sends it when memory is short"
            .to_owned(),
        (Some(signal), _) => format!("was killed by signal {signal} ({})", signal_name(signal)),
        (None, Some(code)) => format!("exited with code {code} before it was done"),
        (None, None) => "ended in an unknown way".to_owned(),
    }
}

fn signal_name(signal: i32) -> &'static str {
    match signal {
        4 => "SIGILL: an illegal instruction",
        6 => "SIGABRT: it aborted",
        7 => {
            "SIGBUS: a mapped file was cut, perhaps the plugin's own; install an update under \
             another name and rename it"
        }
        8 => "SIGFPE: an arithmetic error",
        11 => "SIGSEGV: a bad memory access",
        13 => "SIGPIPE",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => {
            "SIGXFSZ: a file it wrote, perhaps in memory, grew past limits.max_memory; raise that \
               if it is right"
        }
        31 => "SIGSYS: a forbidden system call",
        _ => "see signal(7)",
    }
}
