//! Any series of a page of metrics that grows and that no other suspicion knows: a queue, a cache,
//! a number of sessions of a vendor's own program. It is told as growth; what it means, its author
//! knows.

use std::rc::Rc;

use super::{Claim, Suspicion};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Cleared, Finding, Id, Subject, Verdict};
use crate::analysis::series::Key;

/// Series that are told: the page itself has all of them.
const MOST: usize = 3;
/// A series that does not grow by this share of itself is not worth telling.
const SHARE: f64 = 0.1;
/// Names of the runtimes and of the process, which other suspicions look at.
const OF_RUNTIMES: &[&str] =
    &["go_", "process_", "promhttp_", "python_", "jvm_", "nodejs_", "scrape_"];

/// Names of clocks, which only go on.
const OF_TIME: &[&str] = &["uptime", "timestamp", "_time_seconds", "_created"];

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    if case.observed.targets.is_empty() {
        return Suspicion::default();
    }
    let is_own = |name: &str| !is_of_runtime(name) && !OF_TIME.iter().any(|it| name.contains(it));
    let growing =
        case.growing(None, 0.0, |key| matches!(key, Key::Metric(_, name) if is_own(name)));
    let grows_by_share = |it: &&Growing| it.trend.rise > SHARE * it.trend.first.abs();
    let claims: Vec<Claim> =
        growing.iter().filter(grows_by_share).take(MOST).filter_map(|it| claim(case, it)).collect();
    let why = "no series of a page grows that is not looked at elsewhere".to_owned();
    let cleared = Cleared { id: Id::Metric, why, evidence: Vec::new() };
    let cleared = if claims.is_empty() { vec![cleared] } else { Vec::new() };
    Suspicion { claims, cleared, missing: Vec::new() }
}

/// Whether a series is of a runtime, of the process or of the page itself.
pub(super) fn is_of_runtime(name: &str) -> bool {
    OF_RUNTIMES.iter().any(|it| name.starts_with(it))
}

fn claim(case: &Case<'_>, growing: &Growing) -> Option<Claim> {
    let Key::Metric(collector, series) = &growing.key else { return None };
    let target = case.observed.targets.get(collector);
    let process = target.and_then(|it| it.process.clone());
    let command = process.as_ref().and_then(|it| case.observed.commands.get(it));
    let command = command.unwrap_or(collector);
    let finding = Finding {
        id: Id::Metric,
        verdict: Verdict::Growth,
        confidence: case.confidence(&growing.trend, false),
        subject: Subject {
            command: Some(command.to_string()),
            process,
            class: Some(Rc::clone(series).to_string()),
            function: None,
        },
        bytes: 0,
        since: None,
        remarks: Vec::new(),
        bytes_per_hour: None,
        evidence: case.observed.fact(&growing.key).into_iter().collect(),
        next: vec!["ask what it counts, and whether it has a bound".to_owned()],
    };
    let of = Some(growing.key.clone());
    Some(Claim { finding, of, parts: Vec::new(), change: 0.0, least: 0.0 })
}
