//! What makes a finding less sure, and what it goes with.

use expect_test::expect;

use super::once::with_clock;
use super::*;
use crate::analysis::series::Target;

fn host() -> Observed {
    let mut observed = quiet(24);
    with_clock(&mut observed);
    observed.commands.insert(dolt(), "dolt".into());
    let target = Target { process: Some(dolt()), entry: "metrics/metrics.txt".into(), restarts: 0 };
    observed.targets.insert("metrics".into(), target);
    observed
}

fn anonymous(process: Process) -> Key {
    Key::Of(process, ProcessFigure::Anonymous)
}

fn counter(name: &str) -> Key {
    Key::Counter("metrics".into(), name.into())
}

/// Requests whose rate goes up and down, and have no trend.
fn requests(at: usize) -> f64 {
    (0..at).map(|it| 1000.0 + 900.0 * (it as f64).sin()).sum()
}

#[test]
fn growth_by_request_is_told_where_it_goes_with_them() {
    let mut observed = host();
    let memory = |at: usize| 50.0 * MIB + 4096.0 * requests(at);
    add(&mut observed, &anonymous(dolt()), memory);
    add(&mut observed, &counter("http_requests_total"), |at| 70_000.0 + requests(at));
    add(&mut observed, &counter("ticks_total"), |at| at as f64);
    check(
        &observed,
        expect![[r#"
        native-memory Leak Probable: dolt : 90707134 bytes
          process-memory/status: RssAnon of dolt (pid 4711): 52428800 -> 153368263.03405625
          metrics/metrics.txt: http_requests_total: 70000 -> 94643.42359229889
        remark on native-memory: it grew by 4.0 KiB for each of http_requests_total, and goes with them rather than with the time
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

/// Load that rises and falls back a little at times: memory follows the rate.
#[test]
fn memory_that_goes_with_the_rate_of_requests_may_be_load() {
    let rate = |at: usize| 100.0 + 20.0 * at as f64 + 30.0 * (at as f64 * 0.5).sin();
    let mut observed = host();
    add(&mut observed, &anonymous(dolt()), |at| MIB * (50.0 + 0.2 * rate(at)));
    let n = |at: usize| (0..at).map(|it| f64::midpoint(rate(it), rate(it + 1))).sum::<f64>();
    add(&mut observed, &counter("queries_total"), n);
    check(
        &observed,
        expect![[r#"
            native-memory Leak Probable: dolt : 79532320 bytes
              process-memory/status: RssAnon of dolt (pid 4711): 73400320 -> 164361443.16284347
            remark on native-memory: less sure: the rate of queries_total rose in the same way, so it may be load
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn a_rate_that_does_not_rise_explains_nothing() {
    let mut observed = host();
    add(&mut observed, &anonymous(dolt()), |at| MIB * (50 + 4 * at) as f64);
    add(&mut observed, &counter("http_requests_total"), requests);
    let found = examine(&Case::new(&observed)).findings;
    assert_eq!(found[0].confidence, Confidence::Confident, "{found:?}");
}

#[test]
fn a_program_that_was_started_anew_may_be_filling_up() {
    let mut observed = host();
    let old = Process { pid: 100, start_ticks: 5 };
    let new = Process { pid: 200, start_ticks: 100 * (5000 + 230) };
    observed.commands.extend([(old.clone(), "java".into()), (new.clone(), "java".into())]);
    (0..4).for_each(|at| observed.push(anonymous(old.clone()), at, MIB * 300.0));
    // Who starts them has their name, and is no other one of them.
    let parent = Process { pid: 99, start_ticks: 4 };
    observed.commands.insert(parent.clone(), "java".into());
    (0..24).for_each(|at| observed.push(anonymous(parent.clone()), at, MIB));
    (4..24).for_each(|at| observed.push(anonymous(new.clone()), at, MIB * (10 + 6 * at) as f64));
    check(
        &observed,
        expect![[r#"
        native-memory Growth Possible: java : 113246208 bytes
          process-memory/status: RssAnon of java (pid 200): 35651584 -> 155189248
        remark on native-memory: it grows since 14:04:00 UTC, 10 s after java (pid 200) started
        remark on native-memory: less sure: it took the place of pid 100 in the capture, and may be filling up again
        cleared native-memory: java (pid 200) was started anew 4 min after the first sample, in place of pid 100: its series begins again, and nothing is concluded across
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn a_page_tells_a_restart_too() {
    let mut observed = host();
    let sessions = Key::Metric("metrics".into(), "sessions".into());
    add(&mut observed, &sessions, |at| 5.0 + at as f64);
    let found = |observed: &Observed| examine(&Case::new(observed)).findings.remove(0);
    assert_eq!(found(&observed).confidence, Confidence::Confident);
    observed.targets.insert(
        "metrics".into(),
        Target { process: None, entry: "metrics/metrics.txt".into(), restarts: 1 },
    );
    let found = found(&observed);
    assert_eq!(found.confidence, Confidence::Probable);
    assert_eq!(
        found.remarks,
        [
            "less sure: by metrics/metrics.txt the program was started anew in the capture, and may be \
          filling up"
        ]
    );
}

#[test]
fn one_of_a_pool_of_workers_is_no_restart() {
    let mut observed = host();
    for pid in 1..4 {
        let worker = Process { pid, start_ticks: 5 };
        observed.commands.insert(worker.clone(), "worker".into());
        let samples = if pid == 1 { 0..4 } else { 0..24 };
        samples.for_each(|at| observed.push(anonymous(worker.clone()), at, MIB * 300.0));
    }
    let new = Process { pid: 9, start_ticks: 100 * 5230 };
    observed.commands.insert(new.clone(), "worker".into());
    (4..24).for_each(|at| observed.push(anonymous(new.clone()), at, MIB * (10 + 6 * at) as f64));
    let case = Case::new(&observed);
    assert_eq!(case.predecessor_of(&new), None);
    let findings = examine(&case).findings;
    let remarks: Vec<&String> = findings.iter().flat_map(|it| &it.remarks).collect();
    assert!(!remarks.iter().any(|it| it.contains("less sure")), "{remarks:?}");
}

#[test]
fn growth_is_dated_and_matched_with_what_started_then() {
    let mut observed = host();
    let memory = |at: usize| MIB * (50.0 + 8.0 * at.saturating_sub(9) as f64);
    add(&mut observed, &anonymous(dolt()), memory);
    let new = Process { pid: 812, start_ticks: 100 * (5000 + 420) };
    observed.commands.insert(new.clone(), "backup".into());
    (8..24).for_each(|at| observed.push(anonymous(new.clone()), at, MIB));
    check(
        &observed,
        expect![[r#"
        native-memory Leak Confident: dolt : 109051904 bytes
          process-memory/status: RssAnon of dolt (pid 4711): 52428800 -> 169869312
        remark on native-memory: it grows since 14:09:00 UTC, 2 min after backup (pid 812) started
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

/// What is told of shared memory rests on the account.
#[test]
fn an_account_that_does_not_close_makes_less_sure() {
    let mut observed = host();
    add_term(&mut observed, Term::SharedMemory, |at| (4 * at as u64) << 20);
    let is_found = |observed: &Observed| examine(&Case::new(observed)).findings[0].clone();
    assert_eq!(is_found(&observed).confidence, Confidence::Confident);
    for (at, account) in observed.accounts.iter_mut().enumerate() {
        account.free -= ((at as u64 * 7) % 5) * (2 << 20);
    }
    let found = is_found(&observed);
    assert_eq!(found.confidence, Confidence::Probable);
    assert_eq!(found.remarks, ["less sure: the account of the host closes to 7.8 MiB only"]);
}
