//! Opens one process of procfs and reads who it is.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use plugin_api::{Processes, StatLine};
use rustix::fs::{Mode, OFlags, RawDir, openat};
use rustix::io::{Errno, read};

use crate::row::{Decimal, process_columns};

/// A stat line is below 400 bytes; more than this is not one.
const STAT_BYTES: usize = 4096;

/// `PF_KTHREAD` of the kernel's `include/linux/sched.h`.
const KERNEL_THREAD: u64 = 0x0020_0000;

const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);

/// A process whose descriptors can be listed.
///
/// Everything is opened below one handle of `/proc/PID`, which stays with this process: once it
/// has ended, the handle answers "no such process" even when the id is in use again.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// The command, made fit for a message.
    pub(crate) name: String,
    /// See [`process_columns`].
    pub(crate) columns: Vec<u8>,
    directory: OwnedFd,
    descriptors: OwnedFd,
    links_denied: AtomicBool,
    mounts_wanted: AtomicBool,
}

/// What came of opening a process.
#[derive(Debug)]
pub(crate) enum Opened {
    Open(Process),
    /// `processes` does not name it.
    NotWanted,
    /// It ended since procfs was listed.
    Gone,
    /// It denies its descriptors; the name, empty when that is denied too.
    Denied(String),
    /// A kernel thread or a process that has ended but was not waited for: nothing to list.
    WithoutDescriptors,
    /// The kernel answered what it should not.
    Failed(String, Errno),
}

impl Process {
    /// Opens the process `pid` of `procfs` if `processes` take it.
    pub(crate) fn open(procfs: BorrowedFd<'_>, pid: u32, processes: &Processes) -> Opened {
        let mut decimal = Decimal::default();
        let directory = match openat(procfs, decimal.of(pid.into()), DIRECTORY, Mode::empty()) {
            Ok(directory) => directory,
            Err(errno) => return Opened::without(errno, String::new(), pid, "", None),
        };
        let mut text = [0; STAT_BYTES];
        let text = match read_small(&directory, "stat", &mut text) {
            Ok(text) => text,
            Err(errno) => return Opened::without(errno, String::new(), pid, "/stat", None),
        };
        // A stat this program cannot read costs two columns and not the descriptors.
        let stat = Stat::parse(text);
        let command = stat.as_ref().map_or(&b""[..], |stat| stat.command);
        if !processes.takes(pid, command) {
            return Opened::NotWanted;
        }
        let name = shown(command);
        let descriptors = match openat(&directory, "fd", DIRECTORY, Mode::empty()) {
            Ok(descriptors) => descriptors,
            Err(errno) => return Opened::without(errno, name, pid, "/fd", stat.as_ref()),
        };
        let start_ticks = stat.as_ref().map_or(&b""[..], |stat| stat.start_ticks);
        Opened::Open(Process {
            pid,
            name,
            columns: process_columns(pid, start_ticks, command),
            directory,
            descriptors,
            links_denied: AtomicBool::new(false),
            mounts_wanted: AtomicBool::new(true),
        })
    }

    /// The directory `/proc/PID`.
    pub(crate) fn directory(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }

    /// The directory `/proc/PID/fd`.
    pub(crate) fn descriptors(&self) -> BorrowedFd<'_> {
        self.descriptors.as_fd()
    }

    /// Whether this is the first time that one of its links was denied.
    pub(crate) fn note_links_denied(&self) -> bool {
        !self.links_denied.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn links_denied(&self) -> bool {
        self.links_denied.load(Ordering::Relaxed)
    }

    /// True once: its table of mounts is read at most one time.
    pub(crate) fn take_mounts_wanted(&self) -> bool {
        self.mounts_wanted.swap(false, Ordering::Relaxed)
    }
}

impl Opened {
    fn without(errno: Errno, name: String, pid: u32, file: &str, stat: Option<&Stat<'_>>) -> Self {
        match errno {
            Errno::NOENT | Errno::SRCH => Opened::Gone,
            Errno::ACCESS | Errno::PERM if stat.is_some_and(Stat::is_without_descriptors) => {
                Opened::WithoutDescriptors
            }
            Errno::ACCESS | Errno::PERM => Opened::Denied(name),
            other => Opened::Failed(format!("{pid}{file}"), other),
        }
    }
}

/// What is taken from `/proc/PID/stat`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stat<'a> {
    pub(crate) command: &'a [u8],
    state: u8,
    flags: u64,
    pub(crate) start_ticks: &'a [u8],
}

impl<'a> Stat<'a> {
    /// Reads the line; `None` if it is not as proc_pid_stat(5) describes.
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        let line = StatLine::parse(line)?;
        let state = *line.field(3)?.first()?;
        let flags = line.number(9)?;
        let start_ticks = line.field(22)?;
        let is_number = start_ticks.iter().all(u8::is_ascii_digit);
        is_number.then_some(Stat { command: line.command, state, flags, start_ticks })
    }

    /// For those who may not look: their directory is owned by root, whoever they belong to.
    fn is_without_descriptors(&self) -> bool {
        self.flags & KERNEL_THREAD != 0 || matches!(self.state, b'Z' | b'X' | b'x')
    }
}

/// Reads what one `read` gives of a small file of procfs.
pub(crate) fn read_small(
    directory: impl AsFd,
    path: impl rustix::path::Arg,
    buffer: &mut [u8],
) -> Result<&[u8], Errno> {
    let file = openat(directory, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let n = rustix::io::retry_on_intr(|| read(&file, &mut *buffer))?;
    Ok(&buffer[..n])
}

/// The process ids of `procfs`, ascending.
pub(crate) fn pids(procfs: BorrowedFd<'_>) -> Result<Vec<u32>, Errno> {
    // A handle of its own, because a handle has one place in its directory.
    let directory = openat(procfs, ".", DIRECTORY, Mode::empty())?;
    let mut buffer = [MaybeUninit::uninit(); 32 * 1024];
    let mut entries = RawDir::new(directory, &mut buffer);
    let mut pids = Vec::new();
    while let Some(entry) = entries.next() {
        pids.extend(number(entry?.file_name().to_bytes()));
    }
    pids.sort_unstable();
    Ok(pids)
}

/// The number that `name` is, if it is nothing else.
pub(crate) fn number(name: &[u8]) -> Option<u32> {
    if name.is_empty() {
        return None;
    }
    name.iter().try_fold(0u32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// `command` for a person.
fn shown(command: &[u8]) -> String {
    command.escape_ascii().to_string()
}

#[cfg(test)]
mod tests;
