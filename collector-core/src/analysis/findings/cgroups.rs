//! Control groups that are made and not removed, or removed and kept by a page that was charged to
//! them: some 20 KiB of the kernel each.

use super::Suspicion;
use super::costs::CONTROL_GROUP;
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;

const GROUPS: KernelObjects = KernelObjects {
    id: Id::Cgroups,
    what: "control groups",
    cache: "mem_cgroup",
    least: 16.0,
    cost: CONTROL_GROUP,
    next: &[
        "compare num_cgroups of /proc/cgroups with the directories: find /sys/fs/cgroup -type d | wc -l",
        "where they are dead, write to memory.reclaim of their parent, or drop the caches",
    ],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    GROUPS.examine(case)
}
