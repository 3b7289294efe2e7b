//! What the samples of one host tell, as numbers over time: the only form in which findings see a
//! bundle. Where the numbers come from is `gather`'s business, what they mean is the findings'.

mod key;
mod numbers;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::finding::{Evidence, Process};
use super::ledger::{self, Accounts};
use super::profile::{Grows, SiteGrowth};
use crate::units::Timestamp;

pub use key::{HostFigure, Key, OwnFigure, ProcessFigure, Source};
pub use numbers::Series;

/// Everything that the samples of one host tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    /// Seconds from the first sample to each, on a clock that nobody sets.
    pub times: Vec<f64>,
    /// When each sample was taken, by the host's own clock; empty where nothing tells.
    pub wall: Vec<Timestamp>,
    /// How the starts of processes relate to [`times`](Observed::times).
    pub clock: Option<Clock>,
    /// The accounts, of the samples that have them.
    pub accounts: Vec<Accounts>,
    /// The numbers.
    pub series: BTreeMap<Key, Series>,
    /// What processes are called.
    pub commands: BTreeMap<Process, Rc<str>>,
    /// The file below a sample's directory that a source was read from.
    pub entries: BTreeMap<Source, Rc<str>>,
    /// Bytes that one more object of a slab group takes.
    pub object_bytes: BTreeMap<Rc<str>, f64>,
    /// Bytes of one slab of a group.
    pub slab_bytes: BTreeMap<Rc<str>, f64>,
    /// The slab groups that the kernel counts as reclaimable.
    pub reclaimable: BTreeSet<Rc<str>>,
    /// Whether the kernel keeps slab caches of equal size as one; `None`: the bundle does not tell.
    pub slabs_merged: Option<bool>,
    /// The largest of the System V segments of each [`Key::Segments`], when there were any last.
    pub segments: BTreeMap<Key, LargestSegment>,
    /// What each collector of metrics asks.
    pub targets: BTreeMap<Rc<str>, Target>,
    /// How many samples have each source whole.
    pub looks: BTreeMap<Source, usize>,
    /// When each source was looked at last, in seconds from the first sample.
    pub last_look_seconds: BTreeMap<Source, f64>,
    /// Samples whose accounts are left out, because memory was in flight.
    pub in_flight: usize,
    /// How the profiles of each name grew; the name is `<collector>/<artifact>`.
    pub profiles: BTreeMap<Rc<str>, ProfileGrowth>,
}

/// A System V segment, as a command can name it. The larger one is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LargestSegment {
    /// What of it is in memory.
    pub bytes: u64,
    /// Its number.
    pub id: u32,
    /// Who made it, who may have ended.
    pub pid: u32,
}

/// The clock of the kernel, by which the starts of processes are given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// When the host was booted, in seconds from the first sample: negative, and known to a second.
    pub booted: f64,
    /// Its ticks in a second.
    pub ticks_per_second: u64,
}

/// What a page of metrics is of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// Its process; `None`: the page does not tell, or no single process fits.
    pub process: Option<Process>,
    /// The page's file below a sample's directory.
    pub entry: Rc<str>,
    /// How often it started anew. Only what came after is in the series.
    pub restarts: u32,
}

/// How a program grew from its first profile to its last.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileGrowth {
    /// What grows.
    pub what: Grows,
    /// The file name of the program.
    pub program: String,
    /// Where it grew.
    pub growth: SiteGrowth,
}

impl Observed {
    /// When a process started, in seconds from the first sample; `None`: nothing tells.
    #[must_use]
    pub fn started(&self, process: &Process) -> Option<f64> {
        let clock = self.clock.filter(|it| it.ticks_per_second > 0)?;
        Some(clock.booted + process.start_ticks as f64 / clock.ticks_per_second as f64)
    }

    /// How many samples of the account each of its ends has, those that are left out among them:
    /// one fewer that counts does not move the ends.
    #[must_use]
    pub fn end_samples(&self) -> usize {
        ledger::end_samples(self.accounts.len() + self.in_flight)
    }

    /// The last sample in which the source of `key` was looked at: what has no value since is gone.
    /// `None`: it has no source that is counted, as a page of metrics.
    #[must_use]
    pub fn last_look(&self, key: &Key) -> Option<usize> {
        let seconds = self.last_look_seconds.get(&self.source(key)?)?;
        self.times.partition_point(|it| it <= seconds).checked_sub(1)
    }

    /// Adds a value.
    pub fn push(&mut self, key: Key, sample: usize, value: f64) {
        self.series.entry(key).or_default().push(sample, value);
    }

