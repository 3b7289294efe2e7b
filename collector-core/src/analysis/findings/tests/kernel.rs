//! What the kernel has ever more of, on written-down captures.

use expect_test::expect;

use super::*;
use crate::analysis::finding::Id;
use crate::analysis::ledger::FileSlab;
use crate::analysis::series::OwnFigure;

#[test]
fn a_cache_of_nobody_is_growth_of_the_kernel() {
    let mut observed = quiet(24);
    add_cache(&mut observed, "kmalloc-512", 512.0, |at| 8192.0 * at as f64);
    check(
        &observed,
        expect![[r#"
        kernel-slab Growth Probable:  kmalloc-512: 88080384 bytes
          slabinfo/slabinfo: bytes of kmalloc-512: 0 -> 96468992
          slabinfo/slabinfo: objects of kmalloc-512: 0 -> 188416
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn names_of_files_that_nobody_uses_are_cleared() {
    let mut observed = quiet(24);
    observed.reclaimable.insert("dentry".into());
    add_cache(&mut observed, "dentry", 192.0, |at| 30_000.0 * at as f64);
    add(&mut observed, &Key::Host(HostFigure::PinnedDentries), |_| 20_000.0);
    add(&mut observed, &Key::Host(HostFigure::NegativeDentries), |at| 30_000.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            cleared open-files: no process has ever more open files of one class, by 32 or more
            cleared kernel-slab: names and inodes of files grew by 115 MiB, and nobody uses them: the kernel gives them back when memory is needed; 630000 of them are names that were looked for and are not there
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

/// A host on which most objects of a cache went and its slabs stayed, and so many names are in use.
fn nearly_empty(cache: &str, in_use: u64) -> Observed {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    observed.reclaimable.insert(cache.into());
    observed.object_bytes.insert(cache.into(), 1128.0);
    observed.slab_bytes.insert(cache.into(), 28.0 * 1128.0);
    let objects = |at: usize| if at < 12 { 40_000.0 } else { 6000.0 };
    add(&mut observed, &Key::SlabObjects(cache.into()), objects);
    add(&mut observed, &Key::Slab(cache.into()), |_| 40_000.0 * 1128.0);
    for account in &mut observed.accounts {
        account.file_slab = Some(FileSlab::default());
        account.pinned_share =
            Some(Pinned { dentries: 10_000, unused: 10_000 - in_use, ..Pinned::default() });
    }
    observed
}

#[test]
fn slabs_that_are_nearly_empty_and_stay() {
    // 1429 slabs. Of their room, 1000 objects can keep no more than the rest of 1000.
    let mut observed = nearly_empty("ext4_inode_cache", 1000);
    add(&mut observed, &Key::Descriptors(dolt(), "`*.sst`".into()), |_| 300.0);
    add(&mut observed, &Key::Descriptors(dolt(), "`LOCK`".into()), |_| 400.0);
    add(&mut observed, &Key::Repeated(dolt(), "`LOCK`".into()), |_| 20.0);
    let other = Process { pid: 9, start_ticks: 9 };
    add(&mut observed, &Key::Descriptors(other, "socket:".into()), |_| 2000.0);
    check(
        &observed,
        expect![[r#"
        pinned-slab Retained Probable: dolt ext4_inode_cache: 30456000 bytes
          slabinfo/slabinfo: objects of ext4_inode_cache: 40000 -> 6000
          slabinfo/slabinfo: bytes of ext4_inode_cache: 45120000 -> 45120000
          fd-scan/fds.tsv: open `LOCK` of dolt (pid 4711): 400 -> 400
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    // Of those that hold a few, none is the owner.
    observed.series.retain(|key, _| !matches!(key, Key::Descriptors(_, it) if &**it == "`LOCK`"));
    check(
        &observed,
        expect![[r#"
        pinned-slab Retained Probable:  ext4_inode_cache: 30456000 bytes
          slabinfo/slabinfo: objects of ext4_inode_cache: 40000 -> 6000
          slabinfo/slabinfo: bytes of ext4_inode_cache: 45120000 -> 45120000
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn slabs_of_which_nothing_tells_what_keeps_them_are_not_pinned() {
    let n_found = |observed: &Observed| {
        let examined = examine(&Case::new(observed));
        examined.findings.iter().filter(|it| it.id == Id::PinnedSlab).count()
    };
    assert_eq!(n_found(&nearly_empty("ext4_inode_cache", 1000)), 1);
    assert_eq!(n_found(&nearly_empty("dentry", 1000)), 1);
    assert_eq!(n_found(&nearly_empty("ext4_inode_cache", 500)), 0, "in one of three at most");
    for other in ["buffer_head", "radix_tree_node", "inode_cache"] {
        assert_eq!(n_found(&nearly_empty(other, 1000)), 0, "{other}");
    }
    let mut eventfds = nearly_empty("ext4_inode_cache", 1000);
    for it in &mut eventfds.accounts {
        it.pinned_share = it.pinned_share.map(|it| Pinned { without_inode: 600, ..it });
    }
    assert_eq!(n_found(&eventfds), 0, "names without an inode keep none");
}

#[test]
fn queues_of_tcp_explain_what_no_term_does() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    add(&mut observed, &Key::Host(HostFigure::TcpMemory), |at| MIB * 4.0 * at as f64);
    add(&mut observed, &Key::Of(dolt(), ProcessFigure::QueuedBytes), |at| MIB * 2.0 * at as f64);
    add_unaccounted(&mut observed, |at| (4 * at as u64) << 20);
    check(
        &observed,
        expect![[r#"
            socket-buffers Growth Confident: dolt TCP queues: 88080384 bytes
              meminfo/sockstat: bytes of TCP mem: 0 -> 96468992
              fd-scan/net-tcp: bytes queued in sockets of dolt (pid 4711): 0 -> 48234496
              meminfo/meminfo: unaccounted: 0 -> 96468992
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn what_no_counter_names_is_said_to_be_so() {
    let mut observed = quiet(24);
    add_unaccounted(&mut observed, |at| (4 * at as u64) << 20);
    check(
        &observed,
        expect![[r#"
            unaccounted-kernel Growth Probable:  : 88080384 bytes
              meminfo/meminfo: unaccounted: 0 -> 96468992
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
            missing the size of the tracing buffer: no sample has it; no term explains a good part of the growth; mount tracefs on /sys/kernel/tracing, and run as root
        "#]],
    );
    add(&mut observed, &Key::Host(HostFigure::CompressedPages), |at| MIB * 4.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            unaccounted-kernel Growth Confident:  compressed pages (zram or zswap): 88080384 bytes
              meminfo/meminfo: unaccounted: 0 -> 96468992
              meminfo/vmstat: bytes of nr_zspages: 0 -> 96468992
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn pages_of_files_are_no_leak() {
    let mut observed = quiet(24);
    add_term(&mut observed, Term::FileCache, |at| (40 * at as u64) << 20);
    check(
        &observed,
        expect![[r#"
        cleared page-cache: pages of files grew by 840 MiB; the kernel gives them back when memory is needed
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn bpf_maps_are_what_their_makers_mapped() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "agent".into());
    add(&mut observed, &Key::Descriptors(dolt(), "anon_inode:bpf-map".into()), |at| at as f64);
    add(&mut observed, &Key::Caller("array_map_alloc".into()), |at| MIB * at as f64);
    check(
        &observed,
        expect![[r#"
        bpf-maps Leak Confident: agent anon_inode:bpf-map: 22020096 bytes
          fd-scan/fds.tsv: open anon_inode:bpf-map of agent (pid 4711): 0 -> 23
          meminfo/vmallocinfo: bytes of array_map_alloc: 0 -> 24117248
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn what_the_collector_did_is_its_own() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    let all = Key::Of(dolt(), ProcessFigure::Descriptors);
    add(&mut observed, &all, |_| 10_000.0);
    add_cache(&mut observed, "proc_inode_cache", 696.0, |at| 400.0 * at as f64);
    add_cache(&mut observed, "dentry", 192.0, |at| 400.0 * at as f64);
    let examined = examine(&Case::new(&observed));
    let n = observed.series[&Key::SlabObjects("dentry".into())].change();
    let own: i64 = examined.observer.iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(own, whole(n * (696.0 + 192.0)));
    check(
        &observed,
        expect![[r#"
        cleared kernel-slab: 8400 inodes of /proc, up to 7.1 MiB, are there because the collector asked for 10004 descriptors; they are given back when memory is needed
        cleared kernel-slab: no cache that the kernel cannot give back grows
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn the_memory_of_the_collector_is_its_own_with_its_sign() {
    let mut observed = quiet(24);
    let used: Vec<i64> = observed.accounts.iter().map(Accounts::used).collect();
    add(&mut observed, &Key::Host(HostFigure::Used), |at| used[at] as f64);
    add_term(&mut observed, Term::FileCache, |at| (1 << 20) * at as u64);
    for (figure, each) in [
        (OwnFigure::Anonymous, -8192.0),
        (OwnFigure::PageTables, 4096.0),
        (OwnFigure::Descriptors, 1.0),
        // More than the term: its pages were given back.
        (OwnFigure::DeletedBytes, 2_097_152.0),
    ] {
        add(&mut observed, &Key::Own(figure), |at| 1e6 + each * at as f64);
    }
    add_cache(&mut observed, "filp", 256.0, |at| 1000.0 + at as f64);
    let observer = examine(&Case::new(&observed)).observer;
    assert_eq!(
        observer,
        [
            (Account::Term(Term::Anonymous), -8192 * 21),
            (Account::Term(Term::PageTables), 4096 * 21),
            (Account::Slab("filp".into()), 256 * 21),
            (Account::Term(Term::FileCache), 21 << 20),
        ]
    );
}
