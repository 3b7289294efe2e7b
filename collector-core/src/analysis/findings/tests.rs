//! Suspicions on written-down captures: what is found, what is cleared, and who gets the bytes.

mod benign;
mod doubts;
mod go;
mod hierarchy;
mod kernel;
mod objects;
mod once;
mod processes;
mod sizes;
mod sources;

use expect_test::{Expect, expect};

use super::*;
use crate::analysis::finding::Process;
use crate::analysis::ledger::{Accounts, Pinned};
use crate::analysis::series::{HostFigure, Observed, Series, Source};

/// A capture of `n` samples, a minute apart, of a host on which nothing happens.
pub(super) fn quiet(n: usize) -> Observed {
    let accounts = Accounts {
        total: 4 << 30,
        free: 2 << 30,
        per_cpu_free: Some(0),
        slab_reclaimable: 100 << 20,
        kernel_stack: Some(0),
        vmalloc: Some(30 << 20),
        percpu: Some(0),
        hugetlb: Some(0),
        pinned_share: Some(Pinned { dentries: 100_000, unused: 80_000, ..Pinned::default() }),
        ..Accounts::default()
    };
    let mut observed = Observed {
        times: (0..n).map(|at| at as f64 * 60.0).collect(),
        accounts: vec![accounts; n],
        ..Observed::default()
    };
    for (source, entry) in [
        (Source::Descriptors, "fd-scan/fds.tsv"),
        (Source::Accounts, "meminfo/meminfo"),
        (Source::Sockstat, "meminfo/sockstat"),
        (Source::Sockets, "fd-scan/net-tcp"),
        (Source::UnixSockets, "fd-scan/net-unix"),
        (Source::Status, "process-memory/status"),
        (Source::Stat, "process-memory/stat"),
        (Source::DentryState, "slabinfo/dentry-state"),
        (Source::Slabinfo, "slabinfo/slabinfo"),
        (Source::Vmallocinfo, "meminfo/vmallocinfo"),
        (Source::Vmstat, "meminfo/vmstat"),
        (Source::Segments, "meminfo/sysvipc-shm"),
        (Source::Tmpfs, "meminfo/tmpfs.tsv"),
        (Source::ControlGroups, "meminfo/cgroups"),
        (Source::ControlGroupStat, "meminfo/cgroup-stat"),
        (Source::TracingBuffer, "meminfo/tracing-buffer"),
        (Source::Zoneinfo, "meminfo/zoneinfo"),
    ] {
        observed.entries.insert(source, entry.into());
        observed.looks.insert(source, n);
        observed.last_look_seconds.insert(source, (n as f64 - 1.0) * 60.0);
    }
    observed
}

/// Adds a series of one value per sample.
pub(super) fn add(observed: &mut Observed, key: &Key, value: impl Fn(usize) -> f64) {
    (0..observed.times.len()).for_each(|at| observed.push(key.clone(), at, value(at)));
}

/// What was found and cleared, in lines.
pub(super) fn lines(observed: &Observed) -> String {
    let examined = examine(&Case::new(observed));
    let mut text = String::new();
    for it in &examined.findings {
        let class = it.subject.class.clone().unwrap_or_default();
        let command = it.subject.command.clone().unwrap_or_default();
        text.push_str(&format!(
            "{} {:?} {:?}: {command} {class}: {} bytes\n",
            it.id.name(),
            it.verdict,
            it.confidence,
            it.bytes
        ));
        for fact in &it.evidence {
            text.push_str(&format!(
                "  {}: {}: {} -> {}\n",
                fact.entry, fact.field, fact.first, fact.last
            ));
        }
    }
    for it in &examined.findings {
        for remark in &it.remarks {
            text.push_str(&format!("remark on {}: {remark}\n", it.id.name()));
        }
    }
    for it in examined.cleared.iter().filter(|it| !it.evidence.is_empty()) {
        text.push_str(&format!("cleared {}: {}\n", it.id.name(), it.why));
    }
    for it in &examined.missing {
        text.push_str(&format!("missing {}: {}; {}\n", it.what, it.why, it.how_to_get));
    }
    text
}

/// A host with this slab cache, of so many bytes an object, in which it has so many objects.
pub(super) fn add_cache(
    observed: &mut Observed,
    group: &str,
    bytes: f64,
    objects: impl Fn(usize) -> f64,
) {
    observed.object_bytes.insert(group.into(), bytes);
    add(observed, &Key::SlabObjects(group.into()), &objects);
    add(observed, &Key::Slab(group.into()), |at| objects(at) * bytes);
}

