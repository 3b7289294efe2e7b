//! When a growth began, and what started then. It helps to find the cause, and decides nothing.

use super::Claim;
use crate::analysis::case::Case;
use crate::analysis::conclusion::span;
use crate::analysis::finding::{Process, Verdict};
use crate::analysis::series::{Key, ProcessFigure};
use crate::analysis::trend::{largest_jump, onset};
use crate::units::Timestamp;

/// What started more than this many seconds before is no coincidence.
const COINCIDENT: f64 = 180.0;
/// In a capture that is short, what started more than this share of it before.
const COINCIDENT_SHARE: f64 = 0.25;
/// Where more than so many programs started at that time, none is named.
const MOST: usize = 3;

/// When a growth began, and how to say it.
pub(super) struct Dated {
    pub(super) since: Option<Timestamp>,
    pub(super) remark: String,
}

/// `None`: it began before the capture, or nothing tells.
pub(super) fn date(case: &Case<'_>, claim: &Claim) -> Option<Dated> {
    let observed = case.observed;
    let series = observed.series.get(claim.of.as_ref()?)?;
    let samples: Vec<usize> = series.samples().collect();
    let times: Vec<f64> =
        samples.iter().filter_map(|at| observed.times.get(*at).copied()).collect();
    let subject = claim.finding.subject.process.as_ref();
    let at = match claim.finding.verdict {
        Verdict::Step => largest_jump(series.values()),
        // What it has, it has since its start.
        _ if series.first_sample() > 0 && subject.is_some() => Some(0),
        _ => onset(&times, series.values()),
    }?;
    let sample = *samples.get(at)?;
    let since = observed.wall.get(sample).copied();
    let began = *times.get(at)?;
    let when = match since {
        Some(since) => moment(case, since),
        None => format!("{} after the first sample", span(began)),
    };
    // A step came between two samples.
    let verb = if claim.finding.verdict == Verdict::Step { "it came by" } else { "it grows since" };
    let earliest = if claim.finding.verdict == Verdict::Step { at.saturating_sub(1) } else { at };
    let with = coincident(case, subject, *times.get(earliest)?, began);
    Some(Dated { since, remark: format!("{verb} {when}{}", with.unwrap_or_default()) })
}

/// `14:03:10 UTC`, with the day where the capture has several.
fn moment(case: &Case<'_>, at: Timestamp) -> String {
    let day = |it: &Timestamp| it.date_time().date_naive();
    let wall = &case.observed.wall;
    let is_one_day = wall.first().map(day) == wall.last().map(day);
    let form = if is_one_day { "%H:%M:%S UTC" } else { "%Y-%m-%d %H:%M:%S UTC" };
    at.date_time().format(form).to_string()
}

/// The program that started when it began, between `from` and `to` or shortly before.
fn coincident(case: &Case<'_>, subject: Option<&Process>, from: f64, to: f64) -> Option<String> {
    let observed = case.observed;
    let (first, last) = (observed.times.first()?, observed.times.last()?);
    let interval = (last - first) / observed.times.len().max(2) as f64;
    let before = (2.0 * interval).max(COINCIDENT.min(COINCIDENT_SHARE * (last - first)));
    let end = observed.times.len() - 1;
    let lasts = |it: &&Process| {
        let memory = Key::Of((*it).clone(), ProcessFigure::Anonymous);
        observed.series.get(&memory).is_some_and(|it| it.lasts_until(end))
    };
    let started = |it: &Process| observed.started(it);
    let is_then = |at: &f64| (from - before..=to + 1.0).contains(at);
    let mut near: Vec<(f64, &Process)> = case
        .processes()
        .filter(lasts)
        .filter_map(|it| Some((started(it).filter(is_then)?, it)))
        .collect();
    let own = near.iter().find(|(_, it)| Some(*it) == subject).copied();
    near.sort_by(|one, other| (one.0 - to).abs().total_cmp(&(other.0 - to).abs()));
    let nearest = near.first().copied().filter(|_| near.len() <= MOST);
    let (at, process) = own.or(nearest)?;
    let name = observed.called(process);
    Some(match to - at {
        ago @ 1.0.. => format!(", {} after {name} started", span(ago)),
        _ => format!(", when {name} started"),
    })
}