    /// Puts the samples in the order of their times.
    pub(super) fn put_in_order(&mut self) {
        let times = std::mem::take(&mut self.times);
        let mut order: Vec<usize> = (0..times.len()).collect();
        order.sort_by(|one, other| times[*one].total_cmp(&times[*other]));
        if let Some(used) = self.series.get(&Key::Host(HostFigure::Used)) {
            let mut accounts: Vec<(f64, Accounts)> = used
                .samples
                .iter()
                .zip(self.accounts.drain(..))
                .map(|(at, account)| (times[*at as usize], account))
                .collect();
            accounts.sort_by(|one, other| one.0.total_cmp(&other.0));
            self.accounts = accounts.into_iter().map(|(_, account)| account).collect();
        }
        let mut place = vec![0; times.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        self.series.values_mut().for_each(|it| it.put_in_order(&place));
        if self.wall.len() == order.len() {
            self.wall = order.iter().map(|it| self.wall[*it]).collect();
        }
        self.times = order.into_iter().map(|it| times[it]).collect();
    }

    /// Takes the samples that were taken while memory was in flight out of the account, and of its
    /// series.
    pub(super) fn leave_out_what_was_in_flight(&mut self) {
        let out = ledger::settle(&mut self.accounts);
        self.in_flight = out.len();
        let Some(used) = self.series.get(&Key::Host(HostFigure::Used)) else { return };
        let out: Vec<u32> = out.iter().filter_map(|at| used.samples.get(*at).copied()).collect();
        for (key, series) in &mut self.series {
            let of_account = matches!(
                key,
                Key::Host(HostFigure::Used | HostFigure::Unaccounted | HostFigure::Term(_))
            );
            if of_account && !out.is_empty() {
                *series = series.without(&out);
            }
        }
    }

    /// The fact that `key` went from its first value to its last.
    #[must_use]
    pub fn fact(&self, key: &Key) -> Option<Evidence> {
        let (first, last) = self.series.get(key)?.ends();
        let field = self.field(key);
        let entry = match (key, self.source(key)) {
            (Key::Metric(collector, _) | Key::Counter(collector, _), _) => {
                match self.targets.get(collector) {
                    Some(target) => target.entry.to_string(),
                    None => collector.to_string(),
                }
            }
            (_, Some(source)) => self.entries.get(&source)?.to_string(),
            (_, None) => return None,
        };
        Some(Evidence { entry, field, first, last })
    }

    /// A process by its name and number, as people call it.
    #[must_use]
    pub fn called(&self, process: &Process) -> String {
        match self.commands.get(process) {
            Some(command) => format!("{command} (pid {})", process.pid),
            None => format!("pid {}", process.pid),
        }
    }

    /// The text that a number was read from; `None`: a page of metrics.
    fn source(&self, key: &Key) -> Option<Source> {
        Some(match key {
            Key::Host(HostFigure::ControlGroups) if self.are_groups_told_by_version_2() => {
                Source::ControlGroupStat
            }
            Key::Host(figure) => host_place(*figure).0,
            Key::Slab(_) | Key::SlabObjects(_) => Source::Slabinfo,
            Key::Caller(_) => Source::Vmallocinfo,
            Key::Of(_, figure) => process_place(*figure).0,
            Key::Descriptors(..) | Key::Repeated(..) | Key::DeletedBytes(..) => Source::Descriptors,
            Key::Connections(_, kind) => match &**kind {
                "unix sockets" => Source::UnixSockets,
                tcp if tcp.starts_with("TCP ") => Source::Sockets,
                _ => Source::Descriptors,
            },
            Key::Segments(..) => Source::Segments,
            Key::Tmpfs(_) => Source::Tmpfs,
            Key::Own(figure) => own_place(*figure).0,
            Key::Metric(..) | Key::Counter(..) => return None,
        })
    }

    /// What a number is of, in the words of its text.
    fn field(&self, key: &Key) -> String {
        match key {
            Key::Host(HostFigure::ControlGroups) if self.are_groups_told_by_version_2() => {
                "nr_descendants + nr_dying_descendants".to_owned()
            }
            Key::Host(figure) => host_place(*figure).1.to_owned(),
            Key::Slab(group) => format!("bytes of {group}"),
            Key::SlabObjects(group) => format!("objects of {group}"),
            Key::Caller(caller) => format!("bytes of {caller}"),
            Key::Of(process, figure) => {
                format!("{} of {}", process_place(*figure).1, self.called(process))
            }
            Key::Descriptors(process, class) => format!("open {class} of {}", self.called(process)),
            Key::Repeated(process, class) => {
                format!("{class} of {} open before", self.called(process))
            }
            Key::DeletedBytes(process, class) => {
                format!("bytes of {class} of {}", self.called(process))
            }
            Key::Connections(process, kind) => format!("{kind} of {}", self.called(process)),
            Key::Segments(creator, class) => {
                let by = creator.as_ref().map(|it| format!(" made by {}", self.called(it)));
                format!("bytes of {class}{}", by.unwrap_or_default())
            }
            Key::Tmpfs(place) => format!("bytes in {place}"),
            Key::Own(figure) => format!("{} of this collector", own_place(*figure).1),
            Key::Metric(_, series) | Key::Counter(_, series) => series.to_string(),
        }
    }

    fn are_groups_told_by_version_2(&self) -> bool {
        self.series.contains_key(&Key::Host(HostFigure::DyingControlGroups))
    }
}

/// Whether a process of that name may be of a program whose file has the name `program`: the kernel
/// keeps 15 bytes of it.
#[must_use]
pub fn is_program(command: &str, program: &str) -> bool {
    !command.is_empty()
        && (command == program || command.len() >= 15 && program.starts_with(command))
}

fn host_place(figure: HostFigure) -> (Source, &'static str) {
    match figure {
        HostFigure::Used => (Source::Accounts, "used memory"),
        HostFigure::Term(term) => (Source::Accounts, term.name()),
        HostFigure::Unaccounted => (Source::Accounts, "unaccounted"),
        HostFigure::Available => (Source::Accounts, "MemAvailable"),
        HostFigure::PinnedDentries => (Source::DentryState, "nr_dentry - nr_unused"),
        HostFigure::NegativeDentries => (Source::DentryState, "nr_negative"),
        HostFigure::TcpMemory => (Source::Sockstat, "bytes of TCP mem"),
        HostFigure::CompressedPages => (Source::Vmstat, "bytes of nr_zspages"),
        HostFigure::UdpMemory => (Source::Sockstat, "bytes of UDP mem"),
        HostFigure::TracingBuffer => (Source::TracingBuffer, "bytes of the buffer"),
        HostFigure::Balloon => (Source::Accounts, "Balloon"),
        HostFigure::ControlGroups => (Source::ControlGroups, "num_cgroups of memory"),
        HostFigure::DyingControlGroups => (Source::ControlGroupStat, "nr_dying_descendants"),
        HostFigure::LocksOfNobody => (Source::Locks, "locks of no process"),
        HostFigure::QueuedSignals => (Source::Status, "SigQ of all users"),
        HostFigure::OpenFiles => (Source::FileNr, "open files"),
        HostFigure::TimeWait => (Source::Sockstat, "tw of TCP"),
        HostFigure::FreeOnProcessors => {
            (Source::Zoneinfo, "free pages on the lists of the processors, in bytes")
        }
    }
}

fn process_place(figure: ProcessFigure) -> (Source, &'static str) {
    match figure {
        ProcessFigure::Anonymous => (Source::Status, "RssAnon"),
        ProcessFigure::ProportionalAnonymous => (Source::Rollup, "Pss_Anon"),
        ProcessFigure::File => (Source::Status, "RssFile"),
        ProcessFigure::Shared => (Source::Status, "RssShmem"),
        ProcessFigure::PageTables => (Source::Status, "VmPTE"),
        ProcessFigure::Threads => (Source::Status, "Threads"),
        ProcessFigure::Zombies => (Source::Stat, "dead children"),
        ProcessFigure::Descriptors => (Source::Descriptors, "all descriptors"),
        ProcessFigure::Watches => (Source::Watchers, "watches"),
        ProcessFigure::Locks => (Source::Locks, "locks"),
        ProcessFigure::Timers => (Source::Timers, "timers"),
        ProcessFigure::QueuedBytes => (Source::Sockets, "bytes queued in sockets"),
    }
}

fn own_place(figure: OwnFigure) -> (Source, &'static str) {
    match figure {
        OwnFigure::Anonymous => (Source::Status, "RssAnon"),
        OwnFigure::PageTables => (Source::Status, "VmPTE"),
        OwnFigure::Threads => (Source::Status, "Threads"),
        OwnFigure::Descriptors => (Source::Descriptors, "all descriptors"),
        OwnFigure::DeletedBytes => (Source::Descriptors, "bytes of deleted files"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_says_where_it_stands() {
        let process = Process { pid: 7, start_ticks: 1 };
        let key = Key::Descriptors(process.clone(), "`LOCK (deleted)`".into());
        let mut observed = Observed::default();
        observed.push(key.clone(), 0, 3.0);
        observed.push(key.clone(), 2, 9.0);
        assert_eq!(observed.fact(&key), None, "nothing was read from a file without a name");
        observed.entries.insert(Source::Descriptors, "fds/fds.tsv".into());
        observed.commands.insert(process, "dolt".into());
        let fact = observed.fact(&key).expect("a fact");
        assert_eq!((fact.entry.as_str(), fact.first, fact.last), ("fds/fds.tsv", 3.0, 9.0));
        assert_eq!(fact.field, "open `LOCK (deleted)` of dolt (pid 7)");
    }

    #[test]
    fn a_change_is_that_of_means() {
        let mut series = Series::default();
        (0..16).for_each(|n| series.push(n, n as f64));
        assert_eq!(series.change(), 14.0, "the means of two at each end");
        assert_eq!(Series::default().change(), 0.0);
    }
}
