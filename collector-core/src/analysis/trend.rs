//! Whether a series grows, how it grows, and how fast: the method that no single test gives.
//!
//! ```text
//! series -> load of the day taken out -> envelope (block minima) -> Mann-Kendall -> shape -> size -> rate
//! ```
//!
//! A rise that a test finds is no leak yet: warm-up and load rise too, so the shape and the size
//! are asked as well, and whether the growth is found again elsewhere is asked by whoever knows
//! what the series is. Times are seconds on a clock that nobody sets; a series ends where the
//! process or the machine began anew. Nothing here knows what the values are.

mod envelope;
mod family;
mod kendall;
mod likeness;
mod onset;
mod season;
mod sen;
mod shape;

pub use envelope::MIN_BLOCKS;
pub use family::benjamini_hochberg;
pub use kendall::p_of_rise;
pub use likeness::{block_means, explained};
pub use onset::{largest_jump, onset};
pub use sen::{Slope, slope};
pub use shape::Shape;

use envelope::envelope;
use season::{DAY, daily};
use shape::{noise, shape};

/// Fewer samples than this allow no conclusion: with eight, a perfect rise still stands out of
/// two thousand series.
pub const MIN_SAMPLES: usize = 8;
/// What lasts less than this many seconds is too short to be sure of, however often it is looked
/// at: programs start and work in such times.
pub const MIN_SECONDS: f64 = 600.0;
/// The level of a single test.
pub const ALPHA: f64 = 0.01;

/// How far the amount of data lets a conclusion go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Fewer than eight samples.
    Insufficient,
    /// Eight or more.
    Possible,
    /// Twelve or more.
    Probable,
    /// Twenty-four or more, over ten minutes, and over two periods of the load where there is one.
    Confident,
}

/// What a series does.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Samples.
    pub n: usize,
    /// From the first to the last sample, in seconds.
    pub span_seconds: f64,
    /// The first value.
    pub first: f64,
    /// The last value.
    pub last: f64,
    /// How far the envelope rises from its first block to its last; negative when it falls.
    pub rise: f64,
    /// The rise that the series' own ups and downs can make.
    pub noise: f64,
    /// The probability of such a rise where there is none.
    pub p: f64,
    /// What the rise looks like.
    pub shape: Shape,
    /// How long it takes to repeat itself, in seconds, where it does.
    pub period_seconds: Option<f64>,
    /// Whether it repeats itself so seldom that growth is not told from load.
    pub has_few_periods: bool,
    /// The slope of the envelope per hour.
    pub per_hour: Option<Slope>,
    /// How far the data reaches.
    pub grade: Grade,
}

impl Trend {
    /// The trend of `values` over `times`, in seconds, which ascend and are as many.
    #[must_use]
    pub fn of(times: &[f64], values: &[f64]) -> Self {
        let n = values.len().min(times.len());
        let (times, values) = (&times[..n], &values[..n]);
        let (first, last) = (values.first().copied(), values.last().copied());
        let is_still = values.windows(2).all(|pair| pair[0] == pair[1]);
        let daily = if is_still { None } else { daily(times, values) };
        // Without the load of the hours, where there is one and enough days tell it.
        let rest = daily.as_ref().and_then(|it| it.rest.as_deref());
        let lower = (!is_still).then(|| envelope(times, rest.unwrap_or(values)));
        let span_seconds = times.last().zip(times.first()).map_or(0.0, |(end, start)| end - start);
        let mut trend = Trend {
            n,
            span_seconds,
            first: first.unwrap_or(0.0),
            last: last.unwrap_or(0.0),
            rise: 0.0,
            noise: 0.0,
            p: 1.0,
            shape: Shape::Flat,
            period_seconds: None,
            has_few_periods: false,
            per_hour: (is_still && n > 1).then_some(Slope { low: 0.0, mid: 0.0, high: 0.0 }),
            grade: grade(n),
        };
        let Some(lower) = lower else { return trend };
        let minima = &lower.minima;
        if let (Some(start), Some(end)) = (minima.first(), minima.last()) {
            trend.rise = end - start;
        }
        trend.noise = noise(minima);
        trend.p = p_of_rise(minima).max(daily.as_ref().map_or(0.0, |it| it.p));
        trend.shape = shape(&lower.times, minima);
        let hourly = |it: f64| it * 3600.0;
        trend.per_hour = slope(&lower.times, minima).map(|it| Slope {
            low: hourly(it.low),
            mid: hourly(it.mid),
            high: hourly(it.high),
        });
        let interval = span_seconds / n.saturating_sub(1).max(1) as f64;
        trend.period_seconds = match rest {
            Some(_) => Some(DAY),
            None => lower.period.map(|it| it as f64 * interval),
        };
        // What is left of a load that was taken out is no other one.
        let is_short = lower.is_short && rest.is_none();
        trend.has_few_periods = is_short && lower.period.is_some();
        if is_short || span_seconds < MIN_SECONDS {
            trend.grade = trend.grade.min(Grade::Probable);
        }
        trend
    }

    /// Whether it rises like a leak: a trend, of that shape, above its own noise. `is_significant`
    /// is what the test says of [`p`](Trend::p) among its family.
    #[must_use]
    pub fn is_growth(&self, is_significant: bool) -> bool {
        is_significant
            && self.grade > Grade::Insufficient
            && self.shape == Shape::Rising
            && self.rise > self.noise
    }
}

fn grade(n: usize) -> Grade {
    match n {
        0..MIN_SAMPLES => Grade::Insufficient,
        MIN_SAMPLES..12 => Grade::Possible,
        12..24 => Grade::Probable,
        _ => Grade::Confident,
    }
}

#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
