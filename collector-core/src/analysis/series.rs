//! What the samples of one host tell, as numbers over time: the only form in which findings see a
//! bundle. Where the numbers come from is `gather`'s business, what they mean is the findings'.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::finding::{Evidence, Process};
use super::ledger::Accounts;
use super::profile::{Grows, SiteGrowth};
use super::trend::Trend;

/// What a number is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A figure of the whole host.
    Host(HostFigure),
    /// Bytes of a group of slab caches that the kernel keeps as one.
    Slab(Rc<str>),
    /// Objects in use of such a group.
    SlabObjects(Rc<str>),
    /// Bytes that one function of the kernel has mapped.
    Caller(Rc<str>),
    /// A figure of a process.
    Of(Process, ProcessFigure),
    /// Open descriptors of one class in a process.
    Descriptors(Process, Rc<str>),
    /// Bytes on disk of the deleted files of one class that a process holds open.
    DeletedBytes(Process, Rc<str>),
    /// Sockets of a process by what they are: `TCP CLOSE_WAIT`, `unix sockets`.
    Connections(Process, Rc<str>),
    /// A series of a metrics page: the collector's name, and the series as the page writes it.
    Metric(Rc<str>, Rc<str>),
}

/// A figure of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostFigure {
    /// Used memory, in bytes.
    Used,
    /// A term of the account, in bytes.
    Term(super::ledger::Term),
    /// What no term explains, in bytes.
    Unaccounted,
    /// What the kernel takes for available, in bytes.
    Available,
    /// Dentries in use.
    PinnedDentries,
    /// Dentries of names that do not exist.
    NegativeDentries,
    /// Memory of TCP's queues, in bytes.
    TcpMemory,
    /// Memory of compressed pages, in bytes.
    CompressedPages,
    /// Open files, of all processes.
    OpenFiles,
}

/// A figure of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessFigure {
    /// Memory that is no file, in bytes.
    Anonymous,
    /// Memory of mapped files, in bytes.
    File,
    /// Shared memory, in bytes.
    Shared,
    /// Page tables, in bytes.
    PageTables,
    /// Threads.
    Threads,
    /// Its children that are dead and not asked for.
    Zombies,
    /// All its descriptors.
    Descriptors,
    /// Bytes in the queues of its sockets.
    QueuedBytes,
}

/// Which text a number was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// `/proc/meminfo`.
    Accounts,
    /// `/proc/zoneinfo`.
    Zoneinfo,
    /// The names of the slab caches.
    SlabNames,
    /// `/proc/slabinfo`.
    Slabinfo,
    /// `/proc/sys/fs/dentry-state`.
    DentryState,
    /// `/proc/sys/fs/file-nr`.
    FileNr,
    /// `/proc/vmallocinfo`.
    Vmallocinfo,
    /// `/proc/net/sockstat`.
    Sockstat,
    /// `/proc/vmstat`.
    Vmstat,
    /// `/proc/PID/status`.
    Status,
    /// `/proc/PID/stat`.
    Stat,
    /// The list of descriptors.
    Descriptors,
    /// The tables of TCP sockets.
    Sockets,
    /// The table of unix sockets.
    UnixSockets,
}

/// Numbers at some of the samples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    samples: Vec<u32>,
    values: Vec<f64>,
}

impl Series {
    /// Adds the value at sample number `sample`, which is above the last one.
    pub fn push(&mut self, sample: usize, value: f64) {
        if let Ok(sample) = u32::try_from(sample) {
            self.samples.push(sample);
            self.values.push(value);
        }
    }

    /// Adds to the value at sample number `sample`, which is the last one or comes after it.
    pub fn add(&mut self, sample: usize, value: f64) {
        match (self.samples.last(), self.values.last_mut()) {
            (Some(at), Some(sum)) if *at as usize == sample => *sum += value,
            _ => self.push(sample, value),
        }
    }

    /// The same with 0 at those of `samples`, in order, that have no value.
    #[must_use]
    pub fn with_zeros_at(&self, samples: &[usize]) -> Self {
        let mut filled = Series::default();
        let mut own = self.samples.iter().map(|it| *it as usize).zip(&self.values).peekable();
        for sample in samples {
            while let Some((at, value)) = own.next_if(|(at, _)| at <= sample) {
                filled.push(at, *value);
            }
            if filled.samples.last().is_none_or(|at| (*at as usize) < *sample) {
                filled.push(*sample, 0.0);
            }
        }
        own.for_each(|(at, value)| filled.push(at, *value));
        filled
    }

    /// Moves the value at each sample to its new number.
    fn put_in_order(&mut self, place: &[usize]) {
        let old = std::mem::take(self);
        let mut points: Vec<(usize, f64)> = old
            .samples
            .iter()
            .filter_map(|it| place.get(*it as usize).copied())
            .zip(old.values)
            .collect();
        points.sort_by_key(|(at, _)| *at);
        points.into_iter().for_each(|(at, value)| self.push(at, value));
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The least value and the greatest.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        let values = self.values.iter().copied();
        let least = values.clone().fold(f64::INFINITY, f64::min);
        (least, values.fold(f64::NEG_INFINITY, f64::max))
    }

