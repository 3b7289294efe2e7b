//! Connections in TIME_WAIT: closed on both sides, kept for a minute for packets that are late. They
//! have no descriptor, and their number is bounded by how often connections are made.

use super::Suspicion;
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::series::{HostFigure, Key};

/// Fewer are on every host.
const LEAST: f64 = 1000.0;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let key = Key::Host(HostFigure::TimeWait);
    let most = case.observed.series.get(&key).map(|it| it.range().1);
    let many = most.filter(|it| *it >= LEAST).map(|most| Cleared {
        id: Id::CloseWait,
        why: format!(
            "up to {most:.0} connections were in TIME_WAIT: both sides have closed them, no process \
             holds them, and they end after a minute"
        ),
        evidence: case.observed.fact(&key).into_iter().collect(),
    });
    Suspicion { cleared: many.into_iter().collect(), ..Suspicion::default() }
}
