//! When growth began: one break in a line that is flat before and straight after. It dates a growth
//! that was found by other means, and decides nothing: in noise there are breaks everywhere.

/// Breaks that are tried.
const MAX_BREAKS: usize = 128;
/// A break that leaves more than this share of the error of a line without one is none.
const BETTER: f64 = 0.5;
/// What begins before this share of the capture has passed may have begun before it.
const AT_ONCE: f64 = 0.1;

/// The last value before the growth of `values` over `times`, which ascend and are as many. `None`:
/// it was there from the start, or no break fits clearly better than a line.
#[must_use]
pub fn onset(times: &[f64], values: &[f64]) -> Option<usize> {
    let n = times.len().min(values.len());
    let (first, last) = (*times.first()?, *times.get(n.checked_sub(1)?)?);
    let is_late = |at: &usize| times[*at] - first >= AT_ONCE * (last - first);
    let every = n.div_ceil(MAX_BREAKS).max(1);
    // Three values make a line that is not one by chance.
    let breaks = (1..n.saturating_sub(2)).step_by(every).filter(is_late);
    let tried = breaks.filter_map(|at| Some((at, error(times, values, times[at])?)));
    let (at, least) = tried.min_by(|one, other| one.1.total_cmp(&other.1))?;
    let scale = values.iter().map(|it| it.abs()).fold(0.0, f64::max);
    let straight = error(times, values, first)?;
    // What a straight line meets to the last bits is straight.
    let is_straight = straight <= n as f64 * (scale * 1e-9).powi(2);
    (!is_straight && least < BETTER * straight).then_some(at)
}

/// The sample before which the largest of the jumps in `values` came.
#[must_use]
pub fn largest_jump(values: &[f64]) -> Option<usize> {
    let jumps = values.windows(2).map(|pair| pair[1] - pair[0]).enumerate();
    jumps.max_by(|one, other| one.1.total_cmp(&other.1)).map(|(at, _)| at + 1)
}

/// The sum of squares that is left by the best line that is flat until `start`; `None` where it
/// falls.
fn error(times: &[f64], values: &[f64], start: f64) -> Option<f64> {
    let after = |time: &f64| (time - start).max(0.0);
    let n = times.len() as f64;
    let mean_x = times.iter().map(after).sum::<f64>() / n;
    let mean_y = values.iter().sum::<f64>() / n;
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (time, value) in times.iter().zip(values) {
        let (x, y) = (after(time) - mean_x, value - mean_y);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    (xx > 0.0 && xy > 0.0).then(|| (yy - xy * xy / xx).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: impl Fn(f64) -> f64, expected: Option<usize>) {
        let times: Vec<f64> = (0..40).map(f64::from).collect();
        let values: Vec<f64> = times.iter().map(|at| values(*at)).collect();
        assert_eq!(onset(&times, &values), expected);
    }

    #[test]
    fn what_begins_in_the_middle_is_dated_by_its_last_flat_value() {
        check(|at| 100.0 + 3.0 * (at - 17.0).max(0.0), Some(17));
        // Under ups and downs of a third of what comes in a step.
        check(|at| 3.0 * (at - 17.0).max(0.0) + (at * 7919.0 % 3.0) / 3.0, Some(17));
    }

    #[test]
    fn what_was_there_from_the_start_has_no_date() {
        check(|at| 5.0 * at, None);
        check(|at| 5.0 * at + at * 7919.0 % 5.0, None);
        check(|_| 7.0, None);
        check(|at| -at, None);
        assert_eq!(onset(&[], &[]), None);
        assert_eq!(onset(&[1.0, 2.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn a_jump_is_before_the_first_value_at_its_height() {
        assert_eq!(largest_jump(&[1.0, 2.0, 9.0, 9.5]), Some(2));
        assert_eq!(largest_jump(&[1.0]), None);
    }
}
