//! Mappings of a process that become ever more: each is an object of the kernel. Whose they are is
//! not told.

use super::Suspicion;
use super::costs::MAPPING;
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;

const MAPPINGS: KernelObjects = KernelObjects {
    id: Id::Mappings,
    what: "mappings",
    cache: "vm_area_struct",
    counter: None,
    least: 4096.0,
    cost: MAPPING,
    next: &["count them by process: wc -l /proc/[0-9]*/maps | sort -n | tail"],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    MAPPINGS.examine(case)
}
