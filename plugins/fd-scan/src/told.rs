//! What a scan met on its way, and how it is told: every process and descriptor that is not in
//! the table is in a number here.

use std::collections::BTreeMap;

use plugin_api::{Context, Error, Level, Status, may_read_all_processes};
use rustix::io::Errno;

use crate::process::{Opened, Process};

/// How many processes a message names.
const MAX_NAMED: usize = 5;

/// What would let a scan see all. The mode of `/proc/PID/fd` asks for `CAP_DAC_READ_SEARCH`, its
/// links for `CAP_SYS_PTRACE`: neither is enough alone.
const ADVICE: &str = "run as root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH";
/// The same for root, who lacks a capability where this is told, as in a container.
const ADVICE_FOR_ROOT: &str = "this root may not look at them: give the container CAP_SYS_PTRACE \
                               and the host's pid namespace, or run outside of it";

/// Counts of a scan.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) n_rows: u64,
    pub(crate) n_closed: u64,
    pub(crate) n_unreadable: u64,
    pub(crate) sizes_not_taken: BTreeMap<String, u64>,
    /// Those of which descriptors are listed, also none.
    pub(crate) n_processes: u64,
    /// A process was met that is wanted.
    met_any: bool,
    n_gone: u64,
    n_denied: u64,
    denied: Vec<String>,
    failed: Vec<String>,
    left_out: LeftOut,
}

#[derive(Debug, Default)]
struct LeftOut {
    /// With so many descriptors.
    n_processes: u64,
    n_descriptors: u64,
    /// Processes of which nobody counted the descriptors.
    n_uncounted: u64,
}

/// Why the rest of a scan was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    MaxRows(u64),
    Time,
}

impl Told {
    /// Notes what came of opening a process, and gives it back if it is open. One whose name is
    /// denied too may be wanted, and is told.
    pub(crate) fn opened(&mut self, pid: u32, opened: Opened) -> Option<Process> {
        self.met_any |= !matches!(opened, Opened::NotWanted | Opened::Gone);
        match opened {
            Opened::Open(process) => return Some(process),
            Opened::NotWanted | Opened::WithoutDescriptors => {}
            Opened::Gone => self.n_gone += 1,
            Opened::Denied(name) => self.denied(pid, &name),
            Opened::Failed(path, errno) => self.failed.push(format!("{path}: {errno}")),
        }
        None
    }

    /// Notes a process that denies its descriptors.
    pub(crate) fn denied(&mut self, pid: u32, name: &str) {
        self.n_denied += 1;
        if self.denied.len() < MAX_NAMED {
            self.denied.push(format!("{pid} {name}").trim_end().to_owned());
        }
    }

    /// Notes a process whose descriptors could not be listed to the end.
    pub(crate) fn broke_off(&mut self, process: &Process, errno: Errno) {
        match errno {
            Errno::NOENT | Errno::SRCH => self.n_gone += 1,
            Errno::ACCESS | Errno::PERM => self.denied(process.pid, &process.name),
            other => self.failed.push(format!("{}/fd: {other}", process.pid)),
        }
    }

    /// Notes a process with descriptors that were not listed, `None` if nobody knows how many.
    pub(crate) fn left_out(&mut self, n_descriptors: Option<u64>) {
        match n_descriptors {
            Some(0) => {}
            Some(n) => {
                self.left_out.n_processes += 1;
                self.left_out.n_descriptors += n;
            }
            None => self.left_out.n_uncounted += 1,
        }
    }

    /// Adds what one thread counted.
    pub(crate) fn add(&mut self, other: Told) {
        self.n_rows += other.n_rows;
        self.n_closed += other.n_closed;
        self.n_unreadable += other.n_unreadable;
        for (fs_type, n) in other.sizes_not_taken {
            *self.sizes_not_taken.entry(fs_type).or_default() += n;
        }
    }

    /// Whether anything was left out.
    pub(crate) fn is_cut(&self) -> bool {
        self.left_out.n_processes + self.left_out.n_uncounted > 0
    }

    /// Whether no process was met that is wanted.
    pub(crate) fn met_none(&self) -> bool {
        !self.met_any
    }

    /// Writes the counts into the log, and a problem for each kind of thing that is missing.
    pub(crate) fn tell(&self, context: &Context, cut: Option<Cut>, hidden: Option<&str>) {
        context.log(Level::Info, &self.summary());
        if self.n_unreadable > 0 {
            let n = self.n_unreadable;
            let message =
                format!("{n} descriptors are listed without their link, which was refused");
            context.log(Level::Warn, &message);
        }
        for (fs_type, n) in &self.sizes_not_taken {
            let message = format!("sizes of {n} deleted files not taken: on {fs_type}");
            context.log(Level::Warn, &message);
        }
        if let Some(cut) = cut {
            let (status, message) = self.cut(cut);
            context.log(Level::Warn, &message);
            context.problem(&Error::new(status, message));
        }
        if let Some(first) = self.failed.first() {
            let n = self.failed.len();
            context.problem(&Error::failed(format!("{n} processes could not be read: {first}")));
        }
        let Some(message) = self.denials(hidden) else { return };
        // Where nothing would grant it, a customer who runs as root is not sent for more rights.
        if may_read_all_processes() && hidden.is_none() && self.n_rows > 0 {
            let message = format!("{message}, even to root: protected by a security module");
            context.log(Level::Warn, &message);
            return;
        }
        let is_root = rustix::process::geteuid().is_root();
        let advice = if is_root { ADVICE_FOR_ROOT } else { ADVICE };
        context.problem(&Error::denied(message).advise(advice));
    }

    fn summary(&self) -> String {
        let mut text = format!("{} descriptors of {} processes", self.n_rows, self.n_processes);
        for (n, what) in [
            (self.n_gone, "processes ended during the scan"),
            (self.n_closed, "descriptors closed during the scan"),
            (self.n_denied, "processes denied"),
        ] {
            if n > 0 {
                text.push_str(&format!("; {n} {what}"));
            }
        }
        text
    }

    fn cut(&self, cut: Cut) -> (Status, String) {
        let LeftOut { n_processes, n_descriptors, n_uncounted } = &self.left_out;
        let counted = format!("{n_descriptors} descriptors of {n_processes} processes");
        let uncounted = format!("the uncounted descriptors of {n_uncounted} processes");
        let mut text = match (n_processes, n_uncounted) {
            (_, 0) => counted,
            (0, _) => uncounted,
            _ => format!("{counted}, and {uncounted}"),
        };
        text.push_str(" left out");
        match cut {
            Cut::MaxRows(max_rows) => {
                text.push_str(&format!(
                    " by max_rows ({max_rows}); raise it, or name processes in `processes`"
                ));
                (Status::Partial, text)
            }
            Cut::Time => {
                text.push_str(
                    ", the time was up; raise the timeout, or name processes in `processes`",
                );
                (Status::Stopped, text)
            }
        }
    }

    fn denials(&self, hidden: Option<&str>) -> Option<String> {
        let mut texts = Vec::new();
        if self.n_denied > 0 {
            let more = if self.n_denied > self.denied.len() as u64 { ", ..." } else { "" };
            texts.push(format!(
                "the descriptors of {} processes are denied ({}{more})",
                self.n_denied,
                self.denied.join(", ")
            ));
        }
        if let Some(hidepid) = hidden {
            texts.push(format!(
                "procfs is mounted with hidepid={hidepid}, processes of other users are not seen"
            ));
        }
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}
