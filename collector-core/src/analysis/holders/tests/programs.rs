//! Memory of programs.

use expect_test::expect;

use super::*;
use crate::analysis::series::{ProcessFigure, Target};

fn anonymous(process: &Process) -> Key {
    Key::Of(process.clone(), ProcessFigure::Anonymous)
}

/// Memory of programs that rises by 10 MiB with each sample.
fn growing_host() -> Observed {
    host(|at, it| {
        it.anonymous += rising(10, at);
        it.free -= rising(10, at);
    })
}

#[test]
fn a_process_that_came_and_one_that_ended_are_told_with_their_signs() {
    let mut observed = growing_host();
    let steady = process(&mut observed, 1, "steady");
    let new = process(&mut observed, 2, "new");
    let gone = process(&mut observed, 3, "gone");
    let between = process(&mut observed, 4, "between");
    let torn = process(&mut observed, 5, "torn");
    add(&mut observed, &anonymous(&steady), |at| Some(MIB * (100 + at) as f64));
    add(&mut observed, &anonymous(&new), |at| (at >= 5).then_some(MIB * 150.0));
    add(&mut observed, &anonymous(&gone), |at| (at < 9).then_some(MIB * 30.0));
    add(&mut observed, &anonymous(&between), |at| (4..9).contains(&at).then_some(MIB * 30.0));
    // It was not read in the first of the last samples, and was there.
    add(&mut observed, &anonymous(&torn), |at| (at != 14).then_some(MIB * at as f64));
    check(
        &observed,
        &[(Account::Term(Term::Anonymous), 3 << 20)],
        Some(Term::Anonymous),
        expect![[r#"
            3.00 observer this collector
            150.00 process new (pid 2) Started
            -30.00 process gone (pid 3) Ended
            14.00 process steady (pid 1)
            13.50 process torn (pid 5)
            -10.50 rest of processes not looked at, or shared by several
        "#]],
    );
}

#[test]
fn divided_memory_that_is_told_from_the_middle_on_does_not_stand_for_the_start() {
    let mut observed = growing_host();
    let late = process(&mut observed, 1, "late");
    add(&mut observed, &anonymous(&late), |at| Some(MIB * (100 + 4 * at) as f64));
    let divided = Key::Of(late, ProcessFigure::ProportionalAnonymous);
    add(&mut observed, &divided, |at| (at > 7).then_some(MIB * (90 + 4 * at) as f64));
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
        56.00 process late (pid 1)
        84.00 rest of processes not looked at, or shared by several
    "#]],
    );
}

#[test]
fn shared_pages_are_divided_where_the_bundle_tells_and_never_at_one_end_only() {
    let mut observed = growing_host();
    for (pid, command) in [(1, "told"), (2, "half-told")] {
        let process = process(&mut observed, pid, command);
        add(&mut observed, &anonymous(&process), |at| Some(MIB * (100 + 4 * at) as f64));
        let divided = Key::Of(process, ProcessFigure::ProportionalAnonymous);
        // Told of the second from the middle on.
        let is_told = |at| pid == 1 || at > 7;
        add(&mut observed, &divided, |at| is_told(at).then_some(MIB * (50 + at) as f64));
    }
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
        56.00 process half-told (pid 2)
        14.00 process told (pid 1)
        70.00 rest of processes not looked at, or shared by several
    "#]],
    );
}

#[test]
fn of_many_processes_the_largest_are_named() {
    let mut observed = growing_host();
    for pid in 1..=20 {
        let process = process(&mut observed, pid, "worker");
        let each = f64::from(if pid % 2 == 0 { pid } else { 0 }) * MIB / 56.0;
        add(&mut observed, &anonymous(&process), |at| Some(each * at as f64));
    }
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
        5.00 process worker (pid 20)
        4.50 process worker (pid 18)
        4.00 process worker (pid 16)
        3.50 process worker (pid 14)
        3.00 process worker (pid 12)
        7.50 others 5 others
        112.50 rest of processes not looked at, or shared by several
    "#]],
    );
}

