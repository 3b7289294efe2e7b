//! The live heap of a Go program: what is left after its garbage is collected. By the page of
//! metrics it is the size at which the next collection begins, which does not saw up and down; by
//! two profiles it is what is in use at the end and was not at the start, with the line that
//! allocated it.

use super::go::{Program, place, programs};
use super::goroutines;
use super::limit::limit;
use super::{Claim, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::finding::{Cleared, Evidence, Finding, Id, Missing, Subject};
use crate::analysis::profile::{Grows, SiteGrowth};
use crate::analysis::series::{Key, ProcessFigure};

use super::wording::{course, from_to, why_not};

/// A heap that is larger by less than this factor is flat.
const FLAT: f64 = 1.1;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = Suspicion::default();
    let programs = programs(case);
    if programs.is_empty() {
        suspicion.missing.push(Missing {
            what: "the heaps of Go programs".to_owned(),
            why: "none was asked, or none could be told".to_owned(),
            how_to_get: "where one is suspected, give its address with --pprof and --metrics"
                .to_owned(),
        });
    }
    for program in programs {
        match claim(case, &program) {
            Some(claim) => suspicion.claims.push(claim),
            None => suspicion.cleared.extend(cleared(case, &program)),
        }
    }
    suspicion
}

/// The claim of a program whose live heap grows: by its metrics, or else by its profiles and the
/// memory of its process.
fn claim(case: &Case<'_>, program: &Program) -> Option<Claim> {
    let anonymous = program.process.clone().map(|it| Key::Of(it, ProcessFigure::Anonymous));
    let profile = program.profile(case, Grows::Heap);
    let in_profile = profile.map_or(0, |(_, it)| above_noise(it)) as f64;
    let growing = match program.next_gc() {
        Some(key) => case.grows(&key)?,
        None => case.grows(anonymous.as_ref()?)?,
    };
    let rise = case.change(&growing.key);
    if program.next_gc().is_none() && in_profile < 0.25 * rise {
        return None;
    }
    if goroutines::grow(case, program) && in_profile < 0.25 * rise {
        return None;
    }
    // Live and dead: a collection begins when as much garbage has come. What the runtime has beside
    // it and does not use is not the leak's.
    let runtime = program.heap_in_use(case).map_or(rise, |it| case.change_of(&it));
    let resident = anonymous.as_ref().map_or(0.0, |it| case.change(it));
    let rate = growing.trend.per_hour.map_or(0.0, |it| it.low);
    if !case.is_material(rise.max(in_profile), rate) {
        return None;
    }
    let bytes = runtime.max(rise.min(resident)).max(in_profile);
    let is_conserved = in_profile >= 0.25 * rise || resident >= 0.5 * rise;
    let finding = Finding {
        id: Id::GoHeap,
        verdict: case.verdict(&growing.trend, is_conserved),
        confidence: case.confidence(&growing.trend, is_conserved),
        subject: subject(case, program, profile.map(|it| it.1)),
        bytes: 0,
        since: None,
        remarks: Vec::new(),
        bytes_per_hour: growing.trend.per_hour,
        evidence: evidence(case, program, &growing.key, anonymous.as_ref()),
        next: vec![match profile.and_then(|(_, it)| it.sites.first()) {
            Some(site) => format!("see why {} keeps what it allocates", place(site)),
            None => "capture with go-pprof, which names the line that allocates it".to_owned(),
        }],
    };
    let parts = vec![(program.account(), bytes)];
    Some(Claim { finding, of: Some(growing.key), parts, change: rise, least: 0.0 })
}

/// Bytes of the program's own sites that grew by more than sampling can make. What the runtime
/// allocates for each goroutine is no leak of the heap.
fn above_noise(growth: &SiteGrowth) -> i64 {
    let own = growth.sites.iter().filter(|it| !it.at.function.starts_with("runtime."));
    own.map(|it| it.amount).filter(|it| *it >= growth.noise).sum()
}

fn subject(case: &Case<'_>, program: &Program, growth: Option<&SiteGrowth>) -> Subject {
    let site = growth.and_then(|it| it.sites.first().filter(|site| site.amount >= it.noise));
    Subject { function: site.map(place), ..program.subject(case, None) }
}

/// The site that grew most, the live heap, the memory of the process.
fn evidence(
    case: &Case<'_>,
    program: &Program,
    heap: &Key,
    anonymous: Option<&Key>,
) -> Vec<Evidence> {
    let mut facts = Vec::new();
    if let Some((name, growth)) = program.profile(case, Grows::Heap)
        && let Some(site) = growth.sites.first().filter(|it| it.amount >= growth.noise)
    {
        facts.push(Evidence {
            entry: name.to_string(),
            field: format!("bytes in use from {}, more than in the first", place(site)),
            first: 0.0,
            last: site.amount as f64,
        });
    }
    facts.extend(case.observed.fact(heap));
    if let Some(key) = anonymous.filter(|it| *it != heap) {
        facts.extend(case.observed.fact(key));
    }
    facts
}

/// Why the heap of a program is not it.
fn cleared(case: &Case<'_>, program: &Program) -> Option<Cleared> {
    let called = program.called(case);
    if let Some(key) = program.next_gc() {
        let trend = case.trend(&key)?;
        let rise = from_to(&trend);
        let why = if goroutines::grow(case, program) {
            format!(
                "the heap of {called} grows with its goroutines, whose stacks refer to it: {rise}"
            )
        } else if trend.last <= FLAT * trend.first {
            format!(
                "the heap of {called} is flat: where its next collection begins {}",
                course(&trend)
            )
        } else {
            let why = why_not(&trend, 0.0).unwrap_or_else(|| "not clear enough to tell".to_owned());
            let limit = limit(case, &key, &trend).unwrap_or_default();
            format!("the heap of {called} went from {rise}: {why}{limit}")
        };
        let evidence = case.observed.fact(&key).into_iter().collect();
        return Some(Cleared { id: Id::GoHeap, why, evidence });
    }
    let (name, growth) = program.profile(case, Grows::Heap)?;
    Some(Cleared {
        id: Id::GoHeap,
        why: format!(
            "the last heap profile of {called} has {} more than the first ({name})",
            mib(growth.amount)
        ),
        evidence: Vec::new(),
    })
}
