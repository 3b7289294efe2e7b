//! Memory of the kernel, and what nothing counts.

use expect_test::expect;

use super::*;
use crate::analysis::ledger::{FileSlab, Objects, Pinned};
use crate::analysis::series::ProcessFigure;

#[test]
fn files_in_memory_and_deleted_files_are_of_those_that_have_them_open() {
    let mut observed = host(|at, it| {
        it.shmem = rising(4, at);
        it.cached = rising(6, at);
        it.free -= rising(6, at);
    });
    let dolt = process(&mut observed, 4711, "dolt");
    let of = |class: &str| Key::DeletedBytes(dolt.clone(), class.into());
    add(&mut observed, &of("`/memfd:block-* (deleted)`"), |at| Some(3.0 * MIB * at as f64));
    add(&mut observed, &of("`*.sst (deleted)`"), |at| Some(5.0 * MIB * at as f64));
    check(
        &observed,
        &[],
        Some(Term::SharedMemory),
        expect![[r#"
        42.00 files `/memfd:block-* (deleted)` of dolt (pid 4711)
        14.00 rest open in no process, or in several
    "#]],
    );
    // Its 70 MiB on the disk can be 28 MiB of pages at most.
    check(
        &observed,
        &[],
        Some(Term::FileCache),
        expect![[r#"
        28.00 files `*.sst (deleted)` of dolt (pid 4711) at most
        0.00 rest files that have a name, and block devices
    "#]],
    );
}

#[test]
fn segments_are_of_those_that_made_them_and_files_of_their_tmpfs() {
    let mut observed = host(|at, it| {
        it.shmem = rising(10, at);
        it.cached = rising(10, at);
        it.free -= rising(10, at);
    });
    let dolt = process(&mut observed, 4711, "dolt");
    let made = Key::Segments(Some(dolt.clone()), "System V segments".into());
    add(&mut observed, &made, |at| Some(2.0 * MIB * at as f64));
    let left = Key::Segments(None, "System V segments (nobody attached)".into());
    add(&mut observed, &left, |at| Some(MIB * at as f64));
    add(&mut observed, &Key::Tmpfs("tmpfs /dev/shm".into()), |at| Some(4.0 * MIB * at as f64));
    // Files that are deleted are among what the segments and the mount have.
    for class in ["`/SYSV* (deleted)`", "`/dev/shm/wal (deleted)`"] {
        let key = Key::DeletedBytes(dolt.clone(), class.into());
        add(&mut observed, &key, |at| Some(MIB * at as f64));
    }
    check(
        &observed,
        &[],
        Some(Term::SharedMemory),
        expect![[r#"
        56.00 tmpfs tmpfs /dev/shm
        28.00 segments System V segments of dolt (pid 4711)
        14.00 segments System V segments (nobody attached)
        42.00 rest open in no process, or in several
    "#]],
    );
}

#[test]
fn a_bound_is_nothing_where_the_term_went_the_other_way() {
    let mut observed = host(|at, it| {
        it.cached = (600 << 20) - rising(2, at);
        it.free += rising(2, at);
    });
    let dolt = process(&mut observed, 4711, "dolt");
    let key = Key::DeletedBytes(dolt, "`*.sst (deleted)`".into());
    add(&mut observed, &key, |at| Some(5.0 * MIB * at as f64));
    check(
        &observed,
        &[],
        Some(Term::FileCache),
        expect![[r#"
        -28.00 rest files that have a name, and block devices
    "#]],
    );
}

/// Names in a MiB of slab.
const NAMES: u64 = 4096;

/// 56 MiB of names and inodes more, half of them in use, 14 MiB of another cache that can be given
/// back, and 28 MiB that cannot, 7 of them in no cache.
fn slab() -> Observed {
    let objects = |number: u64, held: u64| Objects { number, taken: held, held };
    let file_slab = |at: u64| FileSlab {
        names: objects(NAMES * (16 + at), (16 + at) << 20),
        inodes: objects(NAMES * (16 + at), (128 + 3 * at) << 20),
        ..FileSlab::default()
    };
    let mut observed = host(|at, it| {
        let n = at as u64;
        it.slab_reclaimable += rising(5, at);
        it.slab_unreclaimable += rising(2, at);
        it.free -= rising(7, at);
        it.file_slab = Some(file_slab(n));
        let dentries = NAMES * (16 + n);
        it.pinned_share = Some(Pinned { dentries, unused: dentries / 2, ..Pinned::default() });
    });
    for group in ["dentry", "ext4_inode_cache", "buffer_head"] {
        observed.reclaimable.insert(group.into());
    }
    for (group, base, each) in [
        ("dentry", 16.0, 1.0),
        ("ext4_inode_cache", 128.0, 3.0),
        ("buffer_head", 5.0, 1.0),
        ("kmalloc-64", 9.0, 1.0),
        ("filp", 2.0, 0.5),
    ] {
        let held = |at: usize| MIB * (base + each * at as f64);
        add(&mut observed, &Key::Slab(group.into()), |at| Some(held(at)));
        observed.object_bytes.insert(group.into(), 256.0);
        add(&mut observed, &Key::SlabObjects(group.into()), |at| Some(held(at) / 256.0));
    }
    observed
}

#[test]
fn slab_is_of_the_groups_of_caches_and_what_is_in_use_of_files_is_pinned() {
    let observed = slab();
    let observer = [(Account::Slab("dentry".into()), 2 << 20)];
    check(
        &observed,
        &observer,
        Some(Term::SlabPinned),
        expect![[r#"
        21.00 slab ext4_inode_cache
        7.00 slab dentry
        0.00 rest what changed between the two texts
    "#]],
    );
    check(
        &observed,
        &observer,
        Some(Term::SlabReclaimable),
        expect![[r#"
        2.00 observer this collector
        21.00 slab ext4_inode_cache
        14.00 slab buffer_head
        5.00 slab dentry
        0.00 rest what changed between the two texts
    "#]],
    );
    check(
        &observed,
        &observer,
        Some(Term::SlabUnreclaimable),
        expect![[r#"
        7.00 large-objects objects of more than two pages (kmalloc)
        14.00 slab kmalloc-64
        7.00 slab filp
        0.00 rest what changed between the two texts
    "#]],
    );
}

#[test]
fn without_slabinfo_nobody_is_named() {
    let observed = host(|at, it| {
        it.slab_unreclaimable += rising(2, at);
        it.free -= rising(2, at);
    });
    check(
        &observed,
        &[],
        Some(Term::SlabUnreclaimable),
        expect![[r#"
        28.00 rest slabinfo is not told
    "#]],
    );
}

#[test]
fn stacks_are_told_by_threads_only_where_their_size_is() {
    let with_threads = |stack_bytes: Option<u64>| {
        let mut observed = host(|at, it| {
            it.kernel_stack = Some(rising(1, at));
            it.stack_bytes = stack_bytes;
            it.free -= rising(1, at);
        });
        let dolt = process(&mut observed, 4711, "dolt");
        let key = Key::Of(dolt, ProcessFigure::Threads);
        add(&mut observed, &key, |at| Some(10.0 + 60.0 * at as f64));
        observed
    };
    let term = Some(Term::KernelStacks);
    check(
        &with_threads(Some(16384)),
        &[],
        term,
        expect![[r#"
        13.12 process dolt (pid 4711)
        0.88 rest threads of the kernel, dead children, spare stacks
    "#]],
    );
    check(
        &with_threads(None),
        &[],
        term,
        expect![[r#"
        14.00 rest threads; the size of a stack is not told
    "#]],
    );
}

#[test]
fn what_the_kernel_maps_is_of_its_functions_and_stacks_are_not_told_twice() {
    let mut observed = host(|at, it| {
        it.vmalloc = Some((64 << 20) + rising(3, at));
        it.kernel_stack = Some(rising(1, at));
        it.stacks_in_vmalloc = true;
        it.free -= rising(3, at);
    });
    add(&mut observed, &Key::Caller("htab_map_alloc".into()), |at| Some(1.5 * MIB * at as f64));
    add(&mut observed, &Key::Caller("kernel_clone".into()), |at| Some(MIB * at as f64));
    check(
        &observed,
        &[],
        Some(Term::Vmalloc),
        expect![[r#"
        21.00 caller htab_map_alloc
        7.00 rest mappings that no function is told of
    "#]],
    );
}

#[test]
fn of_what_no_term_explains_counters_come_first_then_bounds_then_the_unknown() {
    let unexplained = |mib: u64| {
        let mut observed = host(|at, it| it.free -= rising(mib, at));
        let key = |figure| Key::Host(figure);
        add(&mut observed, &key(HostFigure::CompressedPages), |at| Some(MIB * at as f64));
        add(&mut observed, &key(HostFigure::TracingBuffer), |_| Some(MIB));
        add(&mut observed, &key(HostFigure::TcpMemory), |at| Some(2.0 * MIB * at as f64));
        let dolt = process(&mut observed, 4711, "dolt");
        let pipes = Key::Descriptors(dolt.clone(), "pipe:".into());
        // 16 ends are a MiB at most.
        add(&mut observed, &pipes, |at| Some(16.0 * at as f64));
        let packets = Key::Connections(dolt, "packet sockets".into());
        add(&mut observed, &packets, |at| Some(at as f64));
        observed
    };
    check(
        &unexplained(6),
        &[],
        None,
        expect![[r#"
        14.00 counter compressed pages (nr_zspages)
        28.00 counter queues of TCP (sockstat) at most
        14.00 pipes pipes of dolt (pid 4711) at most
        28.00 rest unknown; there are more packet sockets, whose rings nothing counts
    "#]],
    );
    check(
        &unexplained(2),
        &[],
        None,
        expect![[r#"
        14.00 counter compressed pages (nr_zspages)
        14.00 counter queues of TCP (sockstat) at most
        0.00 rest unknown; there are more packet sockets, whose rings nothing counts
    "#]],
    );
}

#[test]
fn an_account_that_lacks_a_text_says_what_that_makes_unknown() {
    let observed = host(|at, it| {
        it.per_cpu_free = None;
        it.free -= rising(1, at);
    });
    check(
        &observed,
        &[],
        None,
        expect![[r#"
        14.00 rest unknown; without zoneinfo, free pages on the lists of the processors are in it
    "#]],
    );
}
