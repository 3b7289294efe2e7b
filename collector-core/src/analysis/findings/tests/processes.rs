//! What a process has ever more of, on written-down captures.

use expect_test::expect;

use super::*;
use crate::analysis::finding::Id;

/// A quiet host with dolt.
fn host() -> Observed {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    observed
}

fn of(figure: ProcessFigure) -> Key {
    Key::Of(dolt(), figure)
}

#[test]
fn threads_have_stacks_and_tasks() {
    let mut observed = host();
    add(&mut observed, &of(ProcessFigure::Threads), |at| 10.0 + 50.0 * at as f64);
    add(&mut observed, &of(ProcessFigure::Anonymous), |at| 12_288.0 * 50.0 * at as f64);
    add_cache(&mut observed, "task_struct", 5888.0, |at| 200.0 + 50.0 * at as f64);
    add_term(&mut observed, Term::KernelStacks, |at| 16_384 * 50 * at as u64);
    check(
        &observed,
        expect![[r#"
            threads Leak Confident: dolt : 36288000 bytes
              process-memory/status: Threads of dolt (pid 4711): 10 -> 1160
              slabinfo/slabinfo: objects of task_struct: 200 -> 1350
              meminfo/meminfo: kernel-stacks: 0 -> 18841600
            remark on threads: 1050 x 5.8 KiB of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn dead_children_nobody_asks_for() {
    let mut observed = host();
    add(&mut observed, &of(ProcessFigure::Zombies), |at| 4.0 * at as f64);
    add_cache(&mut observed, "task_struct", 5888.0, |at| 200.0 + 4.0 * at as f64);
    add_cache(&mut observed, "sighand_cache", 2112.0, |at| 200.0 + 4.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            zombies Leak Confident: dolt : 672000 bytes
              process-memory/stat: dead children of dolt (pid 4711): 0 -> 92
              slabinfo/slabinfo: objects of task_struct: 200 -> 292
              slabinfo/slabinfo: objects of sighand_cache: 200 -> 292
            remark on zombies: 84 x 7.8 KiB of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn memory_that_grows_is_growth_in_minutes_and_a_leak_in_hours() {
    let mut observed = host();
    add(&mut observed, &of(ProcessFigure::Anonymous), |at| MIB * (50 + 4 * at) as f64);
    add_term(&mut observed, Term::Anonymous, |at| (50 + 4 * at as u64) << 20);
    check(
        &observed,
        expect![[r#"
        native-memory Leak Confident: dolt : 88080384 bytes
          process-memory/status: RssAnon of dolt (pid 4711): 52428800 -> 148897792
          meminfo/meminfo: anonymous: 52428800 -> 148897792
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    observed.times.iter_mut().for_each(|it| *it /= 60.0);
    check(
        &observed,
        expect![[r#"
        native-memory Growth Probable: dolt : 88080384 bytes
          process-memory/status: RssAnon of dolt (pid 4711): 52428800 -> 148897792
          meminfo/meminfo: anonymous: 52428800 -> 148897792
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn a_step_a_warm_up_and_a_peak_are_cleared_with_the_reason() {
    type Shape = fn(usize) -> f64;
    let shapes: [(&str, Shape); 3] = [
        ("step", |at| if at < 12 { 10.0 } else { 200.0 }),
        ("warm-up", |at| 200.0 * (1.0 - (-(at as f64) / 4.0).exp())),
        ("peak", |at| if at < 12 { 20.0 * at as f64 } else { 20.0 * (24 - at) as f64 + 40.0 }),
    ];
    let mut observed = host();
    for (number, (name, mib)) in (1..).zip(shapes) {
        let process = Process { pid: number, start_ticks: 1 };
        observed.commands.insert(process.clone(), name.into());
        add(&mut observed, &Key::Of(process, ProcessFigure::Anonymous), |at| MIB * mib(at));
    }
    check(
        &observed,
        expect![[r#"
            native-memory Step Probable: step : 199229440 bytes
              process-memory/status: RssAnon of step (pid 1): 10485760 -> 209715200
            remark on native-memory: it came by 12 min after the first sample
            cleared native-memory: step (pid 1) does not leak: it rose at once, 12 min after the first sample
            cleared native-memory: warm-up (pid 2): 0.0 MiB to 199 MiB: it rises ever more slowly, as in a warm-up or a cache that fills; it has come to rest at 199 MiB, 199 MiB above its start
            cleared native-memory: peak (pid 3): 0.0 MiB to 60.0 MiB: it came down again; where that is a cycle of load, capture two of them
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn eventfds_and_other_descriptors_without_a_file() {
    let mut observed = host();
    let more = |at: usize| 5.0 + 40.0 * at as f64;
    add(&mut observed, &Key::Descriptors(dolt(), "anon_inode:eventfd".into()), more);
    add_cache(&mut observed, "filp", 192.0, more);
    add_cache(&mut observed, "kmalloc-64", 64.0, more);
    check(
        &observed,
        expect![[r#"
            descriptors Leak Confident: dolt anon_inode:eventfd: 215040 bytes
              fd-scan/fds.tsv: open anon_inode:eventfd of dolt (pid 4711): 5 -> 925
              slabinfo/slabinfo: objects of filp: 5 -> 925
              slabinfo/slabinfo: objects of kmalloc-64: 5 -> 925
            remark on descriptors: 840 x 256 bytes of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

/// What one more of `key` in each of 24 samples is said to have taken, where every cache grew by
/// as many objects: bytes of a cache's object each.
fn taken(key: &Key) -> Vec<String> {
    let mut observed = host();
    add(&mut observed, key, |at| 100.0 * at as f64);
    for name in ["filp", "dentry", "sock_inode_cache", "TCP", "UDP", "kmalloc-64", "kmalloc-2k"] {
        add_cache(&mut observed, name, 100.0, |at| 100.0 * at as f64);
    }
    let claims = descriptors::examine(&Case::new(&observed)).claims;
    let parts =
        claims.iter().flat_map(|it| &it.parts).filter_map(|(account, bytes)| match account {
            Account::Slab(group) if *bytes > 0.0 => Some(group.to_string()),
            _ => None,
        });
    parts.collect()
}

#[test]
fn each_class_of_descriptors_has_its_cost() {
    let connection = |kind: &str| taken(&Key::Connections(dolt(), kind.into()));
    let descriptor = |class: &str| taken(&Key::Descriptors(dolt(), class.into()));
    assert_eq!(connection("TCP LISTEN"), ["sock_inode_cache", "TCP", "dentry", "filp"]);
    assert_eq!(connection("UDP"), ["sock_inode_cache", "UDP", "dentry", "filp"]);
    assert_eq!(descriptor("socket:"), ["sock_inode_cache", "kmalloc-2k", "dentry", "filp"]);
    assert_eq!(descriptor("anon_inode:eventfd"), ["filp", "dentry", "kmalloc-64"]);
    assert_eq!(descriptor("`/dev/pts/*`"), ["filp"]);
}

#[test]
fn a_file_that_is_open_many_times_is_in_memory_once() {
    let more = |at: usize| 100.0 * at as f64;
    let files = |repeated: Option<fn(usize) -> f64>| {
        let mut observed = host();
        add(&mut observed, &Key::Descriptors(dolt(), "`a.db`".into()), more);
        if let Some(repeated) = repeated {
            add(&mut observed, &Key::Repeated(dolt(), "`a.db`".into()), repeated);
        }
        for (name, bytes) in [("ext4_inode_cache", 1128.0), ("dentry", 192.0), ("filp", 192.0)] {
            add_cache(&mut observed, name, bytes, more);
        }
        examine(&Case::new(&observed)).findings.iter().map(|it| it.bytes).next()
    };
    // 2100 more, by the means of three samples at each end.
    assert_eq!(files(None), Some(2100 * (1128 + 192 + 192)), "every one another file");
    assert_eq!(files(Some(|at| 100.0 * at as f64)), Some(2100 * 192), "one file");
    assert_eq!(files(Some(|at| 50.0 * at as f64)), Some(1050 * (1128 + 192) + 2100 * 192), "half");
}

#[test]
fn full_pipes_explain_what_no_term_does() {
    let mut observed = host();
    add(&mut observed, &Key::Descriptors(dolt(), "pipe:".into()), |at| 20.0 * at as f64);
    add_unaccounted(&mut observed, |at| 10 * 65_536 * at as u64);
    check(
        &observed,
        expect![[r#"
            pipe-buffers Leak Confident: dolt pipe:: 13762560 bytes
              fd-scan/fds.tsv: open pipe: of dolt (pid 4711): 0 -> 460
              meminfo/meminfo: unaccounted: 0 -> 15073280
            cleared unaccounted-kernel: what no term explains went from 0.0 MiB to 14.4 MiB, and that is not clear enough to tell: capture longer
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn connections_that_only_the_other_side_has_closed() {
    let mut observed = host();
    let more = |at: usize| 10.0 * at as f64;
    add(&mut observed, &Key::Connections(dolt(), "TCP CLOSE_WAIT".into()), more);
    add(&mut observed, &Key::Connections(dolt(), "TCP LISTEN".into()), |_| 2.0);
    add_cache(&mut observed, "TCP", 2368.0, more);
    add_cache(&mut observed, "sock_inode_cache", 832.0, more);
    check(
        &observed,
        expect![[r#"
            close-wait Leak Confident: dolt TCP CLOSE_WAIT: 672000 bytes
              fd-scan/net-tcp: TCP CLOSE_WAIT of dolt (pid 4711): 0 -> 230
              slabinfo/slabinfo: objects of sock_inode_cache: 0 -> 230
              slabinfo/slabinfo: objects of TCP: 0 -> 230
            remark on close-wait: 210 x 3.1 KiB of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn shared_memory_is_of_whoever_has_the_deleted_file() {
    let mut observed = host();
    let more = |at: usize| MIB * 4.0 * at as f64;
    add_term(&mut observed, Term::SharedMemory, |at| (4 * at as u64) << 20);
    check(
        &observed,
        expect![[r#"
        shared-memory Leak Confident:  : 88080384 bytes
          meminfo/meminfo: shared-memory: 0 -> 96468992
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    add(&mut observed, &Key::DeletedBytes(dolt(), "`/memfd:x (deleted)`".into()), more);
    check(
        &observed,
        expect![[r#"
            shared-memory Leak Confident: dolt `/memfd:x (deleted)`: 88080384 bytes
              meminfo/meminfo: shared-memory: 0 -> 96468992
              fd-scan/fds.tsv: bytes of `/memfd:x (deleted)` of dolt (pid 4711): 0 -> 96468992
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn space_of_a_deleted_file() {
    let mut observed = host();
    let class = Key::DeletedBytes(dolt(), "`spool.dat (deleted)`".into());
    add(&mut observed, &class, |at| MIB * 10.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            deleted-file-space Leak Confident: dolt `spool.dat (deleted)`: 220200960 bytes
              fd-scan/fds.tsv: bytes of `spool.dat (deleted)` of dolt (pid 4711): 0 -> 241172480
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn page_tables_without_memory() {
    let mut observed = host();
    add(&mut observed, &of(ProcessFigure::PageTables), |at| MIB * at as f64);
    add_term(&mut observed, Term::PageTables, |at| (at as u64) << 20);
    check(
        &observed,
        expect![[r#"
        page-tables Leak Confident: dolt : 22020096 bytes
          process-memory/status: VmPTE of dolt (pid 4711): 0 -> 24117248
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    let mut observed = host();
    add(&mut observed, &of(ProcessFigure::PageTables), |at| MIB * at as f64);
    add(&mut observed, &of(ProcessFigure::Anonymous), |at| 512.0 * MIB * at as f64);
    let claims = page_tables::examine(&Case::new(&observed)).claims;
    assert!(claims.is_empty(), "they are for memory that grows: {claims:?}");
}

#[test]
fn two_that_leak_the_same_get_their_own_bytes_and_no_more_than_there_are() {
    let mut observed = host();
    let other = Process { pid: 9, start_ticks: 9 };
    observed.commands.insert(other.clone(), "cron".into());
    for (process, n) in [(dolt(), 100.0), (other, 50.0)] {
        let key = Key::Descriptors(process, "`LOCK (deleted)`".into());
        add(&mut observed, &key, |at| n * at as f64);
    }
    // Half of them had a place in slabs that were there before.
    add_cache(&mut observed, "ext4_inode_cache", 1000.0, |at| 75.0 * at as f64);
    let examined = examine(&Case::new(&observed));
    let bytes: Vec<i64> = examined.findings.iter().map(|it| it.bytes).collect();
    let grown = observed.series[&Key::Slab("ext4_inode_cache".into())].change();
    assert_eq!(bytes.iter().sum::<i64>(), whole(grown), "{bytes:?}");
}

#[test]
fn a_process_that_is_gone_is_not_accused() {
    let mut observed = host();
    let other = Process { pid: 9, start_ticks: 9 };
    add(&mut observed, &Key::Of(other, ProcessFigure::Anonymous), |at| MIB * (at % 3) as f64 * 4.0);
    let key = of(ProcessFigure::Anonymous);
    (0..14).for_each(|at| observed.push(key.clone(), at, MIB * 10.0 * at as f64));
    let claims = native_memory::examine(&Case::new(&observed)).claims;
    assert!(claims.is_empty(), "it ended after 14 of 24 samples: {claims:?}");
}

#[test]
fn the_rate_is_that_of_the_bytes() {
    let mut observed = host();
    add(&mut observed, &of(ProcessFigure::Threads), |at| 10.0 + 50.0 * at as f64);
    // Half of the tasks had a place in slabs that were there.
    add_cache(&mut observed, "task_struct", 5888.0, |at| 200.0 + 25.0 * at as f64);
    let found = examine(&Case::new(&observed)).findings.remove(0);
    let rate = found.bytes_per_hour.expect("a rate").mid;
    // 21 minutes between the middles of the first three and the last three samples.
    let bytes = rate * 21.0 / 60.0;
    assert!((bytes / found.bytes as f64 - 1.0).abs() < 0.01, "{bytes} and {}", found.bytes);
}

#[test]
fn a_process_that_is_gone_does_not_go_on_though_no_other_one_varies() {
    let grows_until = |end: usize| {
        let mut observed = host();
        let other = Process { pid: 1, start_ticks: 1 };
        add(&mut observed, &Key::Of(other, ProcessFigure::Anonymous), |_| MIB);
        for at in 0..end {
            observed.push(of(ProcessFigure::Anonymous), at, MIB * (50 + 8 * at) as f64);
            observed.push(Key::Descriptors(dolt(), "`x`".into()), at, 100.0 * at as f64);
        }
        examine(&Case::new(&observed))
    };
    let ids = |it: &Examined| it.findings.iter().map(|it| it.id).collect::<Vec<Id>>();
    assert_eq!(ids(&grows_until(24)), [Id::OpenFiles, Id::NativeMemory]);
    let gone = grows_until(18);
    assert_eq!(ids(&gone), []);
    let told = gone.cleared.iter().filter(|it| it.id == Id::NativeMemory).map(|it| &*it.why);
    assert_eq!(
        told.collect::<Vec<_>>(),
        ["dolt (pid 4711): 50.0 MiB to 186 MiB: it is gone at the end, with what it had"]
    );
}
