//! POSIX timers that are made and not deleted.

use super::Suspicion;
use super::costs::TIMER;
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;

const TIMERS: KernelObjects = KernelObjects {
    id: Id::Timers,
    what: "POSIX timers",
    cache: "posix_timers_cache",
    counter: None,
    least: 256.0,
    cost: TIMER,
    next: &["see whose they are: grep -c ^ID: /proc/[0-9]*/timers | grep -v ':0$'"],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    TIMERS.examine(case)
}
