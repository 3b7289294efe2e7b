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
    /// Bytes on disk of the deleted files of one class that a process holds open.
    DeletedBytes(Process, Rc<str>),
    /// Sockets of a process by what they are: `TCP CLOSE_WAIT`, `unix sockets`.
    Connections(Process, Rc<str>),
    /// A series of a metrics page: the collector's name, and the series as the page writes it.
    Metric(Rc<str>, Rc<str>),
    /// A counter of a metrics page, over all its labels: the collector's name, and the counter's.
    Counter(Rc<str>, Rc<str>),
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
    /// Memory of compressed pages, in bytes.
    CompressedPages,
    /// Open files, of all processes.
    OpenFiles,
    /// Connections of TCP that are closed and wait for late packets.
    TimeWait,
    /// Free pages on the lists of the processors, in bytes.
    FreeOnProcessors,
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
