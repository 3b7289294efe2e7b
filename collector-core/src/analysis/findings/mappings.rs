//! Mappings of a process that become ever more: each is an object of the kernel. Whose they are is
//! not told; a process whose page tables or memory grow meanwhile is the likely one.

use super::Suspicion;
use super::costs::MAPPING;
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::{Id, Process};
use crate::analysis::series::{Key, ProcessFigure};

const MAPPINGS: KernelObjects = KernelObjects {
    id: Id::Mappings,
    what: "mappings",
    cache: "vm_area_struct",
    least: 4096.0,
    cost: MAPPING,
    holder,
    next: &["count them by process: wc -l /proc/[0-9]*/maps | sort -n | tail"],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    MAPPINGS.examine(case)
}

/// The process whose page tables grow, where there is only one.
fn holder(case: &Case<'_>) -> Option<Process> {
    let is_it = |key: &Key| matches!(key, Key::Of(_, ProcessFigure::PageTables));
    match &case.growing(65536.0, is_it)[..] {
        [only] => match &only.key {
            Key::Of(process, _) => Some(process.clone()),
            _ => None,
        },
        _ => None,
    }
}
