//! What grows stands in its own term and in no other, and all of it adds up.

use expect_test::{Expect, expect};

use super::*;

const MIB: u64 = 1 << 20;

/// A host of 4 GiB at the start of a capture.
fn start() -> Accounts {
    let mut accounts = Accounts {
        total: 4096 * MIB,
        per_cpu_free: Some(120 * MIB),
        anonymous: 600 * MIB,
        shmem: 20 * MIB,
        cached: 700 * MIB,
        buffers: 50 * MIB,
        slab_reclaimable: 100 * MIB,
        slab_unreclaimable: 60 * MIB,
        page_tables: 10 * MIB,
        kernel_stack: Some(8 * MIB),
        vmalloc: Some(30 * MIB),
        stacks_in_vmalloc: true,
        percpu: Some(4 * MIB),
        hugetlb: Some(0),
        pinned_share: Some(Pinned { dentries: 100_000, unused: 80_000, ..Pinned::default() }),
        ..Accounts::default()
    };
    // 14 MiB are set aside at boot.
    let terms = 600 + 700 + 50 + 100 + 60 + 10 + 30 + 4 + 14;
    accounts.free = accounts.total - 120 * MIB - terms * MIB;
    accounts
}

/// The growth after `change`, in MiB, and the residual.
#[track_caller]
fn check(change: impl Fn(&mut Accounts), expected: Expect) {
    let mut end = start();
    change(&mut end);
    let found = growth(&[start(), end], 1).expect("two samples");
    let sum: i64 = found.terms.iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(sum + found.unaccounted, found.used, "the terms add up");
    let mib = |bytes: i64| bytes / (1 << 20);
    let mut text = format!("used {}\n", mib(found.used));
    for (term, bytes) in found.terms.iter().filter(|(_, bytes)| *bytes != 0) {
        text.push_str(&format!("{} {}\n", term.name(), mib(*bytes)));
    }
    text.push_str(&format!("unaccounted {}\n", mib(found.unaccounted)));
    expected.assert_eq(&text);
}

