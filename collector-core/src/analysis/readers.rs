//! Reads the texts of a bundle: one reader for each media type, found by it and by nothing else.
//!
//! A reader is pure and total: bytes in, what they tell out, and beside it each line that could
//! not be read. It never fails as a whole, keeps what it does not know where the text gives it a
//! name, and takes nothing from the machine it runs on. What it gives borrows from the bytes.
//! Profiles are not read here: `pprof` has owned values, and fails as a whole. What the numbers mean is asked elsewhere.

mod line;
mod named;
mod records;

pub mod cgroups;
pub mod fds;
pub mod fs_counts;
pub mod locks;
pub mod machine;
pub mod meminfo;
pub mod metrics;
pub mod net_inet;
pub mod net_packet;
pub mod net_unix;
pub mod pid_fdinfo;
pub mod pid_stat;
pub mod pid_status;
pub mod pid_timers;
pub mod pprof;
pub mod pressure;
pub mod slab_names;
pub mod slabinfo;
pub mod smaps_rollup;
pub mod sockstat;
pub mod swaps;
pub mod sysvipc_shm;
pub mod tmpfs;
pub mod tracing_buffer;
pub mod vmallocinfo;
pub mod vmstat;
pub mod zoneinfo;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use self::line::{BadLine, BadLines, Read};
pub use self::machine::{KernelVersion, Machine, PageSize, Pages};
pub use self::named::{Amount, Named};

