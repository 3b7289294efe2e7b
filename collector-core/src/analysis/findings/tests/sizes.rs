//! That a finding has the size of what it is of, whatever else goes on.

use expect_test::expect;

use super::*;
use crate::analysis::finding::Id;

/// The bytes of the findings of one id.
fn bytes_of(observed: &Observed, id: Id) -> Vec<i64> {
    let examined = examine(&Case::new(observed));
    examined.findings.iter().filter(|it| it.id == id).map(|it| it.bytes).collect()
}

/// The slabs of all caches stay as they are from now on: they have room for what comes.
fn with_room(observed: &mut Observed) {
    for (key, series) in &mut observed.series {
        if matches!(key, Key::Slab(_)) {
            let mut steady = Series::default();
            series.samples().for_each(|at| steady.push(at, 200e6));
            *series = steady;
        }
    }
}

#[test]
fn files_in_slabs_that_had_room_count_as_much_as_those_in_new_ones() {
    let in_new_slabs = bytes_of(&founding_case(24, false), Id::OpenFiles);
    let mut observed = founding_case(24, false);
    with_room(&mut observed);
    assert_eq!(bytes_of(&observed, Id::OpenFiles), in_new_slabs);
    check(
        &observed,
        expect![[r#"
            open-files Leak Confident: dolt `LOCK (deleted)`: 3175200 bytes
              fd-scan/fds.tsv: open `LOCK (deleted)` of dolt (pid 4711): 3 -> 2303
              slabinfo/dentry-state: nr_dentry - nr_unused: 20003 -> 22303
              slabinfo/slabinfo: objects of ext4_inode_cache: 50003 -> 52303
            remark on open-files: 2100 x 1.5 KiB of slab explain 100 % of what the objects in their caches grew by
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn what_the_collector_put_into_room_is_no_growth_of_the_host() {
    let mut observed = quiet(24);
    let holder = Key::Of(dolt(), ProcessFigure::Descriptors);
    add(&mut observed, &holder, |_| 9000.0);
    add_cache(&mut observed, "proc_inode_cache", 700.0, |at| 400.0 * at as f64);
    let new_slabs = examine(&Case::new(&observed)).observer;
    assert_eq!(new_slabs, [(Account::Slab("proc_inode_cache".into()), 5_880_000)]);
    with_room(&mut observed);
    assert_eq!(examine(&Case::new(&observed)).observer, []);
}

/// Memory of a process that is looked at in every second sample, on a host with an account.
#[test]
fn a_finding_and_a_holder_of_the_same_are_of_one_size() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    let memory = |at: usize| (50 + 4 * at as u64) << 20;
    add_term(&mut observed, Term::Anonymous, memory);
    let used: Vec<f64> = observed.accounts.iter().map(|it| it.used() as f64).collect();
    add(&mut observed, &Key::Host(HostFigure::Used), |at| used[at]);
    let key = Key::Of(dolt(), ProcessFigure::Anonymous);
    (0..24).step_by(2).for_each(|at| observed.push(key.clone(), at, memory(at) as f64));
    let case = Case::new(&observed);
    let holders = crate::analysis::holders::holders(&case, &[]).expect("accounts");
    let held = holders.of(Term::Anonymous).iter().find(|it| it.process.is_some());
    let found = bytes_of(&observed, Id::NativeMemory);
    assert_eq!(found, [held.expect("a holder").bytes]);
    assert_eq!(found, [86_682_283], "the means of three samples at each end");
}

#[test]
fn a_claim_that_is_refused_takes_nothing_from_the_others() {
    let mut observed = quiet(24);
    add_cache(&mut observed, "filp", 192.0, |at| 100.0 * at as f64);
    add_cache(&mut observed, "dentry", 192.0, |_| 100.0);
    let case = Case::new(&observed);
    let mut left = Left { case: &case, amounts: BTreeMap::new() };
    let (there, not_there) = (Account::Slab("filp".into()), Account::Slab("dentry".into()));
    let finding = examine(&Case::new(&founding_case(24, false))).findings.remove(0);
    let claim = |least| Claim {
        finding: finding.clone(),
        of: None,
        parts: vec![(there.clone(), 1e5), (not_there.clone(), 1e6)],
        change: 0.0,
        least,
    };
    assert_eq!(left.settle(claim(6e5)), None);
    assert_eq!(left.settle(claim(1e5)).map(|it| it.bytes), Some(100_000));
    assert_eq!(left.take(&there, 1e9), 2100.0 * 192.0 - 1e5);
}

/// Eventfds of a program that is seen, while one that is not closes twice as many.
#[test]
fn what_is_open_has_its_size_whatever_is_closed_by_programs_that_are_not_seen() {
    let mut observed = quiet(24);
    observed.commands.insert(dolt(), "dolt".into());
    let open = |at: usize| 100.0 * at as f64;
    add(&mut observed, &Key::Descriptors(dolt(), "anon_inode:eventfd".into()), open);
    add(&mut observed, &Key::Of(dolt(), ProcessFigure::Descriptors), open);
    add_cache(&mut observed, "filp", 192.0, |at| 9000.0 - open(at));
    add_cache(&mut observed, "dentry", 192.0, |at| 9000.0 - open(at));
    add_cache(&mut observed, "kmalloc-64", 64.0, open);
    assert_eq!(bytes_of(&observed, Id::Descriptors), [2100 * (192 + 192 + 64)]);
    // Names of files that are open may have been there before.
    let mut files = founding_case(24, false);
    for cache in ["filp", "dentry"] {
        files.series.remove(&Key::Slab(cache.into()));
        files.series.remove(&Key::SlabObjects(cache.into()));
        add_cache(&mut files, cache, 192.0, |at| 9000.0 - open(at));
    }
    add(&mut files, &Key::Of(dolt(), ProcessFigure::Descriptors), open);
    assert_eq!(bytes_of(&files, Id::OpenFiles), [2100 * (192 + 1128)]);
}

#[test]
fn a_cache_that_grows_for_another_reason_is_not_that_of_a_timerfd() {
    let mut observed = quiet(24);
    let open = |at: usize| 100.0 * at as f64;
    add(&mut observed, &Key::Descriptors(dolt(), "anon_inode:timerfd".into()), open);
    add_cache(&mut observed, "kmalloc-192", 192.0, |at| 110.0 * at as f64);
    add_cache(&mut observed, "kmalloc-256", 256.0, open);
    assert_eq!(bytes_of(&observed, Id::Descriptors), [2100 * 256]);
    // Inodes that are read in beside those of a leak are in its cache, and not in one that is still.
    let mut files = founding_case(24, false);
    add_cache(&mut files, "shmem_inode_cache", 700.0, |_| 400.0);
    files.series.remove(&Key::Slab("ext4_inode_cache".into()));
    files.series.remove(&Key::SlabObjects("ext4_inode_cache".into()));
    add_cache(&mut files, "ext4_inode_cache", 1128.0, |at| 700.0 * at as f64);
    assert_eq!(bytes_of(&files, Id::OpenFiles), [2100 * 1512]);
}

#[test]
fn a_few_names_in_use_that_nobody_has_open_are_told_only_without_a_list() {
    let mut observed = founding_case(24, false);
    observed.series.retain(|key, _| !matches!(key, Key::Descriptors(..)));
    assert!(bytes_of(&observed, Id::KernelSlab).is_empty(), "of programs that are not seen");
    observed.looks.remove(&Source::Descriptors);
    assert_eq!(bytes_of(&observed, Id::KernelSlab), [2100 * 1512]);
}

#[test]
fn what_is_available_is_what_the_kernel_says_so_whatever_is_pinned() {
    let mut observed = founding_case(24, false);
    observed.accounts.iter_mut().for_each(|it| it.available = Some(3 << 30));
    let pinned = observed.accounts[0].terms();
    assert!(pinned.contains(&(Term::SlabPinned, 20 << 20)), "{pinned:?}");
    let quality = crate::analysis::conclusion::Quality { samples: 24, ..Default::default() };
    let host = crate::analysis::conclude::conclude(&observed, quality).growth.expect("accounts");
    assert_eq!(host.available, Some(crate::units::Bytes(3 << 30)));
}