#[test]
fn threads_are_counted_once() {
    check(
        |it| {
            it.kernel_stack = Some(70 * MIB);
            it.vmalloc = Some(92 * MIB);
            it.free -= 62 * MIB;
        },
        expect![[r#"
            used 62
            kernel-stacks 62
            unaccounted 0
        "#]],
    );
}

#[test]
fn shared_memory_is_no_file_cache() {
    check(
        |it| {
            it.shmem += 200 * MIB;
            it.cached += 200 * MIB;
            it.free -= 200 * MIB;
        },
        expect![[r#"
            used 200
            shared-memory 200
            unaccounted 0
        "#]],
    );
}

#[test]
fn free_pages_on_the_lists_of_processors_are_free() {
    check(
        |it| {
            it.per_cpu_free = Some(300 * MIB);
            it.free -= 180 * MIB;
        },
        expect![[r#"
            used 0
            unaccounted 0
        "#]],
    );
}

/// Sixty thousand deleted files that are held open.
#[test]
fn slab_of_open_files_is_pinned_and_that_of_closed_ones_is_not() {
    let files = |unused: u64| {
        move |it: &mut Accounts| {
            it.pinned_share =
                Some(Pinned { dentries: 160_000, unused: 80_000 + unused, ..Pinned::default() });
            it.slab_reclaimable += 120 * MIB;
            it.free -= 120 * MIB;
        }
    };
    check(
        files(0),
        expect![[r#"
            used 120
            slab-pinned 120
            unaccounted 0
        "#]],
    );
    check(
        files(60_000),
        expect![[r#"
            used 120
            slab-reclaimable 120
            unaccounted 0
        "#]],
    );
}

/// Data in pipes has no counter.
#[test]
fn what_no_term_tells_is_a_line_of_its_own() {
    check(
        |it| it.free -= 187 * MIB,
        expect![[r#"
            used 187
            unaccounted 187
        "#]],
    );
}

#[test]
fn a_kernel_that_tells_less_still_adds_up() {
    let mut old = start();
    (old.percpu, old.hugetlb, old.vmalloc, old.kernel_stack) = (None, None, None, None);
    old.stacks_in_vmalloc = false;
    let mut later = old;
    later.anonymous += 5 * MIB;
    later.free -= 5 * MIB;
    let found = growth(&[old, later], 1).expect("two samples");
    assert_eq!((found.of(Term::Anonymous), found.unaccounted), (5 << 20, 0));
    assert_eq!(residual(&[old, later], false), Some(0));
}

#[test]
fn the_ends_are_means_so_that_terms_add_up_under_noise() {
    let samples: Vec<Accounts> = (0..24_u64)
        .map(|i| {
            let mut it = start();
            it.anonymous += i * MIB + (i * 7919 % 13) * 1000;
            it.free -= i * MIB + (i * 104_729 % 17) * 1000;
            it
        })
        .collect();
    let found = growth(&samples, end_samples(samples.len())).expect("samples");
    let sum: i64 = found.terms.iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(sum + found.unaccounted, found.used);
    assert_eq!(found.of(Term::Anonymous) >> 20, 21, "from the mean of 0..3 to that of 21..24");
}

#[test]
fn a_sample_that_is_left_out_does_not_move_the_ends() {
    let samples: Vec<Accounts> = (0..23_u64)
        .map(|i| Accounts { anonymous: i * MIB, free: start().free - i * MIB, ..start() })
        .collect();
    let observed = |in_flight| crate::analysis::series::Observed {
        accounts: samples.clone(),
        in_flight,
        ..Default::default()
    };
    let of = |k| growth(&samples, k).expect("samples").of(Term::Anonymous) >> 20;
    assert_eq!((of(observed(1).end_samples()), of(observed(0).end_samples())), (20, 21));
}

#[test]
fn one_sample_has_no_growth() {
    assert_eq!(growth(&[start()], 1), None);
    assert_eq!(residual(&[], false), None);
}

/// Accounts of which no term explains so many MiB.
fn unexplained(mib: &[u64]) -> Vec<Accounts> {
    let account = |mib: &u64| Accounts {
        total: 1 << 30,
        free: (1 << 30) - (mib << 20),
        ..Accounts::default()
    };
    mib.iter().map(account).collect()
}

#[test]
fn a_sample_taken_while_memory_was_in_flight_is_left_out() {
    let left = |mib: &[u64]| {
        let mut samples = unexplained(mib);
        let n_left_out = settle(&mut samples).len();
        let rest: Vec<i64> = samples.iter().map(|it| it.unaccounted() >> 20).collect();
        (n_left_out, rest)
    };
    assert_eq!(left(&[14, 33, 14, 14]), (1, vec![14, 14, 14]));
    assert_eq!(left(&[33, 14, 14]), (1, vec![14, 14]), "at the start");
    assert_eq!(left(&[14, 14, 2]), (1, vec![14, 14]), "at the end");
    assert_eq!(left(&[14, 20, 26, 32]), (0, vec![14, 20, 26, 32]), "growth is none");
    assert_eq!(left(&[14, 14, 40, 40]), (0, vec![14, 14, 40, 40]), "nor is a step");
    assert_eq!(left(&[]), (0, vec![]));
}

#[test]
fn what_grows_unaccounted_is_not_taken_for_an_error_of_the_account() {
    let samples = unexplained(&[14, 20, 27, 32]);
    assert_eq!(residual(&samples, false), Some(18 << 20));
    assert_eq!(residual(&samples, true), Some(1 << 20));
}

/// Names of files and inodes: how many there are of each, in slabs with room for so many, and how
/// many names nobody uses. A name takes 200 bytes, an inode 1000.
#[derive(Clone, Copy)]
struct Files {
    names: (u64, u64),
    inodes: (u64, u64),
    unused: u64,
}

fn with_files(files: Files) -> Accounts {
    let objects = |(number, room): (u64, u64), each: u64| Objects {
        number,
        taken: number * each,
        held: room * each,
    };
    let mut it = start();
    let slab = FileSlab {
        names: objects(files.names, 200),
        inodes: objects(files.inodes, 1000),
        ..FileSlab::default()
    };
    it.slab_reclaimable += slab.names.held + slab.inodes.held;
    it.file_slab = Some(slab);
    it.pinned_share =
        Some(Pinned { dentries: files.names.0, unused: files.unused, ..Pinned::default() });
    it
}

/// The growth of the pinned slab and of the reclaimable one, in thousands of bytes.
fn slab_growth(before: Files, after: Files) -> (i64, i64) {
    let found = growth(&[with_files(before), with_files(after)], 1).expect("two samples");
    (found.of(Term::SlabPinned) / 1000, found.of(Term::SlabReclaimable) / 1000)
}

#[test]
fn with_slabinfo_only_names_and_inodes_in_use_are_pinned() {
    let start = Files { names: (100_000, 100_000), inodes: (300_000, 300_000), unused: 80_000 };
    // Files that are opened and not closed: 60,000 names and inodes.
    let leak = Files { names: (160_000, 160_000), inodes: (360_000, 360_000), unused: 80_000 };
    assert_eq!(slab_growth(start, leak), (72_000, 0));
    // The same, while those that nobody uses are given back.
    let under_pressure = Files { names: (80_000, 80_000), inodes: (80_000, 80_000), unused: 0 };
    assert_eq!(slab_growth(start, under_pressure), (72_000, -296_000));
    // A walk over the file system, and names that do not exist.
    let walk = Files { names: (500_000, 500_000), inodes: (500_000, 500_000), unused: 480_000 };
    assert_eq!(slab_growth(start, walk), (0, 280_000));
    let negative = Files { names: (700_000, 700_000), unused: 680_000, ..start };
    assert_eq!(slab_growth(start, negative), (0, 120_000));
    // Closed again.
    assert_eq!(slab_growth(leak, start), (-72_000, 0));
}

#[test]
fn of_room_in_slabs_names_in_use_keep_their_share() {
    // Most of what is not in use is gone, and the slabs stay: half of the inodes that are left are
    // in use, and half of the slab is theirs.
    let start = Files { names: (100_000, 100_000), inodes: (300_000, 300_000), unused: 80_000 };
    let sparse = Files { names: (20_000, 20_000), inodes: (40_000, 300_000), unused: 0 };
    assert_eq!(slab_growth(start, sparse), (130_000, -146_000));
    // With nothing in use all of it can be given back.
    let nothing = Files { names: (20_000, 20_000), unused: 20_000, ..sparse };
    assert_eq!(slab_growth(nothing, Files { inodes: (9_000, 300_000), ..nothing }), (0, 0));
    // Six thousand files that are opened and not closed take the room that there is: that of slabs
    // half full, and what is left of it when most of what is there is in use.
    let half = Files { names: (50_000, 100_000), inodes: (50_000, 100_000), unused: 46_000 };
    let more = Files { names: (56_000, 100_000), inodes: (56_000, 100_000), unused: 46_000 };
    let (pinned, rest) = slab_growth(half, more);
    assert_eq!((pinned, rest), (11_828, -11_828), "the files take 7,200, and some room");
    let used = Files { names: (90_000, 100_000), inodes: (90_000, 100_000), unused: 5_000 };
    let more = Files { names: (96_000, 100_000), inodes: (96_000, 100_000), unused: 5_000 };
    assert_eq!(slab_growth(used, more), (7_200, -7_200));
    // While others that nobody uses take room too, nothing seems to be given back.
    let filled = Files { names: (99_000, 100_000), inodes: (99_000, 100_000), unused: 89_000 };
    assert_eq!(slab_growth(half, filled), (7_200, -7_200));
}

#[test]
fn an_eventfd_has_a_name_and_no_inode() {
    let at = |pinned: Pinned, sockets: u64| {
        let mut it = with_files(Files {
            names: (100_000, 100_000),
            inodes: (50_000, 50_000),
            unused: 90_000,
        });
        it.pinned_share = Some(pinned);
        let slab = it.file_slab.as_mut().expect("slab");
        slab.sockets = Objects { number: sockets, taken: sockets * 800, held: sockets * 800 };
        slab.pipes = Objects { number: 1000, taken: 600_000, held: 600_000 };
        it.slab_reclaimable += slab.sockets.held + slab.pipes.held;
        it
    };
    let start = Pinned { dentries: 100_000, unused: 90_000, ..Pinned::default() };
    let grown = |end: Pinned, sockets: u64| {
        growth(&[at(start, 0), at(end, sockets)], 1).expect("two samples").of(Term::SlabPinned)
            / 1000
    };
    let names = Pinned { unused: 81_000, ..start };
    assert_eq!(grown(names, 0), 9_000 * 12 / 10, "files");
    assert_eq!(grown(Pinned { without_inode: 9_000, ..names }, 0), 9_000 * 2 / 10, "eventfds");
    assert_eq!(grown(names, 9_000), 9_000, "sockets, of 800 bytes");
    let pipes = Pinned { of_pipes: 900, unused: 89_100, ..start };
    assert_eq!(grown(pipes, 0), 900 * 8 / 10, "pipes, of 600 bytes");
}

#[test]
fn without_slabinfo_the_estimate_is_of_means_and_follows_a_fall() {
    let with = |slab: u64, dentries: u64, unused: u64| {
        let mut it = start();
        it.slab_reclaimable = slab * MIB;
        it.pinned_share = Some(Pinned { dentries, unused, ..Pinned::default() });
        it
    };
    // Half of the names went, all that are left are in use.
    let found = growth(&[with(100, 100_000, 80_000), with(50, 50_000, 0)], 1).expect("two samples");
    assert_eq!(found.of(Term::SlabPinned) >> 20, 30);
    assert_eq!(found.of(Term::SlabReclaimable) >> 20, -80);
    // One sample at the very end that jumps is one of its end's two.
    let mut samples: Vec<Accounts> = vec![with(100, 100_000, 80_000); 15];
    samples.push(with(200, 200_000, 80_000));
    let found = growth(&samples, end_samples(samples.len())).expect("samples");
    assert_eq!(found.of(Term::SlabPinned) >> 20, 50);
}
