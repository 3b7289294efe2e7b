//! Memory that is kept after a peak and does not grow: an allocator, or the runtime of Go, that has
//! not given it back.

use super::go::programs;
use super::{Account, Claim, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::finding::{Cleared, Confidence, Finding, Id, Verdict};
use crate::analysis::series::{Key, ProcessFigure, Series};
use crate::analysis::trend::MIN_SAMPLES;

/// Less than this is not worth telling.
const LEAST: f64 = (16_u64 << 20) as f64;
/// What still moves by this share of what is kept is not at rest.
const AT_REST: f64 = 0.1;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let memory = case.observed.series.iter().filter_map(|(key, series)| match key {
        Key::Of(_, ProcessFigure::Anonymous) => Some((key, series)),
        _ => None,
    });
    let claims = memory.filter_map(|(key, series)| after_a_peak(case, key, series)).collect();
    let cleared = programs(case).into_iter().filter_map(|program| {
        let (key, idle) = program.idle_memory(case)?;
        let held = *idle.values().last()?;
        if held < LEAST
            || case.change_of(&idle) > AT_REST * held
            || idle.values().len() < MIN_SAMPLES
        {
            return None;
        }
        Some(Cleared {
            id: Id::GoHeap,
            why: format!(
                "the runtime of {} keeps {} that it does not use, as after a peak, and that does \
                 not grow; GOMEMLIMIT bounds it, debug.FreeOSMemory gives it back",
                program.called(case),
                mib(super::whole(held))
            ),
            evidence: case.observed.fact(&key).into_iter().collect(),
        })
    });
    Suspicion { claims, cleared: cleared.collect(), missing: Vec::new() }
}

/// Whether a series is told as memory that is kept.
pub(super) fn is_kept(case: &Case<'_>, key: &Key) -> bool {
    case.observed.series.get(key).is_some_and(|series| after_a_peak(case, key, series).is_some())
}

/// Memory of a process that came down from a peak, is at rest since, and is more than before it.
fn after_a_peak(case: &Case<'_>, key: &Key, series: &Series) -> Option<Claim> {
    let values = series.values();
    if values.len() < MIN_SAMPLES || !case.lasts(key) {
        return None;
    }
    let (_, peak) = series.range();
    let kept = case.change_of(series);
    let (first, last) = series.ends();
    let end = &values[values.len() - values.len() / 3..];
    let (low, high) = end
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(*it), high.max(*it)));
    let fell = peak - high;
    let is_at_rest = high - low <= AT_REST * (last - first);
    if kept < LEAST || fell < LEAST || !is_at_rest || case.grows(key).is_some() {
        return None;
    }
    let Key::Of(process, figure) = key else { return None };
    let finding = Finding {
        id: Id::NativeMemory,
        verdict: Verdict::Retained,
        // That it is free inside the process, no sample tells.
        confidence: Confidence::Possible,
        subject: case.subject(key),
        bytes: 0,
        since: None,
        remarks: vec![format!("its peak was {}", mib(super::whole(peak)))],
        bytes_per_hour: None,
        evidence: case.observed.fact(key).into_iter().collect(),
        next: vec![
            "ask its allocator what is free: malloc_info, mallinfo2, jemalloc's stats".to_owned(),
            "malloc_trim, or fewer arenas, gives it back".to_owned(),
        ],
    };
    let parts = vec![(Account::Of(process.clone(), *figure), kept)];
    Some(Claim { finding, of: None, parts, change: kept, least: 0.5 * kept })
}
