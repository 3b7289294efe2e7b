//! What looks like a leak and is none, row by row of the table of the reference (B1 to B14): each
//! has a line that clears it, with the reason.
//!
//! B1, B2, B3 and B9 are in `kernel.rs`, the step of B6 in `once.rs`, the restart of B13 in
//! `doubts.rs`; here are the others.

use expect_test::expect;

use super::*;
use crate::analysis::series::Target;

fn host(n: usize) -> Observed {
    let mut observed = quiet(n);
    observed.commands.insert(dolt(), "dolt".into());
    let target = Target { process: Some(dolt()), entry: "metrics/metrics.txt".into(), restarts: 0 };
    observed.targets.insert("metrics".into(), target);
    observed
}

fn memory() -> Key {
    Key::Of(dolt(), ProcessFigure::Anonymous)
}

fn metric(name: &str) -> Key {
    Key::Metric("metrics".into(), name.into())
}

/// The lines that clear something, with facts; nothing may be found.
#[track_caller]
fn check_cleared(observed: &Observed, expected: Expect) {
    let examined = examine(&Case::new(observed));
    assert_eq!(examined.findings, []);
    let told = examined.cleared.iter().filter(|it| !it.evidence.is_empty());
    let lines: Vec<String> = told.map(|it| format!("{}: {}", it.id.name(), it.why)).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn b4_and_b14_a_cache_that_fills_names_what_bounds_it() {
    let fills = |at: usize| 512.0 * (1.0 - (-(at as f64) / 4.0).exp());
    let mut observed = host(24);
    add(&mut observed, &memory(), |at| MIB * (30.0 + fills(at)));
    check_cleared(
        &observed,
        expect![
            "native-memory: dolt (pid 4711): 30.0 MiB to 540 MiB: it rises ever more slowly, as in a warm-up or a cache that fills; it has come to rest at 540 MiB, 510 MiB above its start, near the round size of 512 MiB"
        ],
    );
    add(&mut observed, &metric("buffer_pool_bytes"), |_| MIB * 510.0);
    check_cleared(
        &observed,
        expect![
            "native-memory: dolt (pid 4711): 30.0 MiB to 540 MiB: it rises ever more slowly, as in a warm-up or a cache that fills; it has come to rest at 540 MiB, 510 MiB above its start, where its page has buffer_pool_bytes = 510 MiB"
        ],
    );
    // It still rises: nothing is said of an end.
    let mut observed = host(24);
    add(&mut observed, &memory(), |at| MIB * 500.0 * (1.0 - (-(at as f64) / 11.0).exp()));
    check_cleared(
        &observed,
        expect![
            "native-memory: dolt (pid 4711): 0.0 MiB to 438 MiB: it rises ever more slowly, as in a warm-up or a cache that fills"
        ],
    );
}

#[test]
fn b14_the_pool_of_a_database_in_shared_memory_is_a_warm_up_with_a_limit() {
    let mut observed = quiet(24);
    add_term(&mut observed, Term::SharedMemory, |at| {
        let left = (40_u64 << 20) * 3_u64.pow(u32::try_from(at).expect("24")) / (1 << (2 * at));
        (127 << 20) - left
    });
    check_cleared(
        &observed,
        expect![
            "shared-memory: shared memory went from 87.0 MiB to 127 MiB: it rises ever more slowly, as in a warm-up or a cache that fills; it has come to rest at 127 MiB, 39.9 MiB above its start, near the round size of 128 MiB"
        ],
    );
    // What only wanders up is not told as if it were nothing.
    let mut observed = quiet(24);
    add_term(&mut observed, Term::SharedMemory, |at| {
        (40 + at as u64 / 3 + [0, 9, 3, 12, 1, 7][at % 6]) << 20
    });
    check_cleared(
        &observed,
        expect![
            "shared-memory: shared memory went from 40.0 MiB to 54.0 MiB, and that is not clear enough to tell: capture longer"
        ],
    );
}

#[test]
fn b5_garbage_that_is_collected() {
    let mut observed = host(24);
    add(&mut observed, &metric("go_memstats_next_gc_bytes"), |_| MIB * 64.0);
    add(&mut observed, &metric("go_memstats_heap_alloc_bytes"), |at| {
        MIB * (30 + 8 * (at % 4)) as f64
    });
    add(&mut observed, &memory(), |at| MIB * (60 + 8 * (at % 4)) as f64);
    check_cleared(
        &observed,
        expect![[r#"
            go-heap: the heap of dolt (pid 4711) is flat: where its next collection begins stays at 64.0 MiB
            native-memory: dolt (pid 4711): it goes up and down every 4 min, 6 times in the capture, and its lows do not rise"#]],
    );
}

#[test]
fn b7_load_of_the_day_is_a_cycle_or_too_little_to_tell() {
    let load = |hour: usize| 200.0 + 80.0 * (hour as f64 / 24.0 * std::f64::consts::TAU).sin();
    let hourly = |n: usize| {
        let mut observed = host(n);
        observed.times.iter_mut().for_each(|it| *it *= 60.0);
        add(&mut observed, &memory(), |at| MIB * load(at));
        observed
    };
    // Seven days, then four, then a morning with its noon.
    check_cleared(
        &hourly(7 * 24),
        expect![
            "native-memory: dolt (pid 4711): it goes up and down every 24.0 h, 7 times in the capture, and its lows do not rise"
        ],
    );
    check_cleared(
        &hourly(4 * 24),
        expect![
            "native-memory: dolt (pid 4711): it goes up and down every 24.0 h, 4 times in the capture, and its lows do not rise"
        ],
    );
    // Four rounds of a job of six hours, in one day.
    let mut observed = host(24);
    observed.times.iter_mut().for_each(|it| *it *= 60.0);
    add(&mut observed, &memory(), |at| MIB * load(4 * at));
    check_cleared(
        &observed,
        expect![
            "native-memory: dolt (pid 4711): it goes up and down every 6.0 h, 4 times in the capture, and its lows do not rise; with fewer than 6 of them it may grow as well: capture longer"
        ],
    );
    check_cleared(
        &hourly(12),
        expect![
            "native-memory: dolt (pid 4711): 200 MiB to 221 MiB: it came down again; where that is a cycle of load, capture two of them"
        ],
    );
}

#[test]
fn b8_free_pages_on_the_lists_of_the_processors() {
    let mut observed = host(24);
    let key = Key::Host(HostFigure::FreeOnProcessors);
    add(&mut observed, &key, |at| MIB * (125 + 30 * (at % 7)) as f64);
    check_cleared(
        &observed,
        expect![
            "unaccounted-kernel: free pages on the lists of the processors were between 125 MiB and 305 MiB: MemFree is lower by them, and they are free"
        ],
    );
}

#[test]
fn b10_and_b11_memory_that_is_kept_and_does_not_grow() {
    let mut observed = host(24);
    add(&mut observed, &metric("go_memstats_next_gc_bytes"), |_| MIB * 20.0);
    add(&mut observed, &metric("go_memstats_heap_idle_bytes"), |_| MIB * 330.0);
    add(&mut observed, &metric("go_memstats_heap_released_bytes"), |_| MIB * 30.0);
    add(&mut observed, &memory(), |_| MIB * 330.0);
    check_cleared(
        &observed,
        expect![[r#"
        go-heap: the heap of dolt (pid 4711) is flat: where its next collection begins stays at 20.0 MiB
        go-heap: the runtime of dolt (pid 4711) keeps 300 MiB that it does not use, as after a peak, and that does not grow; GOMEMLIMIT bounds it, debug.FreeOSMemory gives it back"#]],
    );
}

#[test]
fn b12_connections_that_wait_for_late_packets() {
    let mut observed = host(24);
    let n = |at: usize| if at < 8 { 500.0 * at as f64 } else { 4000.0 - 200.0 * (at - 8) as f64 };
    add(&mut observed, &Key::Host(HostFigure::TimeWait), n);
    add_cache(&mut observed, "tw_sock_TCP", 256.0, n);
    check_cleared(
        &observed,
        expect![[r#"
        kernel-slab: no cache that the kernel cannot give back grows
        close-wait: up to 4000 connections were in TIME_WAIT: both sides have closed them, no process holds them, and they end after a minute"#]],
    );
}
