//! POSIX timers that are made and not deleted.
//!
//! The kernel tells how many signals wait for each user, and every timer keeps room for one; of
//! users with many the collector reads the timers of each process. Where it could not, the kernel's
//! cache is seen, which the kernel keeps with others as one: it is timers only as far as more
//! signals wait as well, and nobody is named.

use super::Suspicion;
use super::costs::TIMER;
use super::counted::{Counted, pid};
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{HostFigure, Key, ProcessFigure, Source};

/// Fewer new ones are no leak.
const LEAST: f64 = 256.0;

const TIMERS: Counted = Counted {
    id: Id::Timers,
    what: "POSIX timers",
    source: Source::Status,
    least: LEAST,
    belongs: |key| matches!(key, Key::Of(_, ProcessFigure::Timers)),
    cost: |case, _, n| TIMER.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![format!("see where they are made: strace -f -k -e trace=timer_create -p {pid}")]
    },
};

const OF_NOBODY: KernelObjects = KernelObjects {
    id: Id::Timers,
    what: "POSIX timers",
    cache: "posix_timers_cache",
    counter: None,
    least: LEAST,
    cost: TIMER,
    next: &["see whose they are: grep -c ^ID: /proc/[0-9]*/timers | grep -v ':0$'"],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let named = TIMERS.examine(case);
    if !named.claims.is_empty() {
        return named;
    }
    let mut unnamed = OF_NOBODY.examine(case);
    let signals = Key::Host(HostFigure::QueuedSignals);
    if case.observed.series.contains_key(&signals) {
        // Fewer signals than half of them: most of that cache is something else.
        let new = case.change(&signals);
        unnamed.claims.retain(|it| new >= 0.5 * it.change);
        if unnamed.claims.is_empty() {
            return named;
        }
    }
    unnamed
}
