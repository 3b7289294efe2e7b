//! Growth beside the work that a program does, as the counters of its own page of metrics tell it:
//! requests, queries, messages.
//!
//! What a program never gives back grows with the *number* of operations: growth per operation is
//! constant, and that is a leak of each. What it needs for its load grows with their *rate*, and
//! falls with it: where the rate rose in the capture and the memory with it, nothing tells whether
//! it would fall. Gauges, such as open connections, are not asked: a connection that leaks raises
//! its gauge too.

use std::rc::Rc;

use super::metric::is_of_runtime;
use crate::analysis::case::Case;
use crate::analysis::finding::Evidence;
use crate::analysis::series::{Key, Series};
use crate::analysis::trend::{MIN_SAMPLES, benjamini_hochberg, block_means, explained, p_of_rise};

/// A counter explains growth that follows it to this share of its variance.
const EXPLAINS: f64 = 0.95;
/// A rate explains a level so, which has its own ups and downs.
const RATE_EXPLAINS: f64 = 0.9;
/// A counter tells more than the time does when it leaves half of what the time leaves.
const CLEARER: f64 = 0.5;
/// A rate that does not rise by this factor does not rise.
const RISES: f64 = 1.2;
/// The share of wrong ones among the rates that are said to rise.
const FALSE_DISCOVERIES: f64 = 0.05;
/// Parts of names of counters that count operations.
const OPERATIONS: &[&str] = &[
    "request",
    "quer",
    "statement",
    "transaction",
    "command",
    "operation",
    "_ops",
    "call",
    "message",
    "connection",
    "job",
];

/// What the work of a program says of a growth.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Work {
    /// The counter that the growth goes with.
    pub(super) per_operation: Option<PerOperation>,
    /// The counter whose rate rose as the growth did.
    pub(super) load: Option<Evidence>,
}

/// Growth by operation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PerOperation {
    /// The counter, from its first value to its last.
    pub(super) counter: Evidence,
    /// Growth for each operation, in the unit of what grows.
    pub(super) each: f64,
    /// Whether it goes with the operations rather than with the time.
    pub(super) is_clear: bool,
}

/// How a counter fits.
struct Fit {
    key: Key,
    name: Rc<str>,
    each: f64,
    by_count: f64,
    by_time: f64,
    /// The same of the rate, at the times between two blocks.
    rate: RateFit,
}

struct RateFit {
    by_rate: f64,
    by_count: f64,
    by_time: f64,
    p: f64,
    rises: bool,
}

/// What the counters of the page of `collector` say of the growth of `key`.
pub(super) fn of(case: &Case<'_>, key: &Key, collector: &str) -> Work {
    let Some(grown) = case.observed.series.get(key) else { return Work::default() };
    let counters = case.observed.series.iter().filter_map(|(key, series)| match key {
        Key::Counter(of, name) if &**of == collector && !is_of_runtime(name) => {
            fit(case, grown, (key, name, series))
        }
        _ => None,
    });
    let fits: Vec<Fit> = counters.collect();
    match load(case, &fits) {
        // What goes with the rate does not grow by operation.
        Some(load) => Work { load: Some(load), per_operation: None },
        None => Work { load: None, per_operation: per_operation(case, &fits) },
    }
}

fn fit(case: &Case<'_>, grown: &Series, counter: (&Key, &Rc<str>, &Series)) -> Option<Fit> {
    let (key, name, counter) = counter;
    let pairs = grown.beside(counter);
    // What falls was begun anew.
    let is_counted = pairs.windows(2).all(|it| it[1].2 >= it[0].2);
    let n = pairs.last()?.2 - pairs.first()?.2;
    if pairs.len() < MIN_SAMPLES || !is_counted || n <= 0.0 {
        return None;
    }
    let times: Vec<f64> =
        pairs.iter().filter_map(|it| case.observed.times.get(it.0).copied()).collect();
    let blocks = |of: fn(&(usize, f64, f64)) -> f64| {
        block_means(&pairs.iter().map(of).collect::<Vec<f64>>())
    };
    let (level, count, time) = (blocks(|it| it.1), blocks(|it| it.2), block_means(&times));
    let between = |of: &[f64]| of.windows(2).map(|it| f64::midpoint(it[0], it[1])).collect();
    let (levels, counts, times): (Vec<f64>, Vec<f64>, Vec<f64>) =
        (between(&level), between(&count), between(&time));
    let steps = count.windows(2).zip(time.windows(2));
    let rates: Vec<f64> =
        steps.map(|(count, time)| (count[1] - count[0]) / (time[1] - time[0])).collect();
    let rate = RateFit {
        by_rate: explained(&rates, &levels),
        by_count: explained(&counts, &levels),
        by_time: explained(&times, &levels),
        p: p_of_rise(&rates),
        rises: rates.last()? > &(RISES * rates.first()?),
    };
    Some(Fit {
        key: key.clone(),
        name: Rc::clone(name),
        each: (level.last()? - level.first()?) / (count.last()? - count.first()?),
        by_count: explained(&count, &level),
        by_time: explained(&time, &level),
        rate,
    })
}

/// The counter that the growth goes with: of those that count operations the best, or any that
/// tells more than the time does.
fn per_operation(case: &Case<'_>, fits: &[Fit]) -> Option<PerOperation> {
    let is_clear = |it: &Fit| 1.0 - it.by_count < CLEARER * (1.0 - it.by_time);
    let is_operation = |it: &Fit| OPERATIONS.iter().any(|part| it.name.contains(part));
    let fitting = fits.iter().filter(|it| it.by_count >= EXPLAINS && it.each.is_finite());
    let told = fitting.filter(|it| is_operation(it) || is_clear(it));
    let best = told.max_by(|one, other| {
        let of = |it: &Fit| (is_operation(it), it.by_count);
        let (one, other) = (of(one), of(other));
        one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
    })?;
    Some(PerOperation {
        counter: case.observed.fact(&best.key)?,
        each: best.each,
        is_clear: is_clear(best),
    })
}

/// The counter whose rate rose, and explains the growth better than its own number and no worse
/// than the time does.
fn load(case: &Case<'_>, fits: &[Fit]) -> Option<Evidence> {
    let p: Vec<f64> = fits.iter().map(|it| it.rate.p).collect();
    let rising = benjamini_hochberg(&p, FALSE_DISCOVERIES);
    let explains = |it: &RateFit| {
        it.rises
            && it.by_rate >= RATE_EXPLAINS
            && it.by_rate > it.by_count
            && it.by_rate + 1e-9 >= it.by_time
    };
    let loads = fits.iter().zip(rising).filter(|(it, rises)| *rises && explains(&it.rate));
    let (best, _) =
        loads.max_by(|one, other| one.0.rate.by_rate.total_cmp(&other.0.rate.by_rate))?;
    case.observed.fact(&best.key)
}
