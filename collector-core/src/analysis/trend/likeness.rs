//! How far one series goes with another: the share of its variance that a straight line of the other
//! explains.

/// Blocks that are compared; what is shorter is compared value by value.
const BLOCKS: usize = 12;

/// The means of consecutive blocks of `values`.
#[must_use]
pub fn block_means(values: &[f64]) -> Vec<f64> {
    let n = values.len().min(BLOCKS);
    let range = |block: usize| block * values.len() / n..(block + 1) * values.len() / n;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    (0..n).map(|block| mean(&values[range(block)])).collect()
}

/// The share of the variance of `values` that a line over `by`, which are as many, explains, where
/// it ascends: 0 to 1.
#[must_use]
pub fn explained(by: &[f64], values: &[f64]) -> f64 {
    let n = by.len().min(values.len()) as f64;
    let (mean_x, mean_y) = (by.iter().sum::<f64>() / n, values.iter().sum::<f64>() / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in by.iter().zip(values) {
        let (x, y) = (x - mean_x, y - mean_y);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    if xx > 0.0 && yy > 0.0 && xy > 0.0 { (xy * xy / (xx * yy)).min(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_explains_itself_and_a_fall_nothing() {
        let line = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(explained(&line, &[10.0, 30.0, 50.0, 70.0]), 1.0);
        assert_eq!(explained(&line, &[4.0, 3.0, 2.0, 1.0]), 0.0);
        assert_eq!(explained(&line, &[5.0; 4]), 0.0);
        assert_eq!(explained(&[], &[]), 0.0);
    }

    /// Worked by hand: the deviations are -1.5 -0.5 0.5 1.5 and -2 0 1 1; xy 5, xx 5, yy 6.
    #[test]
    fn the_share_is_that_of_the_variance() {
        assert!(
            (explained(&[1.0, 2.0, 3.0, 4.0], &[0.0, 2.0, 3.0, 3.0]) - 5.0 / 6.0).abs() < 1e-12
        );
    }

    #[test]
    fn blocks_are_twelve_or_single_values() {
        let values: Vec<f64> = (0..24).map(f64::from).collect();
        assert_eq!(block_means(&values)[..3], [0.5, 2.5, 4.5]);
        assert_eq!(block_means(&values[..5]), values[..5]);
        assert!(block_means(&[]).is_empty());
    }
}
