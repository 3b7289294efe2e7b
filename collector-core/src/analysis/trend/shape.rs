//! The shape of a rise: a leak goes on, while a start, a warm-up and a passing load end.
//!
//! A trend test cannot tell these apart; this can, on the envelope of a series.

use super::sen::median;

/// What an envelope looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// It does not rise.
    Flat,
    /// Most of the rise is one jump.
    Step {
        /// The first time at the new level.
        at: f64,
    },
    /// It has come down again.
    WentAway,
    /// It rises ever more slowly: a cache that fills, a program that warms up.
    Decelerating,
    /// It goes on rising.
    Rising,
}

/// A jump above this share of the range is a step.
const STEP_SHARE: f64 = 0.6;
/// A last third that rises by less than this share of the second's rise is a deceleration.
const SLOWER_SHARE: f64 = 0.5;
/// An end that is lower than the highest by more than this share of the rise has gone away.
const AWAY_SHARE: f64 = 0.25;

/// The shape of an envelope; the gates are asked in the order of [`Shape`].
#[must_use]
pub(super) fn shape(times: &[f64], minima: &[f64]) -> Shape {
    let (Some(first), Some(last)) = (minima.first(), minima.last()) else { return Shape::Flat };
    let lowest = minima.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = minima.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if last <= first || highest <= lowest {
        return Shape::Flat;
    }
    let jumps = minima.windows(2).map(|pair| pair[1] - pair[0]).enumerate();
    let largest = jumps.max_by(|one, other| one.1.total_cmp(&other.1));
    if let Some((at, jump)) = largest
        && jump > STEP_SHARE * (highest - lowest)
    {
        return Shape::Step { at: times[at + 1] };
    }
    if highest - last > AWAY_SHARE * (highest - lowest) {
        return Shape::WentAway;
    }
    let third = minima.len() / 3;
    let (start, end) = (&minima[..third], &minima[minima.len() - third..]);
    let middle = &minima[third..minima.len() - third];
    if let (Some(a), Some(b), Some(c)) = (median(start), median(middle), median(end))
        && c - b < SLOWER_SHARE * (b - a)
    {
        return Shape::Decelerating;
    }
    Shape::Rising
}

/// How much of a rise the ups and downs between blocks can make by themselves: three deviations,
/// estimated by the median, so that the rise itself does not count.
#[must_use]
pub(super) fn noise(minima: &[f64]) -> f64 {
    let increments: Vec<f64> = minima.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let Some(middle) = median(&increments) else { return f64::INFINITY };
    let distances: Vec<f64> = increments.iter().map(|it| (it - middle).abs()).collect();
    // 1.4826 makes a deviation of a median distance, the root one value's of a difference's.
    3.0 * 1.4826 * median(&distances).unwrap_or(f64::INFINITY) / std::f64::consts::SQRT_2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(minima: &[f64], expected: Shape) {
        let times: Vec<f64> = (0_u32..).take(minima.len()).map(f64::from).collect();
        assert_eq!(shape(&times, minima), expected, "{minima:?}");
    }

    #[test]
    fn what_goes_on_is_rising() {
        check(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], Shape::Rising);
        // It starts half-way.
        check(&[0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0], Shape::Rising);
    }

    #[test]
    fn one_jump_is_a_step_with_its_time() {
        check(&[0.0, 0.1, 0.0, 9.0, 9.1, 9.0, 9.2, 9.1], Shape::Step { at: 3.0 });
    }

    #[test]
    fn a_cache_that_fills_decelerates() {
        let warm = |i: u32| 1.0 - (-f64::from(i) / 4.0).exp();
        check(&(0..12).map(warm).collect::<Vec<_>>(), Shape::Decelerating);
    }

    #[test]
    fn what_comes_down_again_went_away() {
        check(&[0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 9.9, 7.0], Shape::WentAway);
    }

    #[test]
    fn what_falls_or_stands_is_flat() {
        check(&[5.0, 4.0, 3.0], Shape::Flat);
        check(&[5.0, 5.0, 5.0], Shape::Flat);
        check(&[], Shape::Flat);
    }

    #[test]
    fn a_line_has_no_noise_and_a_wavering_one_has() {
        assert_eq!(noise(&[0.0, 2.0, 4.0, 6.0]), 0.0);
        assert!(noise(&[0.0, 5.0, 1.0, 6.0, 2.0]) > 10.0);
    }
}
