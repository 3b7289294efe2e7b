//! Programs that were started anew in the capture: what they had before is gone with the process,
//! so nothing is concluded across.

use super::Suspicion;
use crate::analysis::case::Case;
use crate::analysis::conclusion::span;
use crate::analysis::finding::{Cleared, Id, Process};
use crate::analysis::series::{Key, ProcessFigure};

/// Programs of less memory come and go.
const LEAST: f64 = (8_u64 << 20) as f64;
/// Restarts that are told.
const MOST: usize = 3;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut restarts: Vec<(f64, Cleared)> =
        case.processes().filter_map(|it| restart(case, it)).collect();
    restarts.sort_by(|one, other| other.0.total_cmp(&one.0));
    let cleared = restarts.into_iter().take(MOST).map(|(_, line)| line).collect();
    Suspicion { cleared, ..Suspicion::default() }
}

fn restart(case: &Case<'_>, process: &Process) -> Option<(f64, Cleared)> {
    let key = Key::Of(process.clone(), ProcessFigure::Anonymous);
    let memory = case.observed.series.get(&key)?.range().1;
    let (first, _) = case.life(process).filter(|_| memory >= LEAST)?;
    let before = case.predecessor_of(process)?;
    let at = case.observed.started(process).or_else(|| case.observed.times.get(first).copied())?;
    let why = format!(
        "{} was started anew {} after the first sample, in place of pid {}: its series begins \
         again, and nothing is concluded across",
        case.observed.called(process),
        span(at.max(0.0)),
        before.pid
    );
    let evidence = case.observed.fact(&key).into_iter().collect();
    Some((memory, Cleared { id: Id::NativeMemory, why, evidence }))
}
