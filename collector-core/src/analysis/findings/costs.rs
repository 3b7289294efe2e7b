//! What one more object of the user's costs the kernel, as data: which slab caches it takes an
//! object of, and what else. Sizes of objects are not here: each bundle has those of its kernel.
//!
//! Measured on Linux 6.18 by making thousands of each and looking at `/proc/slabinfo`; a cache
//! that a kernel does not have costs nothing there.

use std::rc::Rc;

use super::{Account, grown};
use crate::analysis::case::Case;
use crate::analysis::ledger::Term;
use crate::analysis::series::Key;

/// The cost of one object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Slab objects: caches of which one is meant, the one whose growth fits best, and how many of it.
    pub(super) slabs: &'static [(&'static [&'static str], f64)],
    /// Bytes of other terms.
    pub(super) terms: &'static [(Term, f64)],
    /// Bytes that no counter tells.
    pub(super) unaccounted: f64,
}

/// A cache with this share of new objects may have all of them: some of what was there before went.
const NEARLY: f64 = 0.9;

const NONE: Cost = Cost { slabs: &[], terms: &[], unaccounted: 0.0 };

/// Inode caches of file systems.
const INODE: &[&str] = &[
    "ext4_inode_cache",
    "xfs_inode",
    "btrfs_inode",
    "f2fs_inode_cache",
    "nfs_inode_cache",
    "fuse_inode",
    "ovl_inode",
    "shmem_inode_cache",
    "fat_inode_cache",
    "ext3_inode_cache",
];

/// A file that is in memory because it is open, deleted or not.
pub(super) const FILE: Cost =
    Cost { slabs: &[(INODE, 1.0), (&["dentry"], 1.0), (&["lsm_inode_cache"], 1.0)], ..NONE };

/// One more opening of a file or device that is in memory already.
pub(super) const OPENING: Cost = Cost { slabs: &[(&["filp"], 1.0)], ..NONE };

/// An eventfd: no inode of its own.
pub(super) const EVENTFD: Cost = Cost {
    slabs: &[(&["filp"], 1.0), (&["dentry"], 1.0), (&["kmalloc-64", "kmalloc-cg-64"], 1.0)],
    ..NONE
};

/// An epoll or timerfd.
pub(super) const EPOLL_OR_TIMERFD: Cost = Cost {
    slabs: &[
        (&["filp"], 1.0),
        (&["dentry"], 1.0),
        (&["kmalloc-256", "kmalloc-cg-256", "kmalloc-192"], 1.0),
    ],
    ..NONE
};

/// Another descriptor of that kind.
pub(super) const ANONYMOUS_DESCRIPTOR: Cost = Cost {
    slabs: &[
        (&["filp"], 1.0),
        (&["dentry"], 1.0),
        (&["kmalloc-64", "kmalloc-256", "eventpoll_epi", "kmalloc-cg-256", "kmalloc-192"], 1.0),
    ],
    ..NONE
};

/// One end of a pipe with the 64 KiB in it that it holds by default.
pub(super) const FULL_PIPE_END: Cost = Cost {
    slabs: &[
        (&["inode_cache"], 0.5),
        (&["dentry"], 0.5),
        (&["filp"], 1.0),
        (&["kmalloc-cg-1k", "kmalloc-1k"], 0.5),
        (&["kmalloc-cg-192", "kmalloc-192"], 0.5),
    ],
    unaccounted: 32768.0,
    ..NONE
};

/// A unix socket, and data in its queue: a socket holds some 200 KiB by default.
pub(super) const UNIX_SOCKET: Cost = Cost {
    slabs: &[
        (&["sock_inode_cache"], 1.0),
        (&["UNIX", "UNIX-STREAM"], 1.0),
        (&["dentry"], 1.0),
        (&["filp"], 1.0),
        (&["skbuff_head_cache"], 256.0),
        (&["skbuff_small_head", "kmalloc-cg-512"], 256.0),
        (&["kmalloc-cg-1k", "kmalloc-1k"], 64.0),
        (&["kmalloc-cg-2k", "kmalloc-2k"], 64.0),
        (&["kmalloc-cg-4k", "kmalloc-4k"], 64.0),
    ],
    unaccounted: 262_144.0,
    ..NONE
};

