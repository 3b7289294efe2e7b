//! The lower envelope of a series: what is left when load and garbage collection have come and
//! gone. The minimum of each block, where a block is one period of the series if it has one.

use super::sen::slope;

/// Fewer blocks than this say little.
pub const MIN_BLOCKS: usize = 6;
/// Values that are looked at for a slope and a period; of longer series, evenly spread ones.
const MAX_VALUES: usize = 128;
/// The least correlation that makes a period.
const MIN_CORRELATION: f64 = 0.3;

/// The minima of a series, block by block.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Envelope {
    /// When each minimum was.
    pub(super) times: Vec<f64>,
    /// The minima.
    pub(super) minima: Vec<f64>,
    /// Values per period, if the series has one.
    pub(super) period: Option<usize>,
    /// Whether the period leaves so few blocks that shorter ones were taken: some of them may hold
    /// a high phase only.
    pub(super) is_short: bool,
}

/// The envelope of `values` over `times`, which ascend and are as many.
#[must_use]
pub(super) fn envelope(times: &[f64], values: &[f64]) -> Envelope {
    let n = values.len();
    let period = period(times, values);
    let length = period.unwrap_or(n / 12).max(1);
    let is_short = n / length < MIN_BLOCKS;
    let n_blocks = n / if is_short { (n / 8).max(1) } else { length };
    let lowest = |block: usize| {
        let range = block * n / n_blocks..(block + 1) * n / n_blocks;
        range.min_by(|one, other| values[*one].total_cmp(&values[*other]))
    };
    let at: Vec<usize> = (0..n_blocks).filter_map(lowest).collect();
    Envelope {
        times: at.iter().map(|at| times[*at]).collect(),
        minima: at.iter().map(|at| values[*at]).collect(),
        period,
        is_short,
    }
}

/// How many values a period of the series has: the lag of the first peak of the autocorrelation of
/// what is left without the slope, between 3 values and a third of the series.
fn period(times: &[f64], values: &[f64]) -> Option<usize> {
    let every = values.len().div_ceil(MAX_VALUES).max(1);
    let thin = |all: &[f64]| all.iter().step_by(every).copied().collect::<Vec<f64>>();
    let (times, values) = (thin(times), thin(values));
    let n = values.len();
    let steepness = slope(&times, &values)?.mid;
    let level = |(time, value): (&f64, &f64)| value - steepness * time;
    let rest: Vec<f64> = times.iter().zip(&values).map(level).collect();
    let mean = rest.iter().sum::<f64>() / n as f64;
    let rest: Vec<f64> = rest.iter().map(|it| it - mean).collect();
    let power: f64 = rest.iter().map(|it| it * it).sum();
    if power <= f64::EPSILON * values.iter().map(|it| it * it).sum::<f64>() {
        return None;
    }
    let correlation =
        |lag: usize| rest.iter().zip(&rest[lag..]).map(|(one, it)| one * it).sum::<f64>() / power;
    let least = MIN_CORRELATION.max(1.96 / (n as f64).sqrt());
    let is_peak = |lag: &usize| {
        let here = correlation(*lag);
        here > least && here >= correlation(lag - 1) && here >= correlation(lag + 1)
    };
    (3..=n / 3).find(is_peak).map(|lag| lag * every)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], period: Option<usize>, n_blocks: usize) -> Envelope {
        let times: Vec<f64> = (0_u32..).take(values.len()).map(f64::from).collect();
        let found = envelope(&times, values);
        assert_eq!((found.period, found.minima.len()), (period, n_blocks), "{found:?}");
        found
    }

    #[test]
    fn a_line_is_cut_into_twelve() {
        check(&(0..96).map(f64::from).collect::<Vec<_>>(), None, 12);
        check(&(0..8).map(f64::from).collect::<Vec<_>>(), None, 8);
    }

    /// Garbage collection: up for eight samples, then down to a level that rises by one.
    #[test]
    fn a_saw_has_its_teeth_as_blocks_and_their_feet_as_minima() {
        let saw: Vec<f64> = (0..64).map(|i| f64::from(i / 8) + f64::from(i % 8) * 10.0).collect();
        let found = check(&saw, Some(8), 8);
        assert_eq!(found.minima, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    }

    #[test]
    fn few_periods_are_cut_into_eight_and_told() {
        let wave = |i: u32| (f64::from(i) * std::f64::consts::TAU / 32.0).sin();
        let found = check(&(0..96).map(wave).collect::<Vec<_>>(), Some(32), 8);
        assert!(found.is_short);
    }

    #[test]
    fn what_stands_still_has_no_period() {
        check(&[7.0; 24], None, 12);
    }
}
