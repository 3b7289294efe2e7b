//! What the analysis concludes: findings with their evidence, suspects that were cleared, and what
//! could not be told. Values only; `report` puts them into words and JSON, `findings` makes them.

use super::findings::Account;
use super::trend::{Grade, Slope, Trend};
use crate::units::Timestamp;

/// What may hold memory: one for each row of the decision table. The names are those of the JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// The live heap of a Go program.
    GoHeap,
    /// Goroutines that never end.
    Goroutines,
    /// Memory of a process that its runtime does not know.
    NativeMemory,
    /// Files that are kept open, deleted ones above all.
    OpenFiles,
    /// Slabs that are nearly empty and cannot be given back.
    PinnedSlab,
    /// Space of deleted files that are open.
    DeletedFileSpace,
    /// tmpfs, shared memory, memfd.
    SharedMemory,
    /// Other descriptors: eventfd, epoll, timerfd.
    Descriptors,
    /// Data nobody reads from pipes.
    PipeBuffers,
    /// Unix sockets and their queues.
    UnixSockets,
    /// Connections the other side has closed.
    CloseWait,
    /// Data in the queues of sockets.
    SocketBuffers,
    /// Watches on files.
    InotifyWatches,
    /// Threads.
    Threads,
    /// Dead children nobody asks for.
    Zombies,
    /// Mappings of a process.
    Mappings,
    /// Page tables of a process.
    PageTables,
    /// BPF maps.
    BpfMaps,
    /// Control groups, dead ones above all.
    Cgroups,
    /// Network and other namespaces.
    Namespaces,
    /// POSIX timers.
    Timers,
    /// Locks on files.
    FileLocks,
    /// Other slab of the kernel.
    KernelSlab,
    /// Memory of the kernel that no counter names.
    UnaccountedKernel,
    /// Pages of files.
    PageCache,
    /// Any series of a metrics page.
    Metric,
}

impl Id {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Id::GoHeap => "go-heap",
            Id::Goroutines => "goroutines",
            Id::NativeMemory => "native-memory",
            Id::OpenFiles => "open-files",
            Id::PinnedSlab => "pinned-slab",
            Id::DeletedFileSpace => "deleted-file-space",
            Id::SharedMemory => "shared-memory",
            Id::Descriptors => "descriptors",
            Id::PipeBuffers => "pipe-buffers",
            Id::UnixSockets => "unix-sockets",
            Id::CloseWait => "close-wait",
            Id::SocketBuffers => "socket-buffers",
            Id::InotifyWatches => "inotify-watches",
            Id::Threads => "threads",
            Id::Zombies => "zombies",
            Id::Mappings => "mappings",
            Id::PageTables => "page-tables",
            Id::BpfMaps => "bpf-maps",
            Id::Cgroups => "cgroups",
            Id::Namespaces => "namespaces",
            Id::Timers => "timers",
            Id::FileLocks => "file-locks",
            Id::KernelSlab => "kernel-slab",
            Id::UnaccountedKernel => "unaccounted-kernel",
            Id::PageCache => "page-cache",
            Id::Metric => "metric",
        }
    }
}

/// What is said of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It grows without end and gives nothing back.
    Leak,
    /// It grows; whether it would stop, this capture does not show.
    Growth,
    /// It is kept after a peak and does not grow.
    Retained,
    /// It grew once.
    Step,
}

/// How sure a conclusion is, in words and not in numbers that nobody measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// There is too little data to say.
    Insufficient,
    /// Nothing is concluded.
    None,
    /// It fits, and other things would too.
    Possible,
    /// It is likely.
    Probable,
    /// Two independent looks agree.
    Confident,
}

impl Confidence {
    /// What the data of a growing series allows.
    #[must_use]
    pub fn of(trend: &Trend) -> Self {
        match trend.grade {
            Grade::Insufficient => Confidence::Insufficient,
            Grade::Possible => Confidence::Possible,
            Grade::Probable => Confidence::Probable,
            Grade::Confident => Confidence::Confident,
        }
    }

    /// One step more: the same growth was found elsewhere, with the same size.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Confidence::Possible => Confidence::Probable,
            Confidence::Probable | Confidence::Confident => Confidence::Confident,
            Confidence::Insufficient | Confidence::None => self,
        }
    }

    /// One step less: something else happened at the same time.
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Confidence::Confident => Confidence::Probable,
            Confidence::Probable | Confidence::Possible => Confidence::Possible,
            Confidence::Insufficient | Confidence::None => self,
        }
    }
}

/// A process over the whole capture: numbers are used again, a start time is not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// When it started, in the kernel's ticks since the boot.
    pub start_ticks: u64,
}

/// Who or what a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The process.
    pub process: Option<Process>,
    /// What the process is called.
    pub command: Option<String>,
    /// The class of objects: `LOCK (deleted)`, a slab group, a metric.
    pub class: Option<String>,
    /// The function that allocates, with file and line.
    pub function: Option<String>,
}

/// One fact, with the place in the bundle where anybody can look it up.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The file below a sample's directory, such as `fd-scan/fds.tsv`.
    pub entry: String,
    /// What of it.
    pub field: String,
    /// At the start.
    pub first: f64,
    /// At the end.
    pub last: f64,
}

/// One conclusion.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which suspicion it confirms.
    pub id: Id,
    /// What it says.
    pub verdict: Verdict,
    /// How sure it is.
    pub confidence: Confidence,
    /// Whom it is about.
    pub subject: Subject,
    /// The bytes of the host's growth that it explains. No byte is given to two findings. Of
    /// slabs that are pinned, what they keep: it was there before, and is no growth.
    pub bytes: i64,
    /// The rate of that, per hour.
    pub bytes_per_hour: Option<Slope>,
    /// When its growth began; `None`: before the capture, or nothing tells.
    pub since: Option<Timestamp>,
    /// What else is to be said of it, in sentences: when it began and what happened then, what it
    /// goes with, why it is less sure than its data allows.
    pub remarks: Vec<String>,
    /// The facts, the strongest first.
    pub evidence: Vec<Evidence>,
    /// What to do next.
    pub next: Vec<String>,
}

/// A suspect that was looked at and is not it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleared {
    /// Which suspicion.
    pub id: Id,
    /// Why not, in a sentence.
    pub why: String,
    /// The facts.
    pub evidence: Vec<Evidence>,
}

/// What could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// What is not there, such as `slabinfo`.
    pub what: String,
    /// Why, in the words of the bundle.
    pub why: String,
    /// What to do in the next capture.
    pub how_to_get: String,
}

/// What one suspicion came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Examined {
    /// What it found.
    pub findings: Vec<Finding>,
    /// What it cleared.
    pub cleared: Vec<Cleared>,
    /// What it would have needed.
    pub missing: Vec<Missing>,
    /// What of the growth the collector itself caused, in bytes of each account.
    pub observer: Vec<(Account, i64)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_goes_up_and_down_by_steps_and_never_out_of_nothing() {
        let all = [
            Confidence::Insufficient,
            Confidence::None,
            Confidence::Possible,
            Confidence::Probable,
            Confidence::Confident,
        ];
        assert_eq!(
            all.map(Confidence::raised),
            [
                Confidence::Insufficient,
                Confidence::None,
                Confidence::Probable,
                Confidence::Confident,
                Confidence::Confident
            ]
        );
        assert_eq!(
            all.map(Confidence::lowered),
            [
                Confidence::Insufficient,
                Confidence::None,
                Confidence::Possible,
                Confidence::Possible,
                Confidence::Probable
            ]
        );
    }
}
