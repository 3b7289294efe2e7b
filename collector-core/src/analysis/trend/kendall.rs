//! The Mann-Kendall test for a rise (Mann 1945, Kendall 1975): how likely is an order as
//! ascending as this, if every order were equally likely.
//!
//! Exact as long as the table is small, ties included; the normal approximation beyond. What may
//! follow from a small probability is not said here: warm-up and steps have small ones too.

/// Most values for which the probability is exact.
const MAX_EXACT: usize = 60;

/// The probability of at least as many ascending pairs as in `values`, when their order says
/// nothing: one-sided, against the alternative that they rise. 1 for fewer than two values.
#[must_use]
pub fn p_of_rise(values: &[f64]) -> f64 {
    let (n_up, n_down) = pairs(values);
    let ties = ties(values);
    if n_up + n_down == 0 {
        1.0
    } else if values.len() <= MAX_EXACT {
        let descending = distribution_of_descents(&ties);
        descending[..=n_down].iter().sum::<f64>().min(1.0)
    } else {
        let score = n_up as f64 - n_down as f64;
        // Continuity: the score changes in steps of two.
        normal_tail((score - 1.0) / variance(values.len(), &ties).sqrt())
    }
}

/// The score of Kendall: ascending pairs less descending ones.
#[must_use]
pub(super) fn score(values: &[f64]) -> f64 {
    let (n_up, n_down) = pairs(values);
    n_up as f64 - n_down as f64
}

/// The pairs that ascend, and those that descend.
fn pairs(values: &[f64]) -> (usize, usize) {
    let (mut n_up, mut n_down) = (0, 0);
    for (at, value) in values.iter().enumerate() {
        for later in &values[at + 1..] {
            n_up += usize::from(later > value);
            n_down += usize::from(later < value);
        }
    }
    (n_up, n_down)
}

/// How often each distinct value stands in `values`.
pub(super) fn ties(values: &[f64]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|one, next| one == next).map(<[f64]>::len).collect()
}

/// The variance of the score (ascending less descending pairs) of `n` values in an order that says
/// nothing, where `ties` are the sizes of the groups of equal ones (Kendall 1975).
pub(super) fn variance(n: usize, ties: &[usize]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    (term(n as f64) - ties.iter().map(|t| term(*t as f64)).sum::<f64>()) / 18.0
}

/// The probability of each number of descending pairs, over all orders of a multiset whose groups
/// of equal values have these sizes.
///
/// Group by group: the descents that the next larger group adds depend only on how it is mixed
/// among the smaller ones, which is the distribution of Mann and Whitney's U.
fn distribution_of_descents(groups: &[usize]) -> Vec<f64> {
    let mut all = vec![1.0];
    let mut n_smaller = 0;
    for group in groups {
        if n_smaller > 0 {
            all = convolved(&all, &mixing(n_smaller, *group));
        }
        n_smaller += group;
    }
    all
}

/// The distribution of U for groups of `m` and `n`: P(u) for u from 0 to m n. The last of all
/// values is of the one group or the other.
fn mixing(m: usize, n: usize) -> Vec<f64> {
    let mut rows: Vec<Vec<f64>> = vec![vec![1.0]; n + 1];
    for i in 1..=m {
        for j in 1..=n {
            let mut next = vec![0.0; i * j + 1];
            let (share_i, share_j) = (i as f64 / (i + j) as f64, j as f64 / (i + j) as f64);
            // `rows[j]` is still the one of i - 1.
            rows[j].iter().enumerate().for_each(|(u, p)| next[u + j] += share_i * p);
            rows[j - 1].iter().enumerate().for_each(|(u, p)| next[u] += share_j * p);
            rows[j] = next;
        }
    }
    rows.swap_remove(n)
}

fn convolved(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; one.len() + other.len() - 1];
    for (i, p) in one.iter().enumerate() {
        other.iter().enumerate().for_each(|(j, q)| sum[i + j] += p * q);
    }
    sum
}

/// The probability that a standard normal value is above `z`, to seven digits (Abramowitz and
/// Stegun 1964, 7.1.26, for its error function).
pub(super) fn normal_tail(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let polynomial = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .into_iter()
        .fold(0.0, |sum, coefficient| (sum + coefficient) * t);
    let above = 0.5 * polynomial * (-x * x).exp();
    if z >= 0.0 { above } else { 1.0 - above }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], expected: f64) {
        let p = p_of_rise(values);
        assert!((p - expected).abs() < 1e-9, "{values:?}: {p} instead of {expected}");
    }

    #[test]
    fn a_perfect_rise_is_one_order_of_all() {
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], 1.0 / 120.0);
        check(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 1.0 / 40_320.0);
    }

    #[test]
    fn a_fall_is_no_rise() {
        check(&[3.0, 2.0, 1.0], 1.0);
        check(&[1.0, 1.0, 1.0], 1.0);
        check(&[], 1.0);
    }

    /// Of the table in Gilbert 1987 (A18): n = 10, S = 21 has the probability 0.036.
    #[test]
    fn the_published_table_is_met() {
        let mut values: Vec<f64> = (0..10).map(f64::from).collect();
        // Twelve descending pairs of 45: a score of 21.
        values[0..5].reverse();
        values.swap(6, 7);
        values.swap(8, 9);
        let p = p_of_rise(&values);
        let down = descents(&values);
        assert_eq!(45 - 2 * down, 21, "{values:?}");
        assert!((p - 0.036).abs() < 5e-4, "{p}");
    }

    fn descents(values: &[f64]) -> usize {
        let pairs = values
            .iter()
            .enumerate()
            .flat_map(|(at, it)| values[at + 1..].iter().map(move |later| usize::from(later < it)));
        pairs.sum()
    }

    /// Every order of a small multiset, counted one by one.
    #[test]
    fn ties_are_exact_too() {
        let multiset = [1.0, 1.0, 2.0, 3.0, 3.0, 3.0];
        let mut counts = [0_usize; 16];
        let mut n_orders = 0;
        permute(&mut multiset.to_vec(), 0, &mut |order| {
            counts[descents(order)] += 1;
            n_orders += 1;
        });
        let found = distribution_of_descents(&[2, 1, 3]);
        for (down, p) in found.iter().enumerate() {
            let expected = counts[down] as f64 / f64::from(n_orders);
            assert!((p - expected).abs() < 1e-12, "{down}: {p} instead of {expected}");
        }
    }

    fn permute(values: &mut Vec<f64>, at: usize, visit: &mut dyn FnMut(&[f64])) {
        if at == values.len() {
            return visit(values);
        }
        for other in at..values.len() {
            values.swap(at, other);
            permute(values, at + 1, visit);
            values.swap(at, other);
        }
    }

    #[test]
    fn the_approximation_takes_over_where_the_table_ends() {
        let noisy = |n: u32| -> Vec<f64> {
            (0..n).map(|i| f64::from(i * 7919 % 101) + f64::from(i) * 0.2).collect()
        };
        let exact = noisy(60);
        let descending = distribution_of_descents(&ties(&exact));
        let p = descending[..=descents(&exact)].iter().sum::<f64>();
        let n_pairs = 60 * 59 / 2;
        let score = f64::from(n_pairs) - 2.0 * descents(&exact) as f64;
        let near = normal_tail((score - 1.0) / variance(60, &ties(&exact)).sqrt());
        assert!((p - near).abs() < 0.01, "{p} and {near}");
    }
}
