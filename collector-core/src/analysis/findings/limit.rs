//! The size at which a cache that filled has come to rest, and what names it: a gauge of the
//! program's own page that never changes, or a round number.

use super::wording::{course, why_not};
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::series::{Key, Series};
use crate::analysis::trend::{Shape, Trend};

/// A rise of which the last third has less than this share has come to rest.
const AT_REST: f64 = 0.1;
/// How near a size must be to be the same.
const NEAR: f64 = 0.02;
/// Smaller sizes are met by chance.
const LEAST: f64 = (16_u64 << 20) as f64;

/// Where a series that rose ever more slowly came to rest, as the end of a sentence; `None`: it is
/// not at rest yet, or did not rise so.
pub(super) fn limit(case: &Case<'_>, key: &Key, trend: &Trend) -> Option<String> {
    let series = case.observed.series.get(key).filter(|_| trend.shape == Shape::Decelerating)?;
    let values = series.values();
    let rise = case.change_of(series);
    let (start, end) = (values.first()?, values.last()?);
    let last_third = &values[values.len() - values.len() / 3 - 1..];
    let moves = last_third.iter().map(|it| (it - end).abs()).fold(0.0, f64::max);
    if rise <= 0.0 || moves > AT_REST * rise {
        return None;
    }
    // What was there before is not part of the cache, if there is one.
    let sizes = [*end, end - start];
    let is_near =
        |size: f64| size >= LEAST && sizes.iter().any(|it| (it - size).abs() <= NEAR * size);
    let name = configured(case, key, is_near).or_else(|| round(is_near)).unwrap_or_default();
    let (end, more) = (mib(super::whole(*end)), mib(super::whole(end - start)));
    Some(format!("; it has come to rest at {end}, {more} above its start{name}"))
}

/// Growth of less is not worth a reason.
const WORTH_A_REASON: f64 = 1_048_576.0;

/// The course of a series that nothing was found of; where it rose, with the reason why that is no
/// leak and the size at which it came to rest, or that it is not clear enough to tell.
pub(super) fn course_and_why(case: &Case<'_>, key: &Key, trend: &Trend) -> String {
    let course = course(trend);
    if trend.last - trend.first < WORTH_A_REASON {
        return course;
    }
    match why_not(trend, 0.0) {
        Some(why) => format!("{course}: {why}{}", limit(case, key, trend).unwrap_or_default()),
        None => format!("{course}, and that is not clear enough to tell: capture longer"),
    }
}

/// The gauge of the page of the same program that has that size all the time.
fn configured(case: &Case<'_>, key: &Key, is_near: impl Fn(f64) -> bool) -> Option<String> {
    let collector = match key {
        Key::Of(process, _) => {
            let mut targets = case.observed.targets.iter();
            targets.find(|(_, it)| it.process.as_ref() == Some(process))?.0
        }
        Key::Metric(collector, _) => collector,
        _ => return None,
    };
    let is_still = |series: &Series| series.range().0 == series.range().1;
    let mut gauges = case.observed.series.iter().filter_map(|(gauge, series)| match gauge {
        Key::Metric(of, name) if of == collector && gauge != key && is_still(series) => {
            Some((name, series.range().1))
        }
        _ => None,
    });
    let (name, size) = gauges.find(|(_, size)| is_near(*size))?;
    Some(format!(", where its page has {name} = {}", mib(super::whole(size))))
}

/// A power of two.
fn round(is_near: impl Fn(f64) -> bool) -> Option<String> {
    let size = (24..44).map(|bits| 1_i64 << bits).find(|it| is_near(*it as f64))?;
    Some(format!(", near the round size of {}", mib(size)))
}
