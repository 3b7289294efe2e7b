//! Free pages on the lists of the processors: they are missing in `MemFree` and are free all the
//! same. The account counts them so; whoever reads `MemFree` alone hunts for them.

use super::Suspicion;
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::series::{HostFigure, Key};

/// What moves by less is not worth a line.
const LEAST: f64 = (16_u64 << 20) as f64;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let key = Key::Host(HostFigure::FreeOnProcessors);
    let range = case.observed.series.get(&key).map(|it| it.range());
    let moved = range.filter(|(low, high)| high - low >= LEAST).map(|(low, high)| Cleared {
        id: Id::UnaccountedKernel,
        why: format!(
            "free pages on the lists of the processors were between {} and {}: MemFree is lower by \
             them, and they are free",
            mib(super::whole(low)),
            mib(super::whole(high))
        ),
        evidence: case.observed.fact(&key).into_iter().collect(),
    });
    Suspicion { cleared: moved.into_iter().collect(), ..Suspicion::default() }
}
