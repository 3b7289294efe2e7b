//! The slope of Theil and Sen (Theil 1950, Sen 1968): the median of the slopes between all pairs,
//! with the interval that their ranks give. One wild value moves neither.

use super::kendall::{ties, variance};

/// The two-sided 95 % point of the normal distribution.
const Z_95: f64 = 1.959_964;

/// A slope, in units of the values per unit of time, and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// The lower end.
    pub low: f64,
    /// The median.
    pub mid: f64,
    /// The upper end.
    pub high: f64,
}

/// The slope of `values` over `times`, which ascend and are as many; `None` below two different
/// times. The work grows with the square of their number.
#[must_use]
pub fn slope(times: &[f64], values: &[f64]) -> Option<Slope> {
    let mut slopes = Vec::with_capacity(times.len() * times.len().saturating_sub(1) / 2);
    for (at, (time, value)) in times.iter().zip(values).enumerate() {
        for (later, last) in times[at + 1..].iter().zip(&values[at + 1..]) {
            let span = later - time;
            if span > 0.0 {
                slopes.push((last - value) / span);
            }
        }
    }
    slopes.sort_by(f64::total_cmp);
    let mid = median_of_sorted(&slopes)?;
    // Gilbert 1987, 16.4.2: the ranks around the middle that the variance of the score spans.
    let spread = Z_95 * variance(values.len(), &ties(values)).max(0.0).sqrt();
    let n = slopes.len() as f64;
    let at_rank = |rank: f64| {
        let rank = rank.round().clamp(0.0, n - 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the positions there are"
        )]
        let at = rank as usize;
        slopes[at]
    };
    Some(Slope { low: at_rank((n - spread) / 2.0 - 1.0), mid, high: at_rank((n + spread) / 2.0) })
}

/// The median of values that ascend; the mean of the middle two of an even number.
pub(super) fn median_of_sorted(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted {
        [] => None,
        _ if sorted.len() % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// The median of values in any order.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    median_of_sorted(&sorted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], expected: Option<(f64, f64, f64)>) {
        let times: Vec<f64> = (0_u32..).take(values.len()).map(f64::from).collect();
        let found = slope(&times, values).map(|it| (it.low, it.mid, it.high));
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_has_its_slope_and_no_doubt() {
        check(&[1.0, 3.0, 5.0, 7.0, 9.0, 11.0], Some((2.0, 2.0, 2.0)));
    }

    #[test]
    fn one_wild_value_does_not_move_the_middle() {
        let mut values: Vec<f64> = (0..12).map(f64::from).collect();
        values[5] = 1e9;
        let times: Vec<f64> = (0..12).map(f64::from).collect();
        let found = slope(&times, &values).expect("a slope");
        assert_eq!(found.mid, 1.0);
        assert!(found.low <= 1.0 && found.high >= 1.0, "{found:?}");
    }

    #[test]
    fn one_moment_has_no_slope() {
        check(&[5.0], None);
        assert_eq!(slope(&[3.0, 3.0], &[1.0, 2.0]), None);
    }

    /// Worked by hand: the six slopes are 1, 1.5, 2, 2, 2 and 3.
    #[test]
    fn the_median_of_an_even_number_is_between() {
        check(&[0.0, 2.0, 3.0, 6.0], Some((1.0, 2.0, 3.0)));
    }
}
