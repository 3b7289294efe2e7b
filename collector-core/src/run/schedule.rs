//! When samples are taken: ticks anchored to the start of the capture. Pure.
//!
//! A tick is at a multiple of some collector's interval, below the span of the capture. Nothing
//! here waits, and nothing is remembered of how long a sample took, so ticks cannot pile up.

use std::time::Duration;

/// One tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Number of the tick, from 0.
    pub index: u64,
    /// Time since the start of the capture.
    pub offset: Duration,
    /// The collectors due, as positions in the list of intervals, ascending.
    pub due: Vec<usize>,
}

/// The ticks of a capture, in order.
#[derive(Debug, Clone)]
pub struct Ticks {
    /// Per collector; `None` is due at the start only.
    intervals: Vec<Option<Duration>>,
    span: Duration,
    next: Option<Duration>,
    index: u64,
}

impl Ticks {
    /// Ticks for collectors with these intervals, at offsets below `span`; the first is at 0 even
    /// when `span` is.
    #[must_use]
    pub fn new(intervals: Vec<Option<Duration>>, span: Duration) -> Self {
        Ticks { intervals, span, next: Some(Duration::ZERO), index: 0 }
    }
}

impl Iterator for Ticks {
    type Item = Tick;

    fn next(&mut self) -> Option<Tick> {
        let offset = self.next?;
        let due = |interval: &Option<Duration>| match interval {
            Some(interval) => offset.as_nanos().is_multiple_of(interval.as_nanos().max(1)),
            None => offset.is_zero(),
        };
        let is_due = self.intervals.iter().map(due);
        let due = is_due.enumerate().filter_map(|(index, due)| due.then_some(index)).collect();
        self.next = self
            .intervals
            .iter()
            .flatten()
            .filter_map(|interval| multiple_after(*interval, offset))
            .min()
            .filter(|next| *next < self.span);
        self.index += 1;
        Some(Tick { index: self.index - 1, offset, due })
    }
}

/// The first multiple of `interval` after `offset`; `None` past the range of a `Duration`.
fn multiple_after(interval: Duration, offset: Duration) -> Option<Duration> {
    let interval = interval.as_nanos();
    let next = (offset.as_nanos().checked_div(interval)? + 1).checked_mul(interval)?;
    u64::try_from(next).ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(intervals_ms: &[u64], span_ms: u64, expected: &[(u64, &[usize])]) {
        let intervals = intervals_ms.iter().map(|ms| (*ms > 0).then(|| Duration::from_millis(*ms)));
        let ticks = Ticks::new(intervals.collect(), Duration::from_millis(span_ms));
        let said: Vec<(u64, Vec<usize>)> = ticks
            .map(|it| (u64::try_from(it.offset.as_millis()).expect("small"), it.due))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(ms, due)| (*ms, due.to_vec())).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn one_sample_is_one_tick_of_all() {
        check(&[0, 0], 0, &[(0, &[0, 1])]);
    }

    #[test]
    fn a_span_of_three_intervals_has_three_ticks() {
        check(&[10], 30, &[(0, &[0]), (10, &[0]), (20, &[0])]);
    }

    #[test]
    fn collectors_meet_at_common_multiples_only() {
        check(&[20, 30], 70, &[(0, &[0, 1]), (20, &[0]), (30, &[1]), (40, &[0]), (60, &[0, 1])]);
    }

    #[test]
    fn a_collector_without_interval_is_due_at_the_start() {
        check(&[10, 0], 20, &[(0, &[0, 1]), (10, &[0])]);
    }

    #[test]
    fn an_interval_beyond_the_span_is_one_tick() {
        check(&[60_000], 5_000, &[(0, &[0])]);
    }
}