/// A term of the account that goes this way.
pub(super) fn add_term(observed: &mut Observed, term: Term, bytes: impl Fn(usize) -> u64) {
    for (at, account) in observed.accounts.iter_mut().enumerate() {
        let bytes = bytes(at);
        match term {
            Term::Anonymous => account.anonymous = bytes,
            Term::SharedMemory => {
                account.shmem = bytes;
                account.cached = bytes;
            }
            Term::FileCache => account.cached = bytes,
            Term::KernelStacks => account.kernel_stack = Some(bytes),
            Term::PageTables => account.page_tables = bytes,
            Term::HugePages => account.hugetlb = Some(bytes),
            other => panic!("{other:?} is of no test"),
        }
        account.free -= bytes;
    }
    add(observed, &Key::Host(HostFigure::Term(term)), |at| bytes(at) as f64);
}

/// What no term explains grows so.
pub(super) fn add_unaccounted(observed: &mut Observed, bytes: impl Fn(usize) -> u64) {
    for (at, account) in observed.accounts.iter_mut().enumerate() {
        account.free -= bytes(at);
    }
    add(observed, &Key::Host(HostFigure::Unaccounted), |at| bytes(at) as f64);
}

pub(super) const MIB: f64 = 1_048_576.0;

#[track_caller]
pub(super) fn check(observed: &Observed, expected: Expect) {
    expected.assert_eq(&lines(observed));
}

pub(super) fn dolt() -> Process {
    Process { pid: 4711, start_ticks: 9 }
}

/// A host whose dolt keeps a hundred `LOCK` files more in each sample.
fn founding_case(n: usize, closes: bool) -> Observed {
    let mut observed = quiet(n);
    observed.commands.insert(dolt(), "dolt".into());
    let open = |at: usize| if closes { 3.0 } else { 3.0 + 100.0 * at as f64 };
    add(&mut observed, &Key::Descriptors(dolt(), "`LOCK (deleted)`".into()), open);
    add(&mut observed, &Key::Descriptors(dolt(), "socket:".into()), |_| 10.0);
    add(&mut observed, &Key::Host(HostFigure::PinnedDentries), |at| 20_000.0 + open(at));
    for (group, bytes) in [("dentry", 192.0), ("ext4_inode_cache", 1128.0), ("filp", 192.0)] {
        observed.object_bytes.insert(group.into(), bytes);
        let objects = |at: usize| 50_000.0 + open(at);
        add(&mut observed, &Key::SlabObjects(group.into()), objects);
        add(&mut observed, &Key::Slab(group.into()), |at| objects(at) * bytes);
    }
    observed
}

#[test]
fn the_founding_case() {
    check(
        &founding_case(24, false),
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
fn with_the_file_closed_there_is_no_leak() {
    check(
        &founding_case(24, true),
        expect![[r#"
            cleared open-files: no process has ever more open files of one class, by 32 or more
            cleared kernel-slab: no cache that the kernel cannot give back grows
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        "#]],
    );
}

#[test]
fn without_the_list_nothing_is_said_of_open_files() {
    let mut observed = quiet(24);
    observed.looks.remove(&Source::Descriptors);
    check(
        &observed,
        expect![[r#"
            missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
            missing the list of open files: no sample has it whole; collect with the plugin fd-scan
        "#]],
    );
}

#[test]
fn the_founding_case_without_the_list_is_growth_of_nobody_known() {
    let mut observed = founding_case(24, false);
    observed.looks.remove(&Source::Descriptors);
    observed.series.retain(|key, _| !matches!(key, Key::Descriptors(..)));
    check(
        &observed,
        expect![[r#"
        kernel-slab Growth Probable:  names of files in use: 3175200 bytes
          slabinfo/dentry-state: nr_dentry - nr_unused: 20003 -> 22303
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
        missing the list of open files: no sample has it whole; collect with the plugin fd-scan
    "#]],
    );
}

#[test]
fn seven_samples_are_too_few() {
    check(
        &founding_case(7, false),
        expect![[r#"
        missing the heaps of Go programs: none was asked, or none could be told; where one is suspected, give its address with --pprof and --metrics
    "#]],
    );
}
