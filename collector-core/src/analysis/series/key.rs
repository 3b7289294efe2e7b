//! What a number is of: the host, a slab group, a process, a series of a page; and which text it was
//! read from.

use std::rc::Rc;

use crate::analysis::finding::Process;
use crate::analysis::ledger::Term;

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
    /// Those among them that are of a file which another one of the same process is of.
    Repeated(Process, Rc<str>),
    /// Bytes on disk of the deleted files of one class that a process holds open.
    DeletedBytes(Process, Rc<str>),
    /// Sockets of a process by what they are: `TCP CLOSE_WAIT`, `unix sockets`.
    Connections(Process, Rc<str>),
    /// Bytes in memory of System V segments of one class: of those that a running process made, or
    /// of all whose maker is not known or has ended.
    Segments(Option<Process>, Rc<str>),
    /// Bytes in a tmpfs, by its type and place: `tmpfs /dev/shm`.
    Tmpfs(Rc<str>),
    /// A series of a metrics page: the collector's name, and the series as the page writes it.
    Metric(Rc<str>, Rc<str>),
    /// A figure of all of the collector's own processes together.
    Own(OwnFigure),
}

/// A figure of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostFigure {
    /// Used memory, in bytes.
    Used,
    /// A term of the account, in bytes.
    Term(Term),
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
    /// Memory of UDP's queues, in bytes.
    UdpMemory,
    /// Memory of compressed pages, in bytes.
    CompressedPages,
    /// The buffer of the kernel's tracer, in bytes.
    TracingBuffer,
    /// What was given back to the host of this virtual machine, in bytes.
    Balloon,
    /// Control groups, dying ones too.
    ControlGroups,
    /// Those that were removed, and are kept by what was charged to them.
    DyingControlGroups,
    /// Open files, of all processes.
    OpenFiles,
    /// Locks on files that belong to no process.
    LocksOfNobody,
    /// Signals that wait, POSIX timers included, of all users.
    QueuedSignals,
}

/// A figure of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessFigure {
    /// Memory that is no file, in bytes.
    Anonymous,
    /// Memory of mapped files, in bytes.
    File,
    /// The same with pages that several processes share divided among them, in bytes. Told of a
    /// few processes only.
    ProportionalAnonymous,
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
    /// Files and directories it watches.
    Watches,
    /// Its locks on files.
    Locks,
    /// Its POSIX timers.
    Timers,
}

/// A figure of the collector's own processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnFigure {
    /// Memory that is no file, in bytes.
    Anonymous,
    /// Page tables, in bytes.
    PageTables,
    /// Threads.
    Threads,
    /// Descriptors.
    Descriptors,
    /// Bytes of the deleted files they hold open.
    DeletedBytes,
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
    /// `/proc/sysvipc/shm`.
    Segments,
    /// How full each tmpfs is.
    Tmpfs,
    /// `/proc/cgroups`.
    ControlGroups,
    /// `cgroup.stat` of the root of control groups.
    ControlGroupStat,
    /// The size of the tracing buffer.
    TracingBuffer,
    /// `/proc/PID/status`.
    Status,
    /// `/proc/PID/stat`.
    Stat,
    /// `/proc/PID/smaps_rollup`.
    Rollup,
    /// The list of descriptors.
    Descriptors,
    /// `/proc/PID/fdinfo/FD` of descriptors that watch files.
    Watchers,
    /// `/proc/locks`.
    Locks,
    /// `/proc/PID/timers`.
    Timers,
    /// The tables of TCP sockets.
    Sockets,
    /// The table of unix sockets.
    UnixSockets,
}
