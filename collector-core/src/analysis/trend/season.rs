//! Load by the day: what a series does beyond what it does at the same hour of every day.
//!
//! The test is that of Hirsch, Slack and Smith 1982: Mann-Kendall for each hour by itself over the
//! days, and the sum of the scores against the sum of their variances. That hours beside each other
//! go together is not in it, so it only ever refuses: its probability counts where it is larger
//! than that of the whole series.

use super::kendall::{normal_tail, score, ties, variance};
use super::sen::{median, slope};

/// A day, in seconds.
pub(super) const DAY: f64 = 86_400.0;
const HOUR: f64 = 3600.0;
/// Days that make a comparison of hours.
const MIN_DAYS: usize = 3;
/// Days of the longest capture.
const MAX_DAYS: f64 = 10_000.0;
/// Hours of the day that must have so many days.
const MIN_HOURS: usize = 12;
/// Values that are looked at for a slope; of longer series, evenly spread ones.
const MAX_VALUES: usize = 96;
/// Hours explain this share of the ups and downs, or there is no daily load.
const SHARE: f64 = 0.5;

/// A series of several days.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Daily {
    /// The probability of such a rise from day to day at the same hours, where there is none.
    pub(super) p: f64,
    /// The values without the load of their hours; `None`: there is no daily load.
    pub(super) rest: Option<Vec<f64>>,
}

/// `values` over `times`, in seconds, by the hour; `None` for less than three days.
#[must_use]
pub(super) fn daily(times: &[f64], values: &[f64]) -> Option<Daily> {
    let (first, last) = (*times.first()?, *times.last()?);
    let interval = (last - first) / times.len().saturating_sub(1).max(1) as f64;
    if last - first + interval < MIN_DAYS as f64 * DAY {
        return None;
    }
    // No capture is so long; a bundle may say so.
    if last - first > MAX_DAYS * DAY {
        return None;
    }
    let hour_of = |time: f64| whole((time - first).rem_euclid(DAY) / HOUR).min(23);
    let day_of = |time: f64| whole((time - first) / DAY);
    let means = |values: &[f64]| -> Vec<Vec<f64>> {
        let mut sums = vec![vec![(0.0, 0.0); day_of(last) + 1]; 24];
        for (time, value) in times.iter().zip(values) {
            let (sum, n) = &mut sums[hour_of(*time)][day_of(*time)];
            *sum += value;
            *n += 1.0;
        }
        let days = |days: Vec<(f64, f64)>| -> Vec<f64> {
            days.into_iter().filter(|(_, n)| *n > 0.0).map(|(sum, n)| sum / n).collect()
        };
        sums.into_iter().map(days).collect()
    };
    let hours = means(values);
    let compared: Vec<&Vec<f64>> = hours.iter().filter(|it| it.len() >= MIN_DAYS).collect();
    if compared.len() < MIN_HOURS {
        return None;
    }
    let total: f64 = compared.iter().map(|it| score(it)).sum();
    let spread: f64 = compared.iter().map(|it| variance(it.len(), &ties(it))).sum();
    let p = if spread > 0.0 { normal_tail((total - 1.0) / spread.sqrt()) } else { 1.0 };
    // The load of an hour is what it usually has beside the line through all.
    let thinned = thin(times, values);
    let steepness = slope(&thinned.0, &thinned.1)?.mid;
    let level: Vec<f64> =
        times.iter().zip(values).map(|(time, value)| value - steepness * (time - first)).collect();
    let by_hour = means(&level);
    let loads: Vec<f64> = by_hour.iter().map(|it| median(it).unwrap_or(0.0)).collect();
    let middle = loads.iter().sum::<f64>() / 24.0;
    let cells =
        by_hour.iter().zip(&loads).flat_map(|(days, load)| days.iter().map(move |it| (it, load)));
    let (mut all, mut left) = (0.0, 0.0);
    let mean = level.iter().sum::<f64>() / level.len() as f64;
    for (value, load) in cells {
        all += (value - mean).powi(2);
        left += (value - load).powi(2);
    }
    let is_daily = all > 0.0 && left < (1.0 - SHARE) * all;
    let rest = is_daily.then(|| {
        let load = |time: &f64| loads[hour_of(*time)] - middle;
        times.iter().zip(values).map(|(time, value)| value - load(time)).collect()
    });
    Some(Daily { p, rest })
}

/// Evenly spread ones of many values: the slope takes the square of their number.
fn thin(times: &[f64], values: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let every = values.len().div_ceil(MAX_VALUES).max(1);
    let of = |all: &[f64]| all.iter().step_by(every).copied().collect();
    (of(times), of(values))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "hours and days of a capture, from its first sample"
)]
fn whole(value: f64) -> usize {
    value.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hourly(days: u32, value: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
        let times: Vec<f64> = (0..24 * days).map(|at| f64::from(at) * HOUR).collect();
        let values = times.iter().map(|at| value(*at / DAY)).collect();
        (times, values)
    }

    #[test]
    fn less_than_three_days_say_nothing_of_hours() {
        let (times, values) = hourly(2, |day| day);
        assert_eq!(daily(&times, &values), None);
        assert_eq!(daily(&[], &[]), None);
    }

    /// Worked by hand: 24 hours of three days, each with a score of 3 and a variance of 11/3.
    #[test]
    fn a_rise_at_every_hour_is_one() {
        let (times, values) = hourly(3, |day| day);
        let found = daily(&times, &values).expect("three days");
        let z = (72.0 - 1.0) / (24.0_f64 * 11.0 / 3.0).sqrt();
        assert_eq!(found.p, normal_tail(z));
        assert_eq!(found.rest, None, "a line has no hours");
    }

    #[test]
    fn load_of_the_day_is_no_rise_and_can_be_taken_out() {
        let load = |day: f64| (10.0 * (day * std::f64::consts::TAU).sin()).round();
        let (times, values) = hourly(4, load);
        let found = daily(&times, &values).expect("four days");
        assert_eq!(found.p, 1.0);
        let rest = found.rest.expect("a daily load");
        let (low, high) =
            rest.iter().fold((0.0_f64, 0.0_f64), |it, at| (it.0.min(*at), it.1.max(*at)));
        assert!(high - low < 1.0, "{low} to {high}");
    }
}
