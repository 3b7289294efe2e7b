//! The readings of one sample, each under what it is of.

use crate::analysis::readers::cgroups::Controller;
use crate::analysis::readers::fds::Descriptors;
use crate::analysis::readers::fs_counts::{DentryState, FileNr};
use crate::analysis::readers::locks::Lock;
use crate::analysis::readers::meminfo::Meminfo;
use crate::analysis::readers::metrics::Metrics;
use crate::analysis::readers::net_inet::InetSocket;
use crate::analysis::readers::net_packet::PacketSocket;
use crate::analysis::readers::net_unix::UnixSocket;
use crate::analysis::readers::pid_fdinfo::Watcher;
use crate::analysis::readers::pid_stat::Stat;
use crate::analysis::readers::pid_status::Status;
use crate::analysis::readers::pid_timers::Timers;
use crate::analysis::readers::slab_names::{Alias, ReclaimAccount};
use crate::analysis::readers::slabinfo::Cache;
use crate::analysis::readers::smaps_rollup::Rollup;
use crate::analysis::readers::sockstat::Sockstat;
use crate::analysis::readers::sysvipc_shm::Segment;
use crate::analysis::readers::tmpfs::Tmpfs;
use crate::analysis::readers::tracing_buffer::TracingBuffer;
use crate::analysis::readers::vmallocinfo::Area;
use crate::analysis::readers::vmstat::Vmstat;
use crate::analysis::readers::zoneinfo::Zoneinfo;
use crate::analysis::readers::{Reading, Transport};
use crate::analysis::samples::Sample;
use crate::analysis::series::Source;

/// What one sample tells. Of two texts about the same, the first counts.
#[derive(Debug, Default)]
pub(super) struct Texts<'s> {
    pub(super) meminfo: Option<&'s Meminfo<'s>>,
    pub(super) zoneinfo: Option<&'s Zoneinfo<'s>>,
    pub(super) vmstat: Option<&'s Vmstat<'s>>,
    pub(super) areas: Option<&'s [Area<'s>]>,
    pub(super) sockstat: Option<&'s Sockstat<'s>>,
    pub(super) segments: Option<&'s [Segment]>,
    pub(super) tmpfs: Option<&'s [Tmpfs<'s>]>,
    pub(super) controllers: Option<&'s [Controller<'s>]>,
    pub(super) cgroup_stat: Option<&'s Vmstat<'s>>,
    pub(super) tracing: Option<&'s TracingBuffer>,
    pub(super) caches: Option<&'s [Cache<'s>]>,
    pub(super) aliases: Option<&'s [Alias<'s>]>,
    pub(super) reclaim: Option<&'s [ReclaimAccount<'s>]>,
    pub(super) dentries: Option<&'s DentryState<'s>>,
    pub(super) files: Option<&'s FileNr<'s>>,
    pub(super) stats: Option<&'s [Stat<'s>]>,
    pub(super) statuses: Option<&'s [Status<'s>]>,
    pub(super) rollups: Option<&'s [Rollup<'s>]>,
    pub(super) descriptors: Option<&'s Descriptors<'s>>,
    pub(super) watchers: Option<&'s [Watcher<'s>]>,
    pub(super) locks: Option<&'s [Lock<'s>]>,
    pub(super) timers: Option<&'s [Timers<'s>]>,
    /// Tables of TCP sockets.
    pub(super) tcp: Vec<&'s [InetSocket<'s>]>,
    /// Tables of UDP sockets.
    pub(super) udp: Vec<&'s [InetSocket<'s>]>,
    pub(super) unix: Option<&'s [UnixSocket<'s>]>,
    pub(super) packet: Option<&'s [PacketSocket<'s>]>,
    /// Pages of metrics, with their collectors.
    pub(super) pages: Vec<(&'s str, &'s str, &'s Metrics<'s>)>,
    /// Profiles in pprof's form, by their names in the sample.
    pub(super) profiles: Vec<(&'s str, &'s [u8])>,
    /// Where each of them stands.
    pub(super) entries: Vec<(Source, &'s str)>,
}

