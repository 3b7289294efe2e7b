//! Control groups that are made and not removed, or removed and kept by a page that was charged to
//! them: some 20 KiB of the kernel each.

use super::Suspicion;
use super::costs::CONTROL_GROUP;
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{HostFigure, Key};

const GROUPS: KernelObjects = KernelObjects {
    id: Id::Cgroups,
    what: "control groups",
    cache: "mem_cgroup",
    counter: Some(HostFigure::ControlGroups),
    least: 16.0,
    cost: CONTROL_GROUP,
    next: &[
        "compare num_cgroups of /proc/cgroups with the directories: find /sys/fs/cgroup -type d | wc -l",
        "where they are dead, write to memory.reclaim of their parent, or drop the caches",
    ],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = GROUPS.examine(case);
    let (all, dying) =
        (Key::Host(HostFigure::ControlGroups), Key::Host(HostFigure::DyingControlGroups));
    // Most of the new ones are removed and still there.
    let are_dead = case.change(&dying) >= 0.5 * case.change(&all).max(GROUPS.least);
    for claim in suspicion.claims.iter_mut().filter(|_| are_dead) {
        claim.finding.subject.class = Some("dead control groups".to_owned());
        claim.finding.evidence.splice(1..1, case.observed.fact(&dying));
        claim.finding.evidence.truncate(3);
    }
    suspicion
}
