//! Holders that only texts of their own tell of, on written-down captures; and what is said where
//! such a text is missing.

use expect_test::expect;

use super::*;
use crate::analysis::series::LargestSegment;

const UNATTACHED: &str = "System V segments (nobody attached)";

/// A quiet host with dolt, on which shared memory grows by 4 MiB a sample.
fn host() -> Observed {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    add_term(&mut observed, Term::SharedMemory, |at| (4 * at as u64) << 20);
    observed
}

/// What is to be done next about each finding.
fn next(observed: &Observed) -> String {
    let findings = examine(&Case::new(observed)).findings;
    findings.iter().flat_map(|it| it.next.iter().map(|it| format!("{it}\n"))).collect()
}

#[test]
fn segments_nobody_is_attached_to_are_named_and_so_is_who_made_them() {
    let mut observed = host();
    let segments = |of| Key::Segments(of, UNATTACHED.into());
    let largest = LargestSegment { bytes: 1 << 20, id: 65_536, pid: 4711 };
    add(&mut observed, &segments(None), |at| MIB * 4.0 * at as f64);
    observed.segments.insert(segments(None), largest);
    check(
        &observed,
        expect![[r#"
        shared-memory Leak Confident:  System V segments (nobody attached): 88080384 bytes
          meminfo/meminfo: shared-memory: 0 -> 96468992
          meminfo/sysvipc-shm: bytes of System V segments (nobody attached): 0 -> 96468992
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    expect![[r#"
        see who made them and who has them: ipcs -m -p, ipcs -m -t
        the largest has the shmid 65536 and was made by pid 4711; where nobody needs it: ipcrm -m 65536
    "#]].assert_eq(&next(&observed));
    // The same of a process that still runs.
    let series = observed.series.remove(&segments(None)).expect("it is there");
    observed.series.insert(segments(Some(dolt())), series);
    check(
        &observed,
        expect![[r#"
        shared-memory Leak Confident: dolt System V segments (nobody attached): 88080384 bytes
          meminfo/meminfo: shared-memory: 0 -> 96468992
          meminfo/sysvipc-shm: bytes of System V segments (nobody attached) made by dolt (pid 4711): 0 -> 96468992
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn files_in_a_tmpfs_and_deleted_ones_of_a_process_share_what_there_is() {
    let mut observed = host();
    let tmpfs = Key::Tmpfs("tmpfs /dev/shm".into());
    add(&mut observed, &tmpfs, |at| MIB * 4.0 * at as f64);
    add(&mut observed, &Key::Tmpfs("devtmpfs /dev".into()), |_| MIB);
    check(
        &observed,
        expect![[r#"
        shared-memory Leak Confident:  tmpfs /dev/shm: 88080384 bytes
          meminfo/meminfo: shared-memory: 0 -> 96468992
          meminfo/tmpfs.tsv: bytes in tmpfs /dev/shm: 0 -> 96468992
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    // Of the same tmpfs, 1 MiB of 4.
    let deleted = Key::DeletedBytes(dolt(), "`/dev/shm/x* (deleted)`".into());
    add(&mut observed, &deleted, |at| MIB * at as f64);
    check(
        &observed,
        expect![[r#"
        shared-memory Leak Confident: dolt `/dev/shm/x* (deleted)`: 22020096 bytes
          meminfo/meminfo: shared-memory: 0 -> 96468992
          fd-scan/fds.tsv: bytes of `/dev/shm/x* (deleted)` of dolt (pid 4711): 0 -> 24117248
        shared-memory Leak Confident:  tmpfs /dev/shm: 66060288 bytes
          meminfo/meminfo: shared-memory: 0 -> 96468992
          meminfo/tmpfs.tsv: bytes in tmpfs /dev/shm: 0 -> 96468992
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn a_tmpfs_that_has_grown_by_less_is_no_holder() {
    let mut observed = host();
    add(&mut observed, &Key::Tmpfs("tmpfs /run".into()), |at| MIB * 0.5 * at as f64);
    check(
        &observed,
        expect![[r#"
        shared-memory Leak Confident:  : 88080384 bytes
          meminfo/meminfo: shared-memory: 0 -> 96468992
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn control_groups_by_the_kernels_own_count() {
    let mut observed = quiet(24);
    let count = Key::Host(HostFigure::ControlGroups);
    add(&mut observed, &count, |at| 30.0 + 20.0 * at as f64);
    add_cache(&mut observed, "mem_cgroup", 4096.0, |at| 40.0 + 20.0 * at as f64);
    check(
        &observed,
        expect![[r#"
        cgroups Leak Confident:  control groups: 1720320 bytes
          meminfo/cgroups: num_cgroups of memory: 30 -> 490
          slabinfo/slabinfo: objects of mem_cgroup: 40 -> 500
        cleared kernel-slab: no cache that the kernel cannot give back grows
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    // Version 2 tells which are dead.
    add(&mut observed, &Key::Host(HostFigure::DyingControlGroups), |at| 19.0 * at as f64);
    check(
        &observed,
        expect![[r#"
        cgroups Leak Confident:  dead control groups: 1720320 bytes
          meminfo/cgroup-stat: nr_descendants + nr_dying_descendants: 30 -> 490
          meminfo/cgroup-stat: nr_dying_descendants: 0 -> 437
          slabinfo/slabinfo: objects of mem_cgroup: 40 -> 500
        cleared kernel-slab: no cache that the kernel cannot give back grows
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
    // A count is enough to see them, where slabinfo is denied.
    observed.looks.remove(&Source::Slabinfo);
    observed.series.retain(|key, _| !matches!(key, Key::Slab(_) | Key::SlabObjects(_)));
    for (at, account) in observed.accounts.iter_mut().enumerate() {
        let bytes = 20 * 16_384 * at as u64;
        account.percpu = Some(bytes);
        account.free -= bytes;
    }
    check(
        &observed,
        expect![[r#"
            cgroups Leak Confident:  dead control groups: 6881280 bytes
              meminfo/cgroup-stat: nr_descendants + nr_dying_descendants: 30 -> 490
              meminfo/cgroup-stat: nr_dying_descendants: 0 -> 437
            missing slabinfo: no sample has it whole; collect with the plugin slabinfo, as root
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn counters_name_their_parts_of_what_no_term_has() {
    let mut observed = quiet(24);
    add_unaccounted(&mut observed, |at| (8 * at as u64) << 20);
    add(&mut observed, &Key::Host(HostFigure::TracingBuffer), |at| MIB * 4.0 * at as f64);
    add(&mut observed, &Key::Host(HostFigure::Balloon), |at| MIB * 2.0 * at as f64);
    add(&mut observed, &Key::Host(HostFigure::CompressedPages), |_| MIB * 100.0);
    check(
        &observed,
        expect![[r#"
            unaccounted-kernel Growth Confident:  the tracing buffer: 88080384 bytes
              meminfo/meminfo: unaccounted: 0 -> 192937984
              meminfo/tracing-buffer: bytes of the buffer: 0 -> 96468992
            unaccounted-kernel Growth Confident:  the balloon: memory that the hypervisor took back: 44040192 bytes
              meminfo/meminfo: unaccounted: 0 -> 192937984
              meminfo/meminfo: Balloon: 0 -> 48234496
            unaccounted-kernel Growth Probable:  : 44040192 bytes
              meminfo/meminfo: unaccounted: 0 -> 192937984
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn queues_of_sockets_that_are_not_more_are_suspected_by_their_packets() {
    let mut observed = quiet(24);
    add_unaccounted(&mut observed, |at| (4 * at as u64) << 20);
    add_cache(&mut observed, "skbuff_head_cache", 256.0, |at| 200.0 * at as f64);
    check(
        &observed,
        expect![[r#"
        unaccounted-kernel Growth Probable:  data in the queues of sockets: 88080384 bytes
          meminfo/meminfo: unaccounted: 0 -> 96468992
          slabinfo/slabinfo: objects of skbuff_head_cache: 0 -> 4600
        cleared kernel-slab: no cache that the kernel cannot give back grows
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

#[test]
fn unix_sockets_have_what_is_in_their_queues() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    let more = |at: usize| 20.0 * at as f64;
    add(&mut observed, &Key::Connections(dolt(), "unix sockets".into()), more);
    add_cache(&mut observed, "UNIX, UNIX-STREAM, signal_cache", 1152.0, more);
    add_cache(&mut observed, "sock_inode_cache", 832.0, more);
    add_unaccounted(&mut observed, |at| 4 * at as u64 * 1_048_576);
    check(
        &observed,
        expect![[r#"
            unix-sockets Leak Confident: dolt unix sockets: 88913664 bytes
              fd-scan/net-unix: unix sockets of dolt (pid 4711): 0 -> 460
              slabinfo/slabinfo: objects of sock_inode_cache: 0 -> 460
              slabinfo/slabinfo: objects of UNIX, UNIX-STREAM, signal_cache: 0 -> 460
            remark on unix-sockets: 420 x 1.9 KiB of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn what_a_kernel_or_a_bundle_does_not_tell_is_named_where_it_matters() {
    let mut observed = quiet(24);
    add_unaccounted(&mut observed, |at| (4 * at as u64) << 20);
    for account in &mut observed.accounts {
        account.per_cpu_free = None;
        account.vmalloc = Some(0);
        account.percpu = None;
    }
    observed.looks.remove(&Source::Vmstat);
    check(
        &observed,
        expect![[r#"
        unaccounted-kernel Growth Possible:  memory that no counter names (there is no zoneinfo, vmallocinfo, Percpu): 88080384 bytes
          meminfo/meminfo: unaccounted: 0 -> 96468992
        missing Percpu in meminfo: this kernel does not tell; no term explains a good part of the growth; nothing, but a newer kernel tells
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        missing the size of the tracing buffer: no sample has it; no term explains a good part of the growth; mount tracefs on /sys/kernel/tracing, and run as root
        missing vmallocinfo: meminfo has no VmallocUsed, as from Linux 4.4 to 5.2, and its sum would stand for it; no term explains a good part of the growth; collect with the plugin meminfo, as root
        missing vmstat: no sample has it whole; collect with the plugin meminfo
    "#]],
    );
}

#[test]
fn large_allocations_are_a_share_of_their_own() {
    let mut observed = quiet(24);
    add(&mut observed, &Key::Slab("large kmalloc".into()), |at| MIB * 2.0 * at as f64);
    check(
        &observed,
        expect![[r#"
        kernel-slab Growth Probable:  large kmalloc: 44040192 bytes
          slabinfo/slabinfo: bytes of large kmalloc: 0 -> 48234496
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}

/// The confidence of each finding in a capture of 23 seconds.
fn confidences(mut observed: Observed) -> Vec<Confidence> {
    observed.times.iter_mut().for_each(|it| *it /= 60.0);
    examine(&Case::new(&observed)).findings.iter().map(|it| it.confidence).collect()
}

#[test]
fn growth_that_a_holder_has_with_the_same_size_is_one_step_surer() {
    let in_tmpfs = |mib: f64| {
        let mut observed = host();
        add(&mut observed, &Key::Tmpfs("tmpfs /run".into()), |at| MIB * mib * at as f64);
        confidences(observed)
    };
    assert_eq!(in_tmpfs(4.0), [Confidence::Confident]);
    // A part is a part, and its holder is not the only one.
    assert_eq!(in_tmpfs(1.6), [Confidence::Probable; 2]);
    assert_eq!(in_tmpfs(9.0), [Confidence::Probable], "more than twice of what there is");
    let control_groups = |objects: f64| {
        let mut observed = quiet(24);
        add(&mut observed, &Key::Host(HostFigure::ControlGroups), |at| 20.0 * at as f64);
        add_cache(&mut observed, "mem_cgroup", 4096.0, |at| objects * at as f64);
        confidences(observed)
    };
    assert_eq!(control_groups(20.0), [Confidence::Confident]);
    assert_eq!(control_groups(90.0)[0], Confidence::Probable);
}