/// A connection of TCP.
pub(super) const TCP_SOCKET: Cost = Cost {
    slabs: &[
        (&["sock_inode_cache"], 1.0),
        (&["TCP", "TCPv6"], 1.0),
        (&["dentry"], 1.0),
        (&["filp"], 1.0),
        // The end of the connection, as a packet that waits to be read.
        (&["skbuff_head_cache"], 1.0),
        (&["skbuff_fclone_cache"], 1.0),
        (&["skbuff_small_head"], 2.0),
    ],
    ..NONE
};

/// A socket of UDP, without what waits in its queues.
pub(super) const UDP_SOCKET: Cost = Cost {
    slabs: &[
        (&["sock_inode_cache"], 1.0),
        (&["UDP", "UDPv6", "UDP-Lite", "UDPLITEv6"], 1.0),
        (&["dentry"], 1.0),
        (&["filp"], 1.0),
    ],
    ..NONE
};

/// A socket of another kind, such as netlink's: it has no cache of its own.
pub(super) const OTHER_SOCKET: Cost = Cost {
    slabs: &[
        (&["sock_inode_cache"], 1.0),
        (&["kmalloc-2k", "kmalloc-cg-2k", "kmalloc-1k", "kmalloc-cg-1k"], 1.0),
        (&["dentry"], 1.0),
        (&["filp"], 1.0),
    ],
    ..NONE
};

/// A thread, with its stack in the kernel.
pub(super) const THREAD: Cost = Cost {
    slabs: &[
        (&["task_struct"], 1.0),
        (&["pid"], 1.0),
        (&["vm_area_struct"], 2.0),
        (&["maple_node"], 0.5),
    ],
    terms: &[(Term::KernelStacks, 16384.0)],
    ..NONE
};

/// A dead child that nobody asks for.
pub(super) const ZOMBIE: Cost = Cost {
    slabs: &[
        (&["task_struct"], 1.0),
        (&["sighand_cache"], 1.0),
        (&["signal_cache"], 1.0),
        (&["pid"], 1.0),
        (&["cred_jar", "cred"], 1.0),
    ],
    ..NONE
};

/// A mapping.
pub(super) const MAPPING: Cost =
    Cost { slabs: &[(&["vm_area_struct"], 1.0), (&["maple_node"], 0.25)], ..NONE };

/// A watch, and the inode that it keeps.
pub(super) const WATCH: Cost = Cost {
    slabs: &[(&["inotify_inode_mark"], 1.0), (INODE, 1.0), (&["lsm_inode_cache"], 1.0)],
    ..NONE
};

/// A POSIX timer.
pub(super) const TIMER: Cost =
    Cost { slabs: &[(&["posix_timers_cache"], 1.0), (&["sigqueue"], 1.0)], ..NONE };

/// A lock on a file.
pub(super) const FILE_LOCK: Cost = Cost { slabs: &[(&["file_lock_cache"], 1.0)], ..NONE };

/// A BPF map; its data is what its caller has mapped.
pub(super) const BPF_MAP: Cost = Cost { slabs: &[(&["filp"], 1.0), (&["dentry"], 1.0)], ..NONE };

/// A control group, with all its controllers: what they take is in caches of many uses, so no more
/// is claimed of each than it can be, and than it grew by.
pub(super) const CONTROL_GROUP: Cost = Cost {
    slabs: &[
        (&["mem_cgroup"], 1.0),
        (&["mem_cgroup_per_node"], 2.0),
        (&["kernfs_node_cache"], 100.0),
        (&["kmalloc-4k"], 2.0),
        (&["kmalloc-2k"], 4.0),
        (&["kmalloc-1k"], 4.0),
        (&["kmalloc-512"], 4.0),
        (&["kmalloc-256"], 4.0),
        (&["kmalloc-192"], 4.0),
        (&["kmalloc-cg-4k"], 1.0),
        (&["kernfs_iattrs_cache"], 10.0),
        (&["lsm_inode_cache"], 10.0),
        (&["inode_cache"], 10.0),
        (&["dentry"], 10.0),
    ],
    terms: &[(Term::PerCpu, 16384.0)],
    ..NONE
};