/// What an artifact tells.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reading<'a> {
    /// `/proc/meminfo`.
    Meminfo(meminfo::Meminfo<'a>),
    /// `/proc/zoneinfo`.
    Zoneinfo(zoneinfo::Zoneinfo<'a>),
    /// `/proc/vmstat`.
    Vmstat(vmstat::Vmstat<'a>),
    /// `/proc/vmallocinfo`.
    Vmallocinfo(Vec<vmallocinfo::Area<'a>>),
    /// `/proc/net/sockstat`.
    Sockstat(sockstat::Sockstat<'a>),
    /// `/proc/pressure/*`.
    Pressure(pressure::Pressure<'a>),
    /// `/proc/swaps`.
    Swaps(Vec<swaps::Swap<'a>>),
    /// `/proc/sysvipc/shm`.
    SharedSegments(Vec<sysvipc_shm::Segment>),
    /// How full each tmpfs is.
    Tmpfs(Vec<tmpfs::Tmpfs<'a>>),
    /// `/proc/cgroups`.
    ControlGroups(Vec<cgroups::Controller<'a>>),
    /// `cgroup.stat` of the root of control groups: names and numbers, as in `/proc/vmstat`.
    ControlGroupStat(vmstat::Vmstat<'a>),
    /// The size of the tracing buffer; `None`: no line of it could be read.
    TracingBuffer(Option<tracing_buffer::TracingBuffer>),
    /// `/proc/slabinfo`.
    Slabinfo(Vec<slabinfo::Cache<'a>>),
    /// The names of the slab caches.
    SlabAliases(Vec<slab_names::Alias<'a>>),
    /// Which slab caches are reclaimable.
    SlabReclaimAccounts(Vec<slab_names::ReclaimAccount<'a>>),
    /// `/proc/sys/fs/dentry-state`; `None`: no line of it could be read.
    DentryState(Option<fs_counts::DentryState<'a>>),
    /// `/proc/sys/fs/inode-nr`, likewise.
    InodeNr(Option<fs_counts::InodeNr<'a>>),
    /// `/proc/sys/fs/file-nr`, likewise.
    FileNr(Option<fs_counts::FileNr<'a>>),
    /// `/proc/PID/stat`.
    Stats(Vec<pid_stat::Stat<'a>>),
    /// `/proc/PID/status`.
    Statuses(Vec<pid_status::Status<'a>>),
    /// `/proc/PID/smaps_rollup`.
    Rollups(Vec<smaps_rollup::Rollup<'a>>),
    /// The open descriptors.
    Descriptors(fds::Descriptors<'a>),
    /// `/proc/PID/fdinfo/FD` of descriptors that watch files.
    Watchers(Vec<pid_fdinfo::Watcher<'a>>),
    /// `/proc/PID/timers`.
    Timers(Vec<pid_timers::Timers<'a>>),
    /// `/proc/locks`.
    Locks(Vec<locks::Lock<'a>>),
    /// A table of TCP or UDP sockets.
    InetSockets(Transport, Vec<net_inet::InetSocket<'a>>),
    /// The table of unix sockets.
    UnixSockets(Vec<net_unix::UnixSocket<'a>>),
    /// The table of packet sockets.
    PacketSockets(Vec<net_packet::PacketSocket<'a>>),
    /// A page of metrics, of any plugin.
    Metrics(metrics::Metrics<'a>),
    /// No reader here knows its media type: its bytes are all there is.
    Foreign,
}

/// What a table of sockets is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// TCP over IPv4.
    Tcp,
    /// TCP over IPv6.
    Tcp6,
    /// UDP over IPv4.
    Udp,
    /// UDP over IPv6.
    Udp6,
}

/// A media type, and how it is read.
struct Reader {
    media_type: &'static str,
    /// Bytes of a text that is read. A longer one is told and not read.
    limit: u64,
    read: for<'a> fn(&'a [u8]) -> Read<Reading<'a>>,
}

/// Texts whose length does not depend on what runs on the host.
const SHORT: u64 = 1 << 20;
/// Texts with a line, or some, for each processor, cache, mapping or series.
const LONG: u64 = 32 << 20;
/// Texts with a line or more for each process, descriptor or socket: as much as a collector may
/// store by default, which is two million descriptors.
const LONGEST: u64 = 256 << 20;

const fn reader(
    media_type: &'static str,
    limit: u64,
    read: for<'a> fn(&'a [u8]) -> Read<Reading<'a>>,
) -> Reader {
    Reader { media_type, limit, read }
}

const READERS: &[Reader] = &[
    reader("text/x-linux-meminfo", SHORT, |it| meminfo::read(it).map(Reading::Meminfo)),
    reader("text/x-linux-zoneinfo", LONG, |it| zoneinfo::read(it).map(Reading::Zoneinfo)),
    reader("text/x-linux-vmstat", SHORT, |it| vmstat::read(it).map(Reading::Vmstat)),
    reader("text/x-linux-vmallocinfo", LONG, |it| vmallocinfo::read(it).map(Reading::Vmallocinfo)),
    reader("text/x-linux-sockstat", SHORT, |it| sockstat::read(it).map(Reading::Sockstat)),
    reader("text/x-linux-pressure", SHORT, |it| pressure::read(it).map(Reading::Pressure)),
    reader("text/x-linux-swaps", SHORT, |it| swaps::read(it).map(Reading::Swaps)),
    reader("text/x-linux-sysvipc-shm", LONG, |it| {
        sysvipc_shm::read(it).map(Reading::SharedSegments)
    }),
    reader("text/x-collector-tmpfs", LONG, |it| tmpfs::read(it).map(Reading::Tmpfs)),
    reader("text/x-linux-cgroups", SHORT, |it| cgroups::read(it).map(Reading::ControlGroups)),
    reader("text/x-linux-cgroup-stat", SHORT, |it| vmstat::read(it).map(Reading::ControlGroupStat)),
    reader("text/x-linux-tracing-buffer", SHORT, |it| {
        tracing_buffer::read(it).map(Reading::TracingBuffer)
    }),
    reader("text/x-linux-slabinfo", LONG, |it| slabinfo::read(it).map(Reading::Slabinfo)),
    reader("text/x-linux-slab-aliases", LONG, |it| {
        slab_names::read_aliases(it).map(Reading::SlabAliases)
    }),
    reader("text/x-linux-slab-reclaim-account", LONG, |it| {
        slab_names::read_reclaim_accounts(it).map(Reading::SlabReclaimAccounts)
    }),
    reader("text/x-linux-dentry-state", SHORT, |it| {
        fs_counts::read_dentry_state(it).map(Reading::DentryState)
    }),
    reader("text/x-linux-inode-nr", SHORT, |it| fs_counts::read_inode_nr(it).map(Reading::InodeNr)),
    reader("text/x-linux-file-nr", SHORT, |it| fs_counts::read_file_nr(it).map(Reading::FileNr)),
    reader("text/x-linux-pid-stat", LONGEST, |it| pid_stat::read(it).map(Reading::Stats)),
    reader("text/x-linux-pid-status", LONGEST, |it| pid_status::read(it).map(Reading::Statuses)),
    reader("text/x-linux-pid-smaps-rollup", LONGEST, |it| {
        smaps_rollup::read(it).map(Reading::Rollups)
    }),
    reader("text/x-linux-pid-timers", LONGEST, |it| pid_timers::read(it).map(Reading::Timers)),
    reader("text/x-linux-pid-fdinfo", LONGEST, |it| pid_fdinfo::read(it).map(Reading::Watchers)),
    reader("text/x-linux-locks", LONGEST, |it| locks::read(it).map(Reading::Locks)),
    reader("text/x-collector-fds", LONGEST, |it| fds::read(it).map(Reading::Descriptors)),
    reader("text/x-linux-net-tcp", LONGEST, |it| inet(Transport::Tcp, it)),
    reader("text/x-linux-net-tcp6", LONGEST, |it| inet(Transport::Tcp6, it)),
    reader("text/x-linux-net-udp", LONGEST, |it| inet(Transport::Udp, it)),
    reader("text/x-linux-net-udp6", LONGEST, |it| inet(Transport::Udp6, it)),
    reader("text/x-linux-net-unix", LONGEST, |it| net_unix::read(it).map(Reading::UnixSockets)),
    reader("text/x-linux-net-packet", LONGEST, |it| {
        net_packet::read(it).map(Reading::PacketSockets)
    }),
    reader(OPENMETRICS, LONG, |it| metrics::read_openmetrics(it).map(Reading::Metrics)),
    reader(PROMETHEUS, LONG, |it| metrics::read_prometheus(it).map(Reading::Metrics)),
];

const OPENMETRICS: &str = "application/openmetrics-text";
/// Of its type the version is a part: plain text that has none is no page of metrics.
const PROMETHEUS: &str = "text/plain; version=";

/// Bytes of the longest text that any reader reads.
pub const LONGEST_TEXT: u64 = LONGEST;

fn inet(transport: Transport, text: &[u8]) -> Read<Reading<'_>> {
    net_inet::read(text).map(|sockets| Reading::InetSockets(transport, sockets))
}

/// Reads `content` by its media type, parameters of which are passed over.
///
/// # Errors
///
/// The bytes a text of that type may have, where `content` has more.
pub fn read<'a>(media_type: &str, content: &'a [u8]) -> Result<Read<Reading<'a>>, u64> {
    match find(media_type) {
        None => Ok(Read { value: Reading::Foreign, bad: BadLines::default() }),
        Some(it) if content.len() as u64 > it.limit => Err(it.limit),
        Some(it) => Ok((it.read)(content)),
    }
}

fn find(media_type: &str) -> Option<&'static Reader> {
    let (essence, parameters) = media_type.split_once(';').unwrap_or((media_type, ""));
    let essence = essence.trim();
    let is_versioned = || {
        let mut names = parameters.split(';').map(|it| it.trim_ascii_start());
        names.any(|it| it.get(..8).is_some_and(|it| it.eq_ignore_ascii_case("version=")))
    };
    READERS.iter().find(|it| match it.media_type {
        PROMETHEUS => essence.eq_ignore_ascii_case("text/plain") && is_versioned(),
        known => essence.eq_ignore_ascii_case(known),
    })
}
