//! Goroutines that never end: their stacks are memory of the process, and what they refer to stays
//! alive. A profile of them names the line they wait in.

use super::go::{Program, place, programs};
use super::{Claim, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Evidence, Finding, Id, Subject};
use crate::analysis::profile::{Grows, Site};
use crate::analysis::series::Key;

/// Fewer new ones than this are no leak.
const LEAST: f64 = 32.0;
/// Bytes of a goroutine's stack and its record, where the page does not tell: Go starts with 2 KiB
/// and most need the next size; measured 4 KiB.
const EACH: f64 = 4096.0;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = Suspicion::default();
    for program in programs(case) {
        let Some(key) = program.goroutines() else { continue };
        match claim(case, &program, &key) {
            Some(claim) => suspicion.claims.push(claim),
            None => suspicion.cleared.push(Cleared {
                id: Id::Goroutines,
                why: format!("the goroutines of {} do not become ever more", program.called(case)),
                evidence: case.observed.fact(&key).into_iter().collect(),
            }),
        }
    }
    suspicion
}

/// Whether the goroutines of a program grow.
pub(super) fn grow(case: &Case<'_>, program: &Program) -> bool {
    program.goroutines().is_some_and(|key| claim(case, program, &key).is_some())
}

fn claim(case: &Case<'_>, program: &Program, key: &Key) -> Option<Claim> {
    let n = case.change(key);
    let growing = case.grows(key).filter(|_| n >= LEAST)?;
    let stacks = program.stacks().map_or(0.0, |it| case.change(&it));
    let runtime = program.runtime_memory(case).map_or(f64::INFINITY, |it| case.change_of(&it));
    let bytes = stacks.max(n * EACH).min(runtime.max(stacks));
    let profile = program.profile(case, Grows::Goroutines);
    // A few that wait elsewhere are no cause.
    let is_cause = |it: &&Site| it.amount as f64 >= 0.5 * n;
    let site = profile.and_then(|(_, it)| it.sites.first()).filter(is_cause);
    let mut evidence: Vec<Evidence> = case.observed.fact(key).into_iter().collect();
    if let (Some((name, _)), Some(site)) = (profile, site) {
        let (entry, field) = (name.to_string(), format!("goroutines in {}", place(site)));
        evidence.push(Evidence { entry, field, first: 0.0, last: site.amount as f64 });
    }
    evidence.extend(program.stacks().and_then(|it| case.observed.fact(&it)));
    let finding = Finding {
        id: Id::Goroutines,
        verdict: case.verdict(&growing.trend, site.is_some()),
        confidence: case.confidence(&growing.trend, site.is_some()),
        subject: Subject { function: site.map(place), ..program.subject(case, Some("goroutines")) },
        bytes: 0,
        since: None,
        remarks: Vec::new(),
        bytes_per_hour: growing.trend.per_hour,
        evidence,
        next: vec![match site {
            Some(site) => format!("see why they wait in {} for ever", place(site)),
            None => "capture with go-pprof, which names where they wait".to_owned(),
        }],
    };
    let parts = vec![(program.account(), bytes)];
    Some(Claim { finding, of: Some(growing.key), parts, change: n, least: 0.0 })
}
