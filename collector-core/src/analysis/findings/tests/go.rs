//! Go programs, by their pages and their profiles, on written-down captures.

use expect_test::expect;

use super::*;
use crate::analysis::profile::{Frame, Grows, Site, SiteGrowth};
use crate::analysis::series::{OwnFigure, ProfileGrowth, Target};

fn metric(name: &str) -> Key {
    Key::Metric("dolt-metrics".into(), name.into())
}

/// A host with dolt and its page of metrics: live heap, goroutines and their stacks, memory of the
/// runtime and of the process, in MiB and numbers.
fn host(
    heap: impl Fn(usize) -> f64,
    goroutines: impl Fn(usize) -> f64,
    runtime: impl Fn(usize) -> f64,
    resident: impl Fn(usize) -> f64,
) -> Observed {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    let target =
        Target { process: Some(dolt()), entry: "dolt-metrics/metrics.txt".into(), restarts: 0 };
    observed.targets.insert("dolt-metrics".into(), target);
    add(&mut observed, &metric("go_memstats_next_gc_bytes"), |at| MIB * heap(at));
    add(&mut observed, &metric("go_goroutines"), &goroutines);
    add(&mut observed, &metric("go_memstats_stack_inuse_bytes"), |at| 4096.0 * goroutines(at));
    add(&mut observed, &metric("go_memstats_sys_bytes"), |at| MIB * (runtime(at) + 30.0));
    add(&mut observed, &metric("go_memstats_heap_released_bytes"), |_| MIB * 30.0);
    let anonymous = Key::Of(dolt(), ProcessFigure::Anonymous);
    add(&mut observed, &anonymous, |at| MIB * resident(at));
    observed
}

fn with_profile(observed: &mut Observed, what: Grows, function: &str, amount: i64) {
    let at =
        Frame { function: function.to_owned(), file: "/src/dolt/cache.go".to_owned(), line: 25 };
    let site = Site { at, amount, per_hour: None, callers: Vec::new() };
    let noise = if what == Grows::Heap { 5 << 20 } else { 0 };
    let growth = SiteGrowth { amount, noise, sites: vec![site] };
    let name = if what == Grows::Heap { "go-pprof/heap.pb.gz" } else { "go-pprof/goroutine.pb.gz" };
    let profile = ProfileGrowth { what, program: "dolt".to_owned(), growth };
    observed.profiles.insert(name.into(), profile);
}