/// The media type of profiles.
const PROFILE: &str = "application/x-pprof";

impl<'s> Texts<'s> {
    pub(super) fn of(sample: &'s Sample<'_>) -> Self {
        let mut texts = Texts::default();
        // Of what was cut off, the end looks as if it were not there.
        for artifact in sample.artifacts.iter().filter(|it| !it.is_cut) {
            let name = artifact.name;
            if let Some(source) = texts.take(artifact.collector, name, &artifact.reading) {
                texts.entries.push((source, name));
            }
            if artifact.media_type.starts_with(PROFILE) {
                texts.profiles.push((name, artifact.content));
            }
        }
        texts
    }

    /// Keeps a reading, and says which source it is of.
    fn take(&mut self, collector: &'s str, name: &'s str, it: &'s Reading<'_>) -> Option<Source> {
        match it {
            Reading::Meminfo(it) => keep(&mut self.meminfo, it, Source::Accounts),
            Reading::Zoneinfo(it) => keep(&mut self.zoneinfo, it, Source::Zoneinfo),
            Reading::Vmstat(it) => keep(&mut self.vmstat, it, Source::Vmstat),
            Reading::Vmallocinfo(it) => keep(&mut self.areas, it, Source::Vmallocinfo),
            Reading::Sockstat(it) => keep(&mut self.sockstat, it, Source::Sockstat),
            Reading::SharedSegments(it) => keep(&mut self.segments, it, Source::Segments),
            Reading::Tmpfs(it) => keep(&mut self.tmpfs, it, Source::Tmpfs),
            Reading::ControlGroups(it) => keep(&mut self.controllers, it, Source::ControlGroups),
            Reading::ControlGroupStat(it) => {
                keep(&mut self.cgroup_stat, it, Source::ControlGroupStat)
            }
            Reading::TracingBuffer(Some(it)) => keep(&mut self.tracing, it, Source::TracingBuffer),
            Reading::Slabinfo(it) => keep(&mut self.caches, it, Source::Slabinfo),
            Reading::SlabAliases(it) => keep(&mut self.aliases, it, Source::SlabNames),
            Reading::SlabReclaimAccounts(it) => keep(&mut self.reclaim, it, Source::SlabNames),
            Reading::DentryState(Some(it)) => keep(&mut self.dentries, it, Source::DentryState),
            Reading::FileNr(Some(it)) => keep(&mut self.files, it, Source::FileNr),
            Reading::Stats(it) => keep(&mut self.stats, it, Source::Stat),
            Reading::Statuses(it) => keep(&mut self.statuses, it, Source::Status),
            Reading::Rollups(it) => keep(&mut self.rollups, it, Source::Rollup),
            Reading::Descriptors(it) => keep(&mut self.descriptors, it, Source::Descriptors),
            Reading::Watchers(it) => keep(&mut self.watchers, it, Source::Watchers),
            Reading::Locks(it) => keep(&mut self.locks, it, Source::Locks),
            Reading::Timers(it) => keep(&mut self.timers, it, Source::Timers),
            Reading::InetSockets(Transport::Tcp | Transport::Tcp6, it) => {
                self.tcp.push(it);
                (self.tcp.len() == 1).then_some(Source::Sockets)
            }
            Reading::InetSockets(Transport::Udp | Transport::Udp6, it) => {
                self.udp.push(it);
                None
            }
            Reading::UnixSockets(it) => keep(&mut self.unix, it, Source::UnixSockets),
            Reading::PacketSockets(it) => {
                self.packet = self.packet.or(Some(it));
                None
            }
            Reading::Metrics(it) => {
                self.pages.push((collector, name, it));
                None
            }
            _ => None,
        }
    }
}

fn keep<'s, T: ?Sized>(place: &mut Option<&'s T>, it: &'s T, source: Source) -> Option<Source> {
    if place.is_some() {
        return None;
    }
    *place = Some(it);
    Some(source)
}