    /// What is left of it without `other`, at the samples that both have.
    #[must_use]
    pub fn minus(&self, other: &Series) -> Self {
        let mut rest = Series::default();
        let mut others = other.samples.iter().zip(&other.values).peekable();
        for (sample, value) in self.samples.iter().zip(&self.values) {
            while others.next_if(|(at, _)| *at < sample).is_some() {}
            if let Some((_, less)) = others.next_if(|(at, _)| *at == sample) {
                rest.push(*sample as usize, value - less);
            }
        }
        rest
    }

    /// The first value and the last.
    #[must_use]
    pub fn ends(&self) -> (f64, f64) {
        let end = |value: Option<&f64>| value.copied().unwrap_or(0.0);
        (end(self.values.first()), end(self.values.last()))
    }

    /// How much higher the mean of the last samples is than that of the first: the change that
    /// adds up with others.
    #[must_use]
    pub fn change(&self) -> f64 {
        let k = super::ledger::end_samples(self.values.len()).min(self.values.len());
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        mean(&self.values[self.values.len() - k..]) - mean(&self.values[..k])
    }

    /// Its trend, where sample `n` was taken at `times[n]`.
    #[must_use]
    pub fn trend(&self, times: &[f64]) -> Trend {
        let at = |sample: &u32| times.get(*sample as usize).copied().unwrap_or(f64::NAN);
        let times: Vec<f64> = self.samples.iter().map(at).collect();
        Trend::of(&times, &self.values)
    }
}

/// Everything that the samples of one host tell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Observed {
    /// Seconds from the first sample to each, on a clock that nobody sets.
    pub times: Vec<f64>,
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
    /// The slab groups that the kernel counts as reclaimable.
    pub reclaimable: BTreeSet<Rc<str>>,
    /// What each collector of metrics asks.
    pub targets: BTreeMap<Rc<str>, Target>,
    /// Samples whose accounts are left out, because memory was in flight.
    pub in_flight: usize,
    /// How the profiles of each name grew; the name is `<collector>/<artifact>`.
    pub profiles: BTreeMap<Rc<str>, ProfileGrowth>,
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
        self.times = order.into_iter().map(|it| times[it]).collect();
    }

    /// The fact that `key` went from its first value to its last.
    #[must_use]
    pub fn fact(&self, key: &Key) -> Option<Evidence> {
        let (first, last) = self.series.get(key)?.ends();
        let (source, field) = self.place(key);
        let entry = match (key, source) {
            (Key::Metric(collector, _), _) => match self.targets.get(collector) {
                Some(target) => target.entry.to_string(),
                None => collector.to_string(),
            },
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

    fn place(&self, key: &Key) -> (Option<Source>, String) {
        match key {
            Key::Host(figure) => host_place(*figure),
            Key::Slab(group) => (Some(Source::Slabinfo), format!("bytes of {group}")),
            Key::SlabObjects(group) => (Some(Source::Slabinfo), format!("objects of {group}")),
            Key::Caller(caller) => (Some(Source::Vmallocinfo), format!("bytes of {caller}")),
            Key::Of(process, figure) => {
                let (source, field) = process_place(*figure);
                (Some(source), format!("{field} of {}", self.called(process)))
            }
            Key::Descriptors(process, class) => {
                (Some(Source::Descriptors), format!("open {class} of {}", self.called(process)))
            }
            Key::DeletedBytes(process, class) => {
                (Some(Source::Descriptors), format!("bytes of {class} of {}", self.called(process)))
            }
            Key::Connections(process, state) => {
                (Some(Source::Sockets), format!("{state} of {}", self.called(process)))
            }
            Key::Metric(_, series) => (None, series.to_string()),
        }
    }
}

fn host_place(figure: HostFigure) -> (Option<Source>, String) {
    let (source, field) = match figure {
        HostFigure::Used => (Source::Accounts, "used memory".to_owned()),
        HostFigure::Term(term) => (Source::Accounts, term.name().to_owned()),
        HostFigure::Unaccounted => (Source::Accounts, "unaccounted".to_owned()),
        HostFigure::Available => (Source::Accounts, "MemAvailable".to_owned()),
        HostFigure::PinnedDentries => (Source::DentryState, "nr_dentry - nr_unused".to_owned()),
        HostFigure::NegativeDentries => (Source::DentryState, "nr_negative".to_owned()),
        HostFigure::TcpMemory => (Source::Sockstat, "bytes of TCP mem".to_owned()),
        HostFigure::CompressedPages => (Source::Vmstat, "bytes of nr_zspages".to_owned()),
        HostFigure::OpenFiles => (Source::FileNr, "open files".to_owned()),
    };
    (Some(source), field)
}

fn process_place(figure: ProcessFigure) -> (Source, &'static str) {
    match figure {
        ProcessFigure::Anonymous => (Source::Status, "RssAnon"),
        ProcessFigure::File => (Source::Status, "RssFile"),
        ProcessFigure::Shared => (Source::Status, "RssShmem"),
        ProcessFigure::PageTables => (Source::Status, "VmPTE"),
        ProcessFigure::Threads => (Source::Status, "Threads"),
        ProcessFigure::Zombies => (Source::Stat, "dead children"),
        ProcessFigure::Descriptors => (Source::Descriptors, "all descriptors"),
        ProcessFigure::QueuedBytes => (Source::Sockets, "bytes queued in sockets"),
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