#[test]
fn a_source_that_is_looked_at_less_often_counts_as_last_seen() {
    let mut observed = growing_host();
    let steady = process(&mut observed, 1, "steady");
    let gone = process(&mut observed, 2, "gone");
    // Looked at in samples 2, 5, 8, 11 and 14; the account in all.
    let value = |at: usize| (at % 3 == 2).then_some(MIB * at as f64);
    add(&mut observed, &anonymous(&steady), value);
    add(&mut observed, &anonymous(&gone), |at| value(at).filter(|_| at < 9));
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
        12.00 process steady (pid 1)
        -2.00 process gone (pid 2) Ended
        130.00 rest of processes not looked at, or shared by several
    "#]],
    );
}

/// The page of a Go program, in MiB: live heap, in use, idle, released, stacks, and its process.
fn go_program(observed: &mut Observed, from: usize) {
    let dolt = process(observed, 4711, "dolt");
    let target =
        Target { process: Some(dolt.clone()), entry: "dolt/metrics.txt".into(), restarts: 0 };
    observed.targets.insert("dolt".into(), target);
    let mut metric = |name: &str, of: &dyn Fn(f64) -> f64| {
        let key = Key::Metric("dolt".into(), name.into());
        add(observed, &key, |at| (at >= from).then_some(MIB * of(at as f64)));
    };
    metric("go_memstats_next_gc_bytes", &|at| 20.0 + 4.0 * at);
    metric("go_memstats_heap_inuse_bytes", &|at| 14.0 + 3.0 * at);
    metric("go_memstats_heap_idle_bytes", &|at| 30.0 + at);
    metric("go_memstats_heap_released_bytes", &|_| 25.0);
    metric("go_memstats_stack_inuse_bytes", &|at| 1.0 + 0.25 * at);
    metric("go_memstats_sys_bytes", &|at| 50.0 + 4.5 * at);
    add(observed, &anonymous(&dolt), |at| (at >= from).then_some(MIB * (40.0 + 6.0 * at as f64)));
}

#[test]
fn the_memory_of_a_go_program_is_told_part_by_part() {
    let mut observed = growing_host();
    go_program(&mut observed, 0);
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
            84.00 process dolt (pid 4711)
              28.00 live heap
              14.00 new, garbage, gaps
              14.00 idle and kept
              3.50 stacks
              3.50 runtime's own
              21.00 not Go's
            56.00 rest of processes not looked at, or shared by several
        "#]],
    );
}

#[test]
fn a_go_program_that_was_started_has_all_its_memory_from_its_parts() {
    let mut observed = growing_host();
    go_program(&mut observed, 6);
    // Somebody else is there from the start, so that the first samples are known to be without it.
    let other = process(&mut observed, 1, "init");
    add(&mut observed, &anonymous(&other), |_| Some(MIB));
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
            127.00 process dolt (pid 4711) Started
              39.00 live heap
              18.50 new, garbage, gaps
              19.50 idle and kept
              4.62 stacks
              8.62 runtime's own
              36.75 not Go's
            13.00 rest of processes not looked at, or shared by several
        "#]],
    );
}

#[test]
fn a_page_that_lacks_a_series_divides_nothing() {
    let mut observed = growing_host();
    go_program(&mut observed, 0);
    observed.series.remove(&Key::Metric("dolt".into(), "go_memstats_heap_idle_bytes".into()));
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
        84.00 process dolt (pid 4711)
        56.00 rest of processes not looked at, or shared by several
    "#]],
    );
}

#[test]
fn what_came_and_went_within_the_first_samples_has_ended() {
    let mut observed = host(|_, _| {});
    let sh = process(&mut observed, 7, "sh");
    let other = process(&mut observed, 8, "other");
    add(&mut observed, &Key::Of(other, ProcessFigure::Anonymous), |_| Some(MIB));
    // The means are of the samples 0 and 1, and 14 and 15.
    add(&mut observed, &Key::Of(sh, ProcessFigure::Anonymous), |at| (at == 1).then_some(8.0 * MIB));
    check(
        &observed,
        &[],
        Some(Term::Anonymous),
        expect![[r#"
        -4.00 process sh (pid 7) Ended
        4.00 rest of processes not looked at, or shared by several
    "#]],
    );
}
