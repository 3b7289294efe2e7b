//! Hands out units of work in order: some descriptors of one process.
//!
//! A unit is what one `getdents` gives, at most some 1,300 descriptors, so that the threads share
//! the descriptors of one large process as well as many small ones. procfs lists descriptors in
//! ascending order; they are sorted within a unit only to make the same true of a `/proc` that was
//! written down in files.

use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use plugin_api::Processes;
use rustix::fs::RawDir;
use rustix::io::Errno;

use crate::process::{Process, number};
use crate::told::Told;

/// Room for the entries of one `getdents`: 24 bytes each in procfs.
const LISTING_BYTES: usize = 32 * 1024;

/// The reused buffers of one thread for taking units.
#[derive(Debug)]
pub(crate) struct Listing {
    buffer: Vec<MaybeUninit<u8>>,
    /// The descriptors of the unit, ascending.
    pub(crate) fds: Vec<u32>,
}

impl Listing {
    pub(crate) fn new() -> Self {
        Listing { buffer: vec![MaybeUninit::uninit(); LISTING_BYTES], fds: Vec::new() }
    }

    /// Lists some more of `directory`; false at its end.
    pub(crate) fn read(&mut self, directory: BorrowedFd<'_>) -> Result<bool, Errno> {
        self.fds.clear();
        let mut entries = RawDir::new(directory, &mut self.buffer);
        let mut any = false;
        // The first `next` asks the kernel; the rest is in the buffer.
        while !any || !entries.is_buffer_empty() {
            let Some(entry) = entries.next() else { return Ok(false) };
            self.fds.extend(number(entry?.file_name().to_bytes()));
            any = true;
        }
        if !self.fds.is_sorted() {
            self.fds.sort_unstable();
        }
        Ok(true)
    }
}

/// Some descriptors of one process; they are in the [`Listing`] it was taken with.
#[derive(Debug)]
pub(crate) struct Unit {
    /// From 0, in order.
    pub(crate) number: u64,
    pub(crate) process: Arc<Process>,
}

/// What is still to be scanned.
#[derive(Debug)]
pub(crate) struct Queue<'a> {
    procfs: BorrowedFd<'a>,
    pids: std::slice::Iter<'a, u32>,
    processes: &'a Processes,
    current: Option<Current>,
    rows_left: u64,
    n_units: u64,
    pub(crate) told: Told,
}

#[derive(Debug)]
struct Current {
    process: Arc<Process>,
    n_taken: u64,
}

impl<'a> Queue<'a> {
    pub(crate) fn new(
        procfs: BorrowedFd<'a>,
        pids: &'a [u32],
        processes: &'a Processes,
        max_rows: u64,
    ) -> Self {
        Queue {
            procfs,
            pids: pids.iter(),
            processes,
            current: None,
            rows_left: max_rows,
            n_units: 0,
            told: Told::default(),
        }
    }

    /// Takes the next unit; `None` when there is no more or no more is wanted.
    pub(crate) fn take(&mut self, listing: &mut Listing) -> Option<Unit> {
        while self.rows_left > 0 {
            if self.current.is_none() {
                let process = Arc::new(self.next_process()?);
                self.told.n_processes += 1;
                self.current = Some(Current { process, n_taken: 0 });
            }
            let current = self.current.as_mut()?;
            match listing.read(current.process.descriptors()) {
                Ok(true) => {}
                Ok(false) => {
                    self.current = None;
                    continue;
                }
                Err(errno) => {
                    self.told.broke_off(&current.process, errno);
                    self.current = None;
                    continue;
                }
            }
            let n_wanted = usize::try_from(self.rows_left).unwrap_or(usize::MAX);
            listing.fds.truncate(n_wanted);
            let n_taken = listing.fds.len() as u64;
            if n_taken == 0 {
                continue;
            }
            current.n_taken += n_taken;
            self.rows_left -= n_taken;
            let unit = Unit { number: self.n_units, process: Arc::clone(&current.process) };
            self.n_units += 1;
            return Some(unit);
        }
        None
    }

    /// The next process to list; those that cannot be are told.
    fn next_process(&mut self) -> Option<Process> {
        loop {
            let pid = *self.pids.by_ref().find(|pid| self.processes.may_take(**pid))?;
            let opened = Process::open(self.procfs, pid, self.processes);
            if let Some(process) = self.told.opened(pid, opened) {
                return Some(process);
            }
        }
    }

    /// Counts what was not taken. `count` gives the number of descriptors of a process that is
    /// open, or `None` if that cannot be known.
    pub(crate) fn count_rest(&mut self, mut count: impl FnMut(&Process) -> Option<u64>) {
        if let Some(current) = self.current.take() {
            // It may have closed some since: then what is known of the rest is that it is gone.
            let n = count(&current.process).map(|n| n.saturating_sub(current.n_taken));
            self.told.left_out(n);
        }
        while let Some(process) = self.next_process() {
            let n = count(&process);
            self.told.left_out(n);
        }
    }
}
