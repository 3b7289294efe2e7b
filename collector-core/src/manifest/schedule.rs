//! When samples are taken, as a manifest or the command line says it. The ticks themselves are
//! `plan`'s.

use std::time::Duration;

use crate::units::format_duration;

/// Shortest interval. Reading `/proc` once takes milliseconds; below this it is a load test.
const MIN_EVERY: Duration = Duration::from_millis(10);
/// Longest capture and longest interval: 366 days. A bound, so that no sum of ticks overflows.
const MAX_SPAN: Duration = Duration::from_secs(366 * 24 * 3600);

/// When samples are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// One sample, at once.
    Once,
    /// Samples at 0, `every`, 2 `every` … as long as `end` allows.
    Repeat {
        /// Time between two samples: 10 ms to 366 days.
        every: Duration,
        /// Where it ends.
        end: End,
    },
}

/// Where a schedule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Ticks before this time, counted from the start: more than 0, at most 366 days.
    After(Duration),
    /// This number of ticks of the schedule's interval, at least 1.
    Samples(u64),
}

impl Schedule {
    /// Time between two samples; none where there is one sample.
    #[must_use]
    pub fn every(self) -> Option<Duration> {
        match self {
            Schedule::Once => None,
            Schedule::Repeat { every, .. } => Some(every),
        }
    }

    /// The time in which ticks lie, from the start and without its end; none where there is one
    /// sample. `samples: 30` with `every: 10s` is five minutes.
    #[must_use]
    pub fn span(self) -> Option<Duration> {
        match self {
            Schedule::Once => None,
            Schedule::Repeat { end: End::After(span), .. } => Some(span),
            Schedule::Repeat { every, end: End::Samples(n) } => {
                Some(checked_span(every, n).unwrap_or(MAX_SPAN))
            }
        }
    }

    /// The number of ticks of the schedule's own interval, at least 1.
    #[must_use]
    pub fn n_samples(self) -> u64 {
        match self {
            Schedule::Once => 1,
            Schedule::Repeat { end: End::Samples(n), .. } => n,
            Schedule::Repeat { every, end: End::After(span) } => {
                let n = span.as_nanos().div_ceil(every.as_nanos().max(1));
                u64::try_from(n).unwrap_or(u64::MAX)
            }
        }
    }
}

/// The key of a schedule that is wrong, and why.
pub(super) type Wrong = (&'static str, String);

/// Puts a schedule together from its three keys.
pub(super) fn schedule(
    every: Option<Duration>,
    span: Option<Duration>,
    samples: Option<u64>,
) -> Result<Schedule, Wrong> {
    let end = match (span, samples) {
        (Some(_), Some(_)) => {
            let reason = "`for` and `samples` both say when to end; keep one of them";
            return Err(("samples", reason.to_owned()));
        }
        (Some(span), None) => Some(("for", End::After(span))),
        (None, Some(n)) => Some(("samples", End::Samples(n))),
        (None, None) => None,
    };
    match (every, end) {
        (None, None) => Ok(Schedule::Once),
        (None, Some((key, _))) => Err((
            key,
            format!("`{key}` needs to know how often; add `every`, such as `every: 10s`"),
        )),
        (Some(_), None) => Err((
            "every",
            "`every` needs to know when to end; add `for: 5m` or `samples: 30`".to_owned(),
        )),
        (Some(every), Some((key, end))) => {
            check_every(every).map_err(|reason| ("every", reason))?;
            check_end(every, end).map_err(|reason| (key, reason))?;
            Ok(Schedule::Repeat { every, end })
        }
    }
}

/// Checks an interval.
pub(super) fn check_every(every: Duration) -> Result<(), String> {
    if every < MIN_EVERY {
        return Err("the interval is too short; the shortest is 10ms, and 10s is usual".to_owned());
    }
    if every > MAX_SPAN {
        return Err("the interval is too long; the longest is 366d".to_owned());
    }
    Ok(())
}

fn check_end(every: Duration, end: End) -> Result<(), String> {
    match end {
        End::Samples(0) => {
            Err("no sample would be taken; write at least 1, or remove the schedule".to_owned())
        }
        End::After(span) if span.is_zero() => {
            Err("no time to take a sample; write a duration such as 5m".to_owned())
        }
        End::After(span) if span > MAX_SPAN => {
            Err("the time is too long; the longest capture is 366d".to_owned())
        }
        End::Samples(n) if checked_span(every, n).is_none() => Err(format!(
            "{n} samples every {} take too long; the longest capture is 366d",
            format_duration(every)
        )),
        _ => Ok(()),
    }
}

fn checked_span(every: Duration, n: u64) -> Option<Duration> {
    let nanos = every.as_nanos().checked_mul(u128::from(n))?;
    let span = Duration::from_nanos(u64::try_from(nanos).ok()?);
    (span <= MAX_SPAN).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_end_is_not_a_tick() {
        let check = |every: u32, span: u32, n| {
            let schedule = schedule(Some(SECOND * every), Some(SECOND * span), None);
            assert_eq!(schedule.expect("a schedule").n_samples(), n);
        };
        check(10, 300, 30);
        check(10, 301, 31);
        check(10, 5, 1);
    }

    #[test]
    fn samples_have_a_span() {
        let schedule = schedule(Some(SECOND * 10), None, Some(30)).expect("a schedule");
        assert_eq!(schedule.span(), Some(SECOND * 300));
        assert_eq!(schedule.n_samples(), 30);
    }
}
