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
