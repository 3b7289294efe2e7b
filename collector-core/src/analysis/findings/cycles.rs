//! Memory that goes up and down with load: it repeats itself, and its lows do not rise. With few
//! repetitions that cannot be told from growth, and is said to be so.

use super::Suspicion;
use super::wording::cycle;
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key, ProcessFigure};
use crate::analysis::trend::{ALPHA, MIN_BLOCKS, Trend};

/// What goes up and down by less is not worth a line.
const LEAST: f64 = (16_u64 << 20) as f64;
/// Such lines.
const MOST: usize = 3;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let term = Key::Host(HostFigure::Term(Term::Anonymous));
    let is_it = |key: &&Key| **key == term || matches!(key, Key::Of(_, ProcessFigure::Anonymous));
    let mut cycles: Vec<(f64, Cleared)> =
        case.observed.series.keys().filter(is_it).filter_map(|key| line(case, key)).collect();
    cycles.sort_by(|one, other| other.0.total_cmp(&one.0));
    let cleared = cycles.into_iter().take(MOST).map(|(_, line)| line).collect();
    Suspicion { cleared, ..Suspicion::default() }
}

fn line(case: &Case<'_>, key: &Key) -> Option<(f64, Cleared)> {
    let (low, high) = case.observed.series.get(key)?.range();
    let trend = case.trend(key).filter(|it| high - low >= LEAST && !rises(it))?;
    let of = match key {
        Key::Of(process, _) => case.observed.called(process),
        _ => "the memory of programs".to_owned(),
    };
    let advice = match trend.has_few_periods {
        true => {
            format!("; with fewer than {MIN_BLOCKS} of them it may grow as well: capture longer")
        }
        false => String::new(),
    };
    let why = format!("{of}: {}{advice}", cycle(&trend)?);
    let evidence = case.observed.fact(key).into_iter().collect();
    Some((high - low, Cleared { id: Id::NativeMemory, why, evidence }))
}

fn rises(trend: &Trend) -> bool {
    trend.is_growth(trend.p <= ALPHA)
}
