//! The method against made series, as the reference measured it: hundreds of simulations a cell,
//! and how many of them are called growth.

use super::testing::Random;
use super::*;

/// The share of `RUNS` series of `n` values, made by `make` of the position (0 to 1) and noise,
/// that is called growth.
fn share_called_growth(n: usize, make: impl Fn(f64, &mut Random) -> f64) -> f64 {
    const RUNS: u32 = 400;
    let mut random = Random::new();
    let times: Vec<f64> = (0..n).map(|i| i as f64 * 10.0).collect();
    let called = (0..RUNS).filter(|_| {
        let values: Vec<f64> =
            (0..n).map(|i| make(i as f64 / (n - 1) as f64, &mut random)).collect();
        let trend = Trend::of(&times, &values);
        trend.is_growth(trend.p <= ALPHA)
    });
    called.count() as f64 / f64::from(RUNS)
}

#[track_caller]
fn check(bounds: [(usize, f64, f64); 2], make: impl Fn(f64, &mut Random) -> f64) {
    for (n, least, most) in bounds {
        let share = share_called_growth(n, &make);
        assert!((least..=most).contains(&share), "{n} values: {share} of the runs");
    }
}

#[test]
fn noise_is_no_growth() {
    check([(24, 0.0, 0.01), (96, 0.0, 0.01)], |_, random| random.normal());
}

#[test]
fn a_warm_up_is_no_growth() {
    let tau = 1.0 / 6.0;
    check([(24, 0.0, 0.01), (96, 0.0, 0.01)], |at, random| {
        20.0 * (1.0 - (-at / tau).exp()) + random.normal()
    });
}

/// The hardest of the warm-ups: after three time constants it still rises. With twice this noise
/// one in ten short series is called growth: the thirds cannot be told apart any more.
#[test]
fn a_slow_warm_up_is_hardly_ever_growth() {
    check([(24, 0.0, 0.05), (96, 0.0, 0.05)], |at, random| {
        20.0 * (1.0 - (-at * 3.0).exp()) + 0.5 * random.normal()
    });
}

#[test]
fn a_step_is_no_growth() {
    check([(24, 0.0, 0.02), (96, 0.0, 0.02)], |at, random| {
        if at > 0.5 { 10.0 + random.normal() } else { random.normal() }
    });
}

#[test]
fn garbage_collection_is_no_growth() {
    check([(24, 0.0, 0.01), (96, 0.0, 0.01)], |at, random| {
        10.0 * (at * 3.0).fract() + 0.1 * random.normal()
    });
}

#[test]
fn a_clear_leak_is_growth() {
    check([(24, 0.97, 1.0), (96, 0.97, 1.0)], |at, random| 20.0 * at + random.normal());
}

#[test]
fn a_leak_under_garbage_collection_is_growth() {
    check([(24, 0.8, 1.0), (96, 0.9, 1.0)], |at, random| {
        10.0 * at + 5.0 * (at * 8.0).fract() + 0.2 * random.normal()
    });
}

#[test]
fn a_leak_that_starts_half_way_is_growth() {
    check([(24, 0.85, 1.0), (96, 0.9, 1.0)], |at, random| {
        20.0 * (at - 0.5).max(0.0) + 0.5 * random.normal()
    });
}

#[test]
fn few_samples_say_nothing_and_more_say_more() {
    let of = |n: u32| {
        let times: Vec<f64> = (0..n).map(|at| 60.0 * f64::from(at)).collect();
        Trend::of(&times, &times).grade
    };
    assert_eq!(
        [7, 8, 12, 24].map(of),
        [Grade::Insufficient, Grade::Possible, Grade::Probable, Grade::Confident]
    );
    let seconds: Vec<f64> = (0..96).map(f64::from).collect();
    assert_eq!(Trend::of(&seconds, &seconds).grade, Grade::Probable, "a minute and a half");
}

#[test]
fn what_stands_still_is_flat_and_has_no_rate() {
    let times: Vec<f64> = (0..12).map(f64::from).collect();
    let trend = Trend::of(&times, &[5.0; 12]);
    assert_eq!((trend.p, trend.rise, trend.shape), (1.0, 0.0, Shape::Flat));
    assert_eq!(trend.per_hour, Some(Slope { low: 0.0, mid: 0.0, high: 0.0 }));
}

#[test]
fn the_rate_is_per_hour() {
    let times: Vec<f64> = (0..24).map(|i| f64::from(i) * 60.0).collect();
    let values: Vec<f64> = (0..24).map(|i| f64::from(i) * 1024.0).collect();
    let rate = Trend::of(&times, &values).per_hour.expect("a rate");
    assert_eq!((rate.low, rate.mid, rate.high), (61440.0, 61440.0, 61440.0));
}

#[test]
fn nothing_is_no_trend() {
    assert_eq!(Trend::of(&[], &[]).grade, Grade::Insufficient);
}
