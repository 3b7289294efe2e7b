//! The pass over all processes: `stat` and `status` of each that is asked for.

use plugin_api::{Context, Error, Processes, Selector, Status, may_read_all_processes};

use crate::faults::Faults;
use crate::procfs::{Files, Pids};
use crate::records::Records;
use crate::stat::Stat;
use crate::timers;

/// What would show hidden processes.
const UNHIDE: &str = "procfs is mounted with hidepid: run as root, or in the group of its option \
                      gid, to add them";

/// What decides whose `smaps_rollup` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) pid: u32,
    /// In pages: only compared.
    pub(crate) resident_pages: u64,
}

/// One pass.
#[derive(Debug)]
pub(crate) struct Scan<'s> {
    pub(crate) context: &'s Context,
    /// Those asked for.
    pub(crate) processes: &'s Processes,
    pub(crate) pids: &'s Pids,
}

/// What was stored, for what is read next.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    /// The processes that have an address space.
    pub(crate) sizes: Vec<Size>,
    /// Those of them whose user has many signals waiting, ascending.
    pub(crate) with_timers: Vec<u32>,
}

/// What a pass found.
#[derive(Debug)]
struct Found {
    stored: Stored,
    /// For each selector, whether a process was there for it.
    are_met: Vec<bool>,
    /// How many processes the time was too short for.
    n_unread: usize,
    faults: Faults,
}

impl Scan<'_> {
    /// Stores `stat` and `status` and tells what is missing. Gives the processes that were
    /// stored, unless the time was up.
    ///
    /// # Errors
    ///
    /// The host takes no more.
    pub(crate) fn store(&self, files: &mut Files<'_>) -> Result<Option<Stored>, Error> {
        let mut stat = Records::new(self.context, "stat", "text/x-linux-pid-stat");
        let mut status = Records::new(self.context, "status", "text/x-linux-pid-status");
        let mut found = Found {
            stored: Stored::default(),
            are_met: vec![false; self.processes.iter().count()],
            n_unread: 0,
            faults: Faults::default(),
        };
        let walked = self.walk(files, &mut stat, &mut status, &mut found);
        let is_whole = walked.is_ok() && found.n_unread == 0 && self.pids.n_left_out == 0;
        let ended = stat.end(is_whole).and(status.end(is_whole));
        let stored = self.tell(found, walked.is_ok());
        walked.and(ended).map(|()| stored)
    }

    fn walk(
        &self,
        files: &mut Files<'_>,
        stat: &mut Records<'_>,
        status: &mut Records<'_>,
        found: &mut Found,
    ) -> Result<(), Error> {
        for (index, &pid) in self.pids.pids.iter().enumerate() {
            if self.context.stopping() {
                found.n_unread = self.pids.pids.len() - index;
                break;
            }
            let text = match files.read(pid, "stat") {
                Ok(text) => text,
                Err(error) => {
                    found.faults.add(error, pid, || files.name(pid));
                    continue;
                }
            };
            found.faults.read();
            let read = Stat::parse(text);
            let command = read.map_or(&b""[..], |it| it.command);
            if !self.wants(pid, command, &mut found.are_met) {
                continue;
            }
            stat.push(pid, text)?;
            let mut has_memory = false;
            if let Some(Stat { virtual_bytes: 1.., resident_pages, .. }) = read {
                found.stored.sizes.push(Size { pid, resident_pages });
                has_memory = true;
            }
            match files.read(pid, "status") {
                Ok(text) => {
                    status.push(pid, text)?;
                    if has_memory && timers::user_has_many(text) {
                        found.stored.with_timers.push(pid);
                    }
                }
                Err(error) => found.faults.add(error, pid, || files.name(pid)),
            }
        }
        Ok(())
    }

    fn wants(&self, pid: u32, command: &[u8], are_met: &mut [bool]) -> bool {
        let mut is_wanted = self.processes.is_empty();
        for (selector, is_met) in self.processes.iter().zip(are_met) {
            let fits = selector.fits(pid, command);
            *is_met |= fits;
            is_wanted |= fits;
        }
        is_wanted
    }

    /// Tells what is missing.
    fn tell(&self, found: Found, is_walked: bool) -> Option<Stored> {
        let n_processes = self.pids.pids.len();
        // Of a process that was not looked at nobody knows.
        let saw_all = is_walked
            && found.n_unread == 0
            && self.pids.n_left_out == 0
            && !found.faults.hide_some();
        self.tell_unmet(&found.are_met, saw_all);
        // Whoever asked for a process that may be among the denied ones is told that they are.
        let may_read_all = may_read_all_processes() && !found.are_met.contains(&false);
        found.faults.tell(self.context, "stat and status", n_processes, UNHIDE, may_read_all);
        if found.n_unread > 0 {
            let message = format!(
                "the time was up: {} of {n_processes} processes were not read; raise the timeout \
                 of this collector to add them",
                found.n_unread
            );
            self.problem(Status::Stopped, message);
        }
        if self.pids.n_left_out > 0 {
            let message = format!(
                "{} of {} processes were left out; raise max_processes, which is {n_processes}, \
                 to add them",
                self.pids.n_left_out,
                n_processes + self.pids.n_left_out
            );
            self.problem(Status::Partial, message);
        }
        (found.n_unread == 0).then_some(found.stored)
    }

    /// Tells of processes that were asked for and are not there, or perhaps not for us.
    fn tell_unmet(&self, are_met: &[bool], saw_all: bool) {
        let unmet: Vec<String> = self
            .processes
            .iter()
            .zip(are_met)
            .filter(|(_, is_met)| !**is_met)
            .map(|(selector, _)| selector.to_string())
            .collect();
        let unmet = unmet.join(" or ");
        let may_be_more = self.processes.is_empty()
            || self.processes.iter().any(|it| matches!(it, Selector::Name(_)));
        if self.pids.are_hidden && !unmet.is_empty() {
            let message = format!("no process is seen that is {unmet}; {UNHIDE}");
            self.problem(Status::Denied, message);
        } else if self.pids.are_hidden && may_be_more {
            let message = format!("the first process is hidden, so others may be; {UNHIDE}");
            self.problem(Status::Denied, message);
        } else if !unmet.is_empty() && saw_all {
            let message = format!("no process is {unmet}; see the names in /proc/PID/comm");
            self.problem(Status::Unavailable, message);
        }
    }

    fn problem(&self, status: Status, message: String) {
        self.context.problem(&Error::new(status, message));
    }
}