#[test]
fn a_heap_that_grows_is_named_by_its_line() {
    let up = |at: usize| 10.0 + 4.0 * at as f64;
    let mut observed = host(up, |_| 20.0, up, up);
    check(
        &observed,
        expect![[r#"
            go-heap Leak Confident: dolt : 88080384 bytes
              dolt-metrics/metrics.txt: go_memstats_next_gc_bytes: 10485760 -> 106954752
              process-memory/status: RssAnon of dolt (pid 4711): 10485760 -> 106954752
            cleared goroutines: the goroutines of dolt (pid 4711) do not become ever more
        "#]],
    );
    with_profile(&mut observed, Grows::Heap, "main.grow", 90 << 20);
    check(
        &observed,
        expect![[r#"
            go-heap Leak Confident: dolt : 88080384 bytes
              go-pprof/heap.pb.gz: bytes in use from main.grow (cache.go:25), more than in the first: 0 -> 94371840
              dolt-metrics/metrics.txt: go_memstats_next_gc_bytes: 10485760 -> 106954752
              process-memory/status: RssAnon of dolt (pid 4711): 10485760 -> 106954752
            cleared goroutines: the goroutines of dolt (pid 4711) do not become ever more
        "#]],
    );
}

#[test]
fn a_heap_by_its_profiles_alone() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    let anonymous = Key::Of(dolt(), ProcessFigure::Anonymous);
    add(&mut observed, &anonymous, |at| MIB * (10 + 4 * at) as f64);
    with_profile(&mut observed, Grows::Heap, "main.grow", 80 << 20);
    check(
        &observed,
        expect![[r#"
        go-heap Leak Confident: dolt : 88080384 bytes
          go-pprof/heap.pb.gz: bytes in use from main.grow (cache.go:25), more than in the first: 0 -> 83886080
          process-memory/status: RssAnon of dolt (pid 4711): 10485760 -> 106954752
    "#]],
    );
}

#[test]
fn goroutines_and_the_heap_that_goes_with_them() {
    let up = |at: usize| 10.0 + at as f64;
    let mut observed = host(up, |at| 20.0 + 200.0 * at as f64, up, up);
    with_profile(&mut observed, Grows::Goroutines, "main.main.func1", 4300);
    check(
        &observed,
        expect![[r#"
            goroutines Leak Confident: dolt goroutines: 17203200 bytes
              dolt-metrics/metrics.txt: go_goroutines: 20 -> 4620
              go-pprof/goroutine.pb.gz: goroutines in main.main.func1 (cache.go:25): 0 -> 4300
              dolt-metrics/metrics.txt: go_memstats_stack_inuse_bytes: 81920 -> 18923520
            cleared go-heap: the heap of dolt (pid 4711) grows with its goroutines, whose stacks refer to it: 10.0 MiB to 33.0 MiB
        "#]],
    );
}

#[test]
fn memory_beside_a_flat_heap_is_native() {
    let observed = host(|_| 10.0, |_| 20.0, |_| 15.0, |at| 15.0 + 4.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            native-memory Leak Confident: dolt : 88080384 bytes
              process-memory/status: RssAnon of dolt (pid 4711): 15728640 -> 112197632
            cleared go-heap: the heap of dolt (pid 4711) is flat: where its next collection begins stays at 10.0 MiB
            cleared goroutines: the goroutines of dolt (pid 4711) do not become ever more
        "#]],
    );
}

#[test]
fn a_quiet_program_is_cleared() {
    let observed = host(|_| 10.0, |_| 20.0, |_| 15.0, |_| 15.0);
    check(
        &observed,
        expect![[r#"
            cleared go-heap: the heap of dolt (pid 4711) is flat: where its next collection begins stays at 10.0 MiB
            cleared goroutines: the goroutines of dolt (pid 4711) do not become ever more
        "#]],
    );
}

#[test]
fn a_series_of_a_vendor_that_grows_is_told_as_growth() {
    let mut observed = host(|_| 10.0, |_| 20.0, |_| 15.0, |_| 15.0);
    add(&mut observed, &metric("sessions{state=\"idle\"}"), |at| 5.0 + at as f64);
    add(&mut observed, &metric("pool_size"), |_| 5.0);
    check(
        &observed,
        expect![[r#"
            metric Growth Confident: dolt sessions{state="idle"}: 0 bytes
              dolt-metrics/metrics.txt: sessions{state="idle"}: 5 -> 28
            cleared go-heap: the heap of dolt (pid 4711) is flat: where its next collection begins stays at 10.0 MiB
            cleared goroutines: the goroutines of dolt (pid 4711) do not become ever more
        "#]],
    );
}

#[test]
fn a_few_goroutines_more_do_not_take_the_heap() {
    let up = |at: usize| 10.0 + 4.0 * at as f64;
    let mut observed = host(up, |at| 10.0 + 2.0 * at as f64, up, up);
    with_profile(&mut observed, Grows::Heap, "main.grow", 90 << 20);
    let findings = examine(&Case::new(&observed)).findings;
    let bytes = |id| findings.iter().find(|it| it.id == id).map_or(0, |it| it.bytes);
    use crate::analysis::finding::Id;
    assert!(bytes(Id::GoHeap) > 80 << 20, "{findings:?}");
    assert!(bytes(Id::Goroutines) < 1 << 20, "{findings:?}");
}

#[test]
fn a_program_whose_process_is_not_known_takes_of_the_memory_of_all_programs() {
    let up = |at: usize| 10.0 + 4.0 * at as f64;
    let mut observed = host(up, |at| 20.0 + 200.0 * at as f64, up, up);
    let target = Target { process: None, entry: "dolt-metrics/metrics.txt".into(), restarts: 0 };
    observed.targets.insert("dolt-metrics".into(), target);
    observed.series.remove(&Key::Of(dolt(), ProcessFigure::Anonymous));
    add_term(&mut observed, Term::Anonymous, |at| (4 << 20) * at as u64);
    check(
        &observed,
        expect![[r#"
        goroutines Leak Confident:  goroutines of the program that dolt-metrics asks: 17203200 bytes
          dolt-metrics/metrics.txt: go_goroutines: 20 -> 4620
          dolt-metrics/metrics.txt: go_memstats_stack_inuse_bytes: 81920 -> 18923520
        cleared go-heap: the heap of the program that dolt-metrics asks grows with its goroutines, whose stacks refer to it: 10.0 MiB to 102 MiB
    "#]],
    );
    // With few goroutines the heap is it.
    for name in ["go_goroutines", "go_memstats_stack_inuse_bytes"] {
        observed.series.remove(&metric(name));
        add(&mut observed, &metric(name), |_| 20.0);
    }
    check(
        &observed,
        expect![[r#"
            go-heap Leak Confident:  the program that dolt-metrics asks: 88080384 bytes
              dolt-metrics/metrics.txt: go_memstats_next_gc_bytes: 10485760 -> 106954752
            cleared goroutines: the goroutines of the program that dolt-metrics asks do not become ever more
        "#]],
    );
    // What the collector itself has of it is nobody else's: 21 MiB.
    let used: Vec<i64> = observed.accounts.iter().map(Accounts::used).collect();
    add(&mut observed, &Key::Host(HostFigure::Used), |at| used[at] as f64);
    add(&mut observed, &Key::Own(OwnFigure::Anonymous), |at| MIB * at as f64);
    let bytes: Vec<i64> =
        examine(&Case::new(&observed)).findings.iter().map(|it| it.bytes).collect();
    assert_eq!(bytes, [88_080_384 - (21 << 20)]);
}
