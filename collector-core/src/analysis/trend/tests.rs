//! The method against made series, as the reference measured it: hundreds of simulations a cell,
//! and how many of them are called growth.

use super::testing::Random;
use super::*;

/// A made series: its value at a position from 0 to 1, with the random numbers of its run.
type Made = fn(f64, &mut Run) -> f64;

/// One run of a simulation.
struct Run {
    random: Random,
    /// Where a cycle begins, from 0 to 1; another in each run.
    phase: f64,
    /// What wanders.
    level: f64,
}

impl Run {
    fn noise(&mut self) -> f64 {
        self.random.normal()
    }
}

fn cycle(at: f64) -> f64 {
    (at * std::f64::consts::TAU).sin()
}

/// The series of the table, in units of their noise.
const MADE: &[(&str, Made)] = &[
    ("white noise", |_, run| run.noise()),
    ("wanders, AR(1) 0.9", |_, run| {
        run.level = 0.9 * run.level + run.noise();
        run.level
    }),
    ("sawtooth of 10, 3 teeth", |at, run| 10.0 * (at * 3.0).fract() + run.noise()),
    ("warm-up to 20, tau n/6", |at, run| 20.0 * (1.0 - (-at * 6.0).exp()) + run.noise()),
    ("warm-up to 20, tau n/3", |at, run| 20.0 * (1.0 - (-at * 3.0).exp()) + run.noise()),
    ("one step of 10", |at, run| if at > 0.5 { 10.0 } else { 0.0 } + run.noise()),
    ("half a cycle of +-5", |at, run| 5.0 * cycle(at / 2.0 + run.phase) + run.noise()),
    ("leak of 6", |at, run| 6.0 * at + run.noise()),
    ("leak of 20", |at, run| 20.0 * at + run.noise()),
    ("leak of 10, sawtooth of 5", |at, run| {
        10.0 * at + 5.0 * (at * 8.0).fract() + 0.2 * run.noise()
    }),
    ("leak of 10 from half-way", |at, run| 20.0 * (at - 0.5).max(0.0) + 0.5 * run.noise()),
    ("leak of 10, 3 cycles of +-3", |at, run| {
        10.0 * at + 3.0 * cycle(at * 3.0 + run.phase) + run.noise()
    }),
    ("3 cycles of +-3", |at, run| 3.0 * cycle(at * 3.0 + run.phase) + run.noise()),
];

/// Runs of a cell; `COLLECTOR_TREND_RUNS` asks for another number, whose table is printed.
const RUNS: u32 = 50;

/// The percentage of `runs` made series of `n` values over so many seconds that is called growth.
fn percent(runs: u32, n: usize, seconds: f64, made: Made) -> f64 {
    let mut run = Run { random: Random::new(), phase: 0.0, level: 0.0 };
    let times: Vec<f64> = (0..n).map(|i| i as f64 * seconds / n as f64).collect();
    let called = (0..runs).filter(|_| {
        (run.phase, run.level) = (run.random.uniform(), 0.0);
        let position = |i: usize| i as f64 / (n - 1) as f64;
        let values: Vec<f64> = (0..n).map(|i| made(position(i), &mut run)).collect();
        let trend = Trend::of(&times, &values);
        trend.is_growth(trend.p <= ALPHA)
    });
    called.count() as f64 / f64::from(runs) * 100.0
}

/// The table of `docs/report.md`: the first two columns within a day, the last over three.
#[test]
fn how_often_made_series_are_called_growth() {
    let asked = std::env::var("COLLECTOR_TREND_RUNS").ok().and_then(|it| it.parse().ok());
    let runs = asked.unwrap_or(RUNS);
    let mut table = format!("{:<28} {:>6} {:>6} {:>7}\n", "", "24", "96", "3 days");
    for (name, made) in MADE {
        let (short, long) = (percent(runs, 24, 1440.0, *made), percent(runs, 96, 5760.0, *made));
        let days = percent(runs, 96, 3.0 * 86_400.0, *made);
        table.push_str(&format!("{name:<28} {short:>6.1} {long:>6.1} {days:>7.1}\n"));
    }
    if asked.is_some() {
        println!("{table}");
        return;
    }
    expect_test::expect![[r#"
                                         24     96  3 days
        white noise                     0.0    0.0     0.0
        wanders, AR(1) 0.9              4.0    0.0     0.0
        sawtooth of 10, 3 teeth         0.0    0.0     0.0
        warm-up to 20, tau n/6          0.0    0.0     0.0
        warm-up to 20, tau n/3          6.0    4.0     4.0
        one step of 10                  0.0    0.0     0.0
        half a cycle of +-5            16.0   22.0    22.0
        leak of 6                      86.0   92.0    92.0
        leak of 20                    100.0  100.0   100.0
        leak of 10, sawtooth of 5     100.0  100.0   100.0
        leak of 10 from half-way       98.0   98.0    98.0
        leak of 10, 3 cycles of +-3    24.0   32.0    98.0
        3 cycles of +-3                 0.0    0.0     0.0
    "#]]
    .assert_eq(&table);
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