/// A network namespace, likewise: some 0.2 MiB.
pub(super) const NETWORK_NAMESPACE: Cost = Cost {
    slabs: &[
        (&["net_namespace"], 1.0),
        (&["proc_dir_entry"], 200.0),
        (&["kernfs_node_cache"], 100.0),
        (&["kmalloc-8k"], 8.0),
        (&["kmalloc-4k"], 12.0),
        (&["kmalloc-2k"], 12.0),
        (&["kmalloc-1k"], 16.0),
        (&["kmalloc-512"], 32.0),
        (&["kmalloc-256"], 64.0),
        (&["kmalloc-192"], 128.0),
        (&["kmalloc-128"], 128.0),
        (&["kmalloc-64"], 256.0),
        (&["kmalloc-32"], 256.0),
        (&["kmalloc-cg-4k"], 12.0),
        (&["kmalloc-cg-2k"], 12.0),
        (&["kmalloc-cg-1k"], 16.0),
        (&["sock_inode_cache"], 8.0),
        (&["TCP", "TCPv6"], 4.0),
        (&["fib6_node"], 8.0),
    ],
    terms: &[(Term::PerCpu, 32768.0)],
    ..NONE
};

impl Cost {
    /// What `n` of them can have taken of each account.
    pub(super) fn of(&self, case: &Case<'_>, n: f64) -> Vec<(Account, f64)> {
        let slabs = self.slabs.iter().filter_map(|(caches, each)| {
            let group = group(case, caches, n * each)?;
            let bytes = case.observed.object_bytes.get(&group).copied().unwrap_or(0.0);
            Some((Account::Slab(group), n * each * bytes))
        });
        let terms = self.terms.iter().map(|(term, bytes)| (Account::Term(*term), n * bytes));
        let mut parts: Vec<_> = slabs.chain(terms).collect();
        if self.unaccounted > 0.0 {
            parts.push((Account::Unaccounted, n * self.unaccounted));
        }
        parts
    }
}

/// How many more objects there are of the group that one of `caches` is in.
pub(super) fn new_objects(case: &Case<'_>, caches: &[&str]) -> f64 {
    group(case, caches, f64::INFINITY).map_or(0.0, |it| case.change(&Key::SlabObjects(it)))
}

/// The group of one of `caches`, of those that have objects: the one that grew most. Of several that
/// have as many new objects as `n`, the nearest: what grew by more did so for another reason. A cache
/// of a file system that is not there is nobody's.
fn group(case: &Case<'_>, caches: &[&str], n: f64) -> Option<Rc<str>> {
    let has_objects = |group: &Rc<str>| {
        let series = case.observed.series.get(&Key::SlabObjects(Rc::clone(group)));
        series.is_some_and(|it| it.range().1 > 0.0)
    };
    let grown = |group: &Rc<str>| case.change(&Key::SlabObjects(Rc::clone(group)));
    let groups = case.slab_groups(|name| caches.contains(&name));
    groups.into_iter().filter(has_objects).max_by(|one, other| {
        let (one, other) = (grown(one), grown(other));
        match one.min(other) >= NEARLY * n {
            true => other.total_cmp(&one),
            false => one.total_cmp(&other),
        }
    })
}

/// Whether the accounts grew by what is claimed of them, within half and double: the second,
/// independent look. What grew by far more has another reason, which would hide that.
pub(super) fn is_conserved(case: &Case<'_>, parts: &[(Account, f64)]) -> bool {
    let claimed: f64 = parts.iter().map(|(_, bytes)| bytes).sum();
    let all: f64 = parts.iter().map(|(account, _)| grown(case, account).max(0.0)).sum();
    let found = |(account, bytes): &(Account, f64)| grown(case, account).clamp(0.0, *bytes);
    let found: f64 = parts.iter().map(found).sum();
    claimed > 0.0 && found >= 0.5 * claimed && all <= 2.0 * claimed
}
