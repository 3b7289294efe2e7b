//! Memory that grew once, and what is kept after a peak.

use expect_test::expect;

use super::*;
use crate::analysis::series::Clock;

fn host() -> Observed {
    let mut observed = quiet(24);
    with_clock(&mut observed);
    observed.commands.insert(dolt(), "dolt".into());
    observed
}

fn anonymous(process: Process) -> Key {
    Key::Of(process, ProcessFigure::Anonymous)
}

#[test]
fn a_process_that_grew_once_is_told_with_the_time() {
    let mut observed = host();
    let step = |at: usize| if at < 10 { 50_u64 } else { 250 };
    add(&mut observed, &anonymous(dolt()), |at| MIB * step(at) as f64);
    add_term(&mut observed, Term::Anonymous, |at| step(at) << 20);
    check(
        &observed,
        expect![[r#"
            native-memory Step Probable: dolt : 209715200 bytes
              process-memory/status: RssAnon of dolt (pid 4711): 52428800 -> 262144000
            remark on native-memory: it came by 14:10:00 UTC
            cleared native-memory: dolt (pid 4711) does not leak: it rose at once, 10 min after the first sample
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn a_term_that_grew_once_is_of_the_program_that_started_then() {
    let mut observed = host();
    add(&mut observed, &anonymous(dolt()), |_| MIB * 50.0);
    add_term(&mut observed, Term::Anonymous, |at| (if at < 10 { 50 } else { 1050 }) << 20);
    // Started 598 s after the first sample, 2 s before the eleventh.
    let new = Process { pid: 812, start_ticks: 100 * (5000 + 598) };
    observed.commands.insert(new.clone(), "java".into());
    (10..24).for_each(|at| observed.push(anonymous(new.clone()), at, MIB * 1000.0));
    check(
        &observed,
        expect![[r#"
        native-memory Step Probable: java : 1048576000 bytes
          meminfo/meminfo: anonymous: 52428800 -> 1101004800
        remark on native-memory: it came by 14:10:00 UTC, 2 s after java (pid 812) started
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn huge_pages_that_were_set_aside() {
    let mut observed = host();
    add_term(&mut observed, Term::HugePages, |at| if at < 10 { 0 } else { 200 << 20 });
    check(
        &observed,
        expect![[r#"
        unaccounted-kernel Step Probable:  huge-pages: 209715200 bytes
          meminfo/meminfo: huge-pages: 0 -> 209715200
        remark on unaccounted-kernel: it came by 14:10:00 UTC
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn a_step_comes_after_what_grows() {
    let mut observed = host();
    let other = Process { pid: 9, start_ticks: 9 };
    observed.commands.insert(other.clone(), "cron".into());
    add(&mut observed, &anonymous(dolt()), |at| MIB * (50 + 2 * at) as f64);
    add(&mut observed, &anonymous(other), |at| MIB * if at < 10 { 50.0 } else { 850.0 });
    let quality = crate::analysis::conclusion::Quality { samples: 24, ..Default::default() };
    let found = crate::analysis::conclude::conclude(&observed, quality).findings;
    let told: Vec<(Verdict, i64)> = found.iter().map(|it| (it.verdict, it.bytes >> 20)).collect();
    assert_eq!(told, [(Verdict::Leak, 42), (Verdict::Step, 800)]);
}

#[test]
fn what_fell_again_or_is_small_is_no_step() {
    let mut observed = host();
    let went = Process { pid: 9, start_ticks: 9 };
    add(&mut observed, &anonymous(dolt()), |at| MIB * if at < 10 { 50.0 } else { 60.0 });
    add(&mut observed, &anonymous(went), |at| {
        MIB * if (10..16).contains(&at) { 90.0 } else { 5.0 }
    });
    let claims = steps::examine(&Case::new(&observed)).claims;
    assert!(claims.is_empty(), "{claims:?}");
}

#[test]
fn what_is_kept_after_a_peak_does_not_grow() {
    let mut observed = host();
    let memory = |at: usize| match at {
        0..6 => 50.0,
        6..12 => 50.0 + 50.0 * (at - 5) as f64,
        12..14 => 200.0,
        _ => 150.0,
    };
    add(&mut observed, &anonymous(dolt()), |at| MIB * memory(at));
    check(
        &observed,
        expect![[r#"
            native-memory Retained Possible: dolt : 104857600 bytes
              process-memory/status: RssAnon of dolt (pid 4711): 52428800 -> 157286400
            remark on native-memory: its peak was 350 MiB
            cleared native-memory: dolt (pid 4711) does not leak: it came down again; where that is a cycle of load, capture two of them
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

/// The first sample at 14:00:00, 5000 s after the boot, and the others a minute apart.
pub(super) fn with_clock(observed: &mut Observed) {
    let at = |minutes: usize| format!("2026-11-23T14:{minutes:02}:00Z").parse();
    let wall = (0..observed.times.len()).map(|it| at(it).expect("a time"));
    observed.wall = wall.map(crate::units::Timestamp::new).collect();
    observed.clock = Some(Clock { booted: -5000.0, ticks_per_second: 100 });
}

#[test]
fn a_step_of_a_term_of_nobody_known_is_told_from_64_mib_on_and_one_percent() {
    let found = |mib: u64, total_gib: u64| {
        let mut observed = host();
        observed.accounts.iter_mut().for_each(|it| it.total = total_gib << 30);
        add_term(&mut observed, Term::PageTables, |at| if at < 10 { 0 } else { mib << 20 });
        examine(&Case::new(&observed)).findings.len()
    };
    assert_eq!((found(18, 4), found(63, 4), found(65, 4)), (0, 0, 1));
    assert_eq!((found(300, 32), found(330, 32)), (0, 1));
}
