//! Objects of the kernel that descriptors do not show: watches, locks, timers, mappings, control
//! groups.

use expect_test::expect;

use super::*;

/// A source that bundles of earlier versions do not have.
fn with(observed: &mut Observed, source: Source, entry: &str) {
    observed.entries.insert(source, entry.into());
    observed.looks.insert(source, observed.times.len());
}

const MARKS: &str = "fanotify_mark, inotify_inode_mark, sigqueue";

#[test]
fn watches_that_nobody_counted_are_of_nobody() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    add_cache(&mut observed, MARKS, 80.0, |at| 300.0 + 100.0 * at as f64);
    add(&mut observed, &Key::Descriptors(dolt(), "anon_inode:inotify".into()), |_| 1.0);
    check(
        &observed,
        expect![[r#"
            inotify-watches Leak Confident:  inotify watches: 168000 bytes
              slabinfo/slabinfo: objects of fanotify_mark, inotify_inode_mark, sigqueue: 300 -> 2600
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn inodes_that_were_there_before_do_not_hide_watches() {
    let mut observed = quiet(24);
    add_cache(&mut observed, MARKS, 80.0, |at| 300.0 + 100.0 * at as f64);
    add_cache(&mut observed, "ext4_inode_cache", 1128.0, |at| 9000.0 - 10.0 * at as f64);
    // A file system that the kernel knows and nobody has mounted.
    add_cache(&mut observed, "xfs_inode", 1000.0, |_| 0.0);
    check(
        &observed,
        expect![[r#"
            inotify-watches Leak Confident:  inotify watches: 168000 bytes
              slabinfo/slabinfo: objects of fanotify_mark, inotify_inode_mark, sigqueue: 300 -> 2600
              slabinfo/slabinfo: objects of ext4_inode_cache: 9000 -> 8770
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn watches_that_are_counted_have_a_holder_whatever_else_their_cache_is_for() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    with(&mut observed, Source::Watchers, "fd-scan/fdinfo");
    add(&mut observed, &Key::Of(dolt(), ProcessFigure::Watches), |at| 3.0 + 100.0 * at as f64);
    // Something else comes and goes in the same cache, and falls when it ends.
    let others = |at: usize| if at < 3 { 4000.0 } else { [0.0, 900.0, 300.0][at % 3] };
    add_cache(&mut observed, MARKS, 80.0, |at| 100.0 * at as f64 + others(at));
    add_cache(&mut observed, "ext4_inode_cache", 1128.0, |at| 9000.0 + 100.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            inotify-watches Leak Confident: dolt : 2368800 bytes
              fd-scan/fdinfo: watches of dolt (pid 4711): 3 -> 2303
              slabinfo/slabinfo: objects of fanotify_mark, inotify_inode_mark, sigqueue: 4000 -> 2600
              slabinfo/slabinfo: objects of ext4_inode_cache: 9000 -> 11300
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn a_cache_that_holds_watches_too_accuses_nobody_where_they_are_counted() {
    let mut observed = quiet(24);
    with(&mut observed, Source::Watchers, "fd-scan/fdinfo");
    add(&mut observed, &Key::Of(dolt(), ProcessFigure::Watches), |_| 3.0);
    add_cache(&mut observed, MARKS, 80.0, |at| 300.0 + 100.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn locks_are_of_the_process_that_took_them_or_of_an_open_file() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    with(&mut observed, Source::Locks, "fd-scan/locks");
    add(&mut observed, &Key::Of(dolt(), ProcessFigure::Locks), |at| 300.0 * at as f64);
    add(&mut observed, &Key::Host(HostFigure::LocksOfNobody), |_| 2.0);
    add_cache(&mut observed, "file_lock_cache", 192.0, |at| 2.0 + 300.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            file-locks Leak Confident: dolt : 1209600 bytes
              fd-scan/locks: locks of dolt (pid 4711): 0 -> 6900
              slabinfo/slabinfo: objects of file_lock_cache: 2 -> 6902
            remark on file-locks: 6300 x 192 bytes of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
    let mut observed = quiet(24);
    with(&mut observed, Source::Locks, "fd-scan/locks");
    add(&mut observed, &Key::Host(HostFigure::LocksOfNobody), |at| 300.0 * at as f64);
    add_cache(&mut observed, "file_lock_cache", 192.0, |at| 300.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            file-locks Leak Confident:  locks of open files, or of another PID namespace: 1209600 bytes
              fd-scan/locks: locks of no process: 0 -> 6900
              slabinfo/slabinfo: objects of file_lock_cache: 0 -> 6900
            remark on file-locks: 6300 x 192 bytes of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn a_table_of_locks_that_grew_too_long_names_the_process_and_the_cache_the_number() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    with(&mut observed, Source::Locks, "fd-scan/locks");
    observed.looks.insert(Source::Locks, 14);
    let locks = Key::Of(dolt(), ProcessFigure::Locks);
    (0..14).for_each(|at| observed.push(locks.clone(), at, 1300.0 * at as f64));
    add_cache(&mut observed, "file_lock_cache", 192.0, |at| 1300.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            file-locks Leak Confident: dolt : 5241600 bytes
              fd-scan/locks: locks of dolt (pid 4711): 0 -> 16900
              slabinfo/slabinfo: objects of file_lock_cache: 0 -> 29900
            remark on file-locks: 16900 x 192 bytes of slab explain 62 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn timers_are_of_the_process_that_has_them() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    with(&mut observed, Source::Timers, "process-memory/timers");
    add(&mut observed, &Key::Of(dolt(), ProcessFigure::Timers), |at| 70.0 + 200.0 * at as f64);
    add(&mut observed, &Key::Host(HostFigure::QueuedSignals), |at| 70.0 + 200.0 * at as f64);
    add_cache(&mut observed, "mnt_cache, posix_timers_cache", 384.0, |at| 200.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            timers Leak Confident: dolt : 1612800 bytes
              process-memory/timers: timers of dolt (pid 4711): 70 -> 4670
              slabinfo/slabinfo: objects of mnt_cache, posix_timers_cache: 0 -> 4600
            remark on timers: 4200 x 384 bytes of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn mounts_are_no_timers() {
    let mut observed = quiet(24);
    add(&mut observed, &Key::Host(HostFigure::QueuedSignals), |_| 4.0);
    add_cache(&mut observed, "mnt_cache, posix_timers_cache", 384.0, |at| 200.0 * at as f64);
    check(
        &observed,
        expect![[r#"
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn timers_locks_mappings_and_control_groups_by_their_caches() {
    let mut observed = quiet(24);
    add_cache(&mut observed, "mnt_cache, posix_timers_cache", 384.0, |at| 200.0 * at as f64);
    add_cache(&mut observed, "file_lock_cache", 192.0, |at| 300.0 * at as f64);
    add_cache(&mut observed, "vm_area_struct", 192.0, |at| 3000.0 * at as f64);
    add_cache(&mut observed, "mem_cgroup", 4096.0, |at| 20.0 * at as f64);
    check(
        &observed,
        expect![[r#"
        timers Leak Confident:  POSIX timers: 1612800 bytes
          slabinfo/slabinfo: objects of mnt_cache, posix_timers_cache: 0 -> 4600
        file-locks Leak Confident:  file locks: 1209600 bytes
          slabinfo/slabinfo: objects of file_lock_cache: 0 -> 6900
        cgroups Leak Confident:  control groups: 1720320 bytes
          slabinfo/slabinfo: objects of mem_cgroup: 0 -> 460
        mappings Leak Confident:  mappings: 12096000 bytes
          slabinfo/slabinfo: objects of vm_area_struct: 0 -> 69000
        cleared kernel-slab: no cache that the kernel cannot give back grows
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}
