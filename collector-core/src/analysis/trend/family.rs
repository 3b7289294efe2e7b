//! Many tests at once: which of their small probabilities still mean something.

/// Which of the hypotheses with these probabilities are refused, when among all that are refused
/// a share of at most `q` may be wrong (Benjamini and Hochberg 1995).
#[must_use]
pub fn benjamini_hochberg(probabilities: &[f64], q: f64) -> Vec<bool> {
    let n = probabilities.len() as f64;
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|one, other| probabilities[*one].total_cmp(&probabilities[*other]));
    let passes = |(rank, at): (usize, &usize)| probabilities[*at] <= (rank + 1) as f64 / n * q;
    let n_refused = order.iter().enumerate().rposition(passes).map_or(0, |last| last + 1);
    let mut refused = vec![false; probabilities.len()];
    order[..n_refused].iter().for_each(|at| refused[*at] = true);
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifteen probabilities of the example in Benjamini and Hochberg 1995, section 3.2: four
    /// are refused at 0.05.
    #[test]
    fn the_example_of_the_authors() {
        let given = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0000,
        ];
        let refused = benjamini_hochberg(&given, 0.05);
        assert_eq!(refused.iter().filter(|it| **it).count(), 4);
        assert!(refused[..4].iter().all(|it| *it));
    }

    #[test]
    fn one_perfect_series_among_two_thousand_needs_eight_samples() {
        let alone = |p: f64| {
            let mut family = vec![0.5; 2000];
            family[7] = p;
            benjamini_hochberg(&family, 0.05)[7]
        };
        assert!(!alone(1.0 / 5040.0), "seven values in order");
        assert!(alone(1.0 / 40_320.0), "eight values in order");
    }

    #[test]
    fn nothing_is_asked_and_nothing_answered() {
        assert!(benjamini_hochberg(&[], 0.05).is_empty());
    }
}
