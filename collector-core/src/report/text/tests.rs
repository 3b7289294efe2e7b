//! The report as a support engineer pastes it into a ticket.

use expect_test::expect;

use super::*;
use crate::analysis::conclusion::{Gap, HostGrowth};
use crate::analysis::finding::{Id, Missing, Process, Subject};
use crate::analysis::holders::{Holder, Holders, Kind};
use crate::analysis::ledger::{Growth, Term};
use crate::analysis::trend::Slope;
use crate::units::Bytes;

const MIB: i64 = 1 << 20;

fn rate(mib: f64) -> Slope {
    let bytes = mib * MIB as f64;
    Slope { low: bytes * 0.95, mid: bytes, high: bytes * 1.05 }
}

fn holder(kind: Kind, name: &str, mib: i64) -> Holder {
    Holder {
        kind,
        name: name.to_owned(),
        process: None,
        command: None,
        class: None,
        bytes: mib * MIB,
        lifetime: Lifetime::Throughout,
        is_at_most: false,
        parts: Vec::new(),
    }
}

/// Lines of every form that there is, whatever would be among them in a slab.
fn pinned_slab() -> Vec<Holder> {
    let merged =
        "Acpi-Parse, btrfs_inode_defrag, damon_region, ext4_inode_cache, fanotify_mnt_event";
    let dolt = "dolt\u{1b}[2J (pid 4711)";
    let parts = vec![("live heap", 9 * MIB), ("stacks", MIB / 2), ("not Go's", -MIB - MIB / 2)];
    vec![
        holder(Kind::Observer, "this collector", 1),
        Holder { lifetime: Lifetime::Ended, ..holder(Kind::Slab, merged, -40) },
        Holder { is_at_most: true, ..holder(Kind::Pipes, &format!("pipes of {dolt}"), 100) },
        Holder { parts, ..holder(Kind::Process, dolt, 8) },
        holder(Kind::Others, "7 others", 20),
        holder(Kind::Rest, "what changed between the two texts", 5),
    ]
}

/// A leak of open deleted files, found on a host that does other things as well.
fn founding_case() -> Conclusion {
    let terms = vec![
        (Term::Anonymous, 3 * MIB),
        (Term::FileCache, -2 * MIB),
        (Term::SlabPinned, 94 * MIB),
        (Term::SlabUnreclaimable, 20_000),
    ];
    let used: i64 = terms.iter().map(|it| it.1).sum::<i64>() + 100_000;
    let growth = HostGrowth {
        account: Growth { used, terms, unaccounted: 100_000 },
        observer: MIB,
        holders: Holders {
            terms: vec![(Term::SlabPinned, pinned_slab())],
            unaccounted: Vec::new(),
        },
        per_hour: Some(rate(570.0)),
        available: Some(Bytes(10 << 30)),
    };
    let fact = |entry: &str, field: &str, first: f64, last: f64| Evidence {
        entry: entry.into(),
        field: field.into(),
        first,
        last,
    };
    let finding = Finding {
        id: Id::OpenFiles,
        verdict: Verdict::Leak,
        confidence: Confidence::Confident,
        subject: Subject {
            process: Some(Process { pid: 4711, start_ticks: 99 }),
            command: Some("dolt\u{1b}[2J".into()),
            class: Some("`LOCK (deleted)`".into()),
            function: None,
        },
        bytes: 93 * MIB,
        bytes_per_hour: Some(rate(560.0)),
        since: None,
        remarks: Vec::new(),
        evidence: vec![
            fact("fd-scan/fds.tsv", "descriptors `LOCK (deleted)` of dolt", 12.0, 60_024.0),
            fact("slabinfo/dentry-state", "nr_dentry - nr_unused", 20_100.0, 80_116.0),
            fact("slabinfo/slabinfo", "bytes of ext4_inode_cache", 1e6, 69_000_000.0),
        ],
        next: vec!["strace -f -e trace=openat,close -p 4711".into()],
    };
    let cleared = Cleared {
        id: Id::GoHeap,
        why: "next_gc_bytes of dolt is flat: 21 MiB at the start, 21 MiB at the end, and the \
              runtime holds no more from the system than before"
            .into(),
        evidence: vec![Evidence {
            entry: "metrics/metrics.txt".into(),
            field: "go_memstats_next_gc_bytes".into(),
            first: 22_020_096.0,
            last: 22_020_096.0,
        }],
    };
    let other = Cleared { id: Id::Zombies, why: "nobody has them".into(), evidence: Vec::new() };
    let quality = Quality {
        samples: 60,
        span_seconds: 590.0,
        gaps: vec![Gap { at_seconds: 100.0, seconds: 45.0, why: "the host slept".into() }],
        missing: vec![Missing {
            what: "vmallocinfo".into(),
            why: "Permission denied".into(),
            how_to_get: "run as root".into(),
        }],
        in_flight: 2,
        residual: Some(300_000),
        is_cut: false,
        slabs_merged: Some(true),
    };
    Conclusion::new(Some(growth), vec![finding], vec![cleared, other], quality)
}

#[test]
fn a_report_fits_a_ticket() {
    let said = text(&founding_case());
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
    expect![[r#"
        Used memory grew by 95.1 MiB in 10 min. 93.0 MiB, 96 % of the 97.1 MiB that went up, is a leak of
        `LOCK (deleted)` in dolt\u{1b}[2J (pid 4711) (open-files, confident). The Go heap is flat.

        Where it went
          slab-pinned             +94.0 MiB   97 %  #######################################
                                 +100.0 MiB         pipes of dolt\u{1b}[2J (pid 4711), at most
                                  -40.0 MiB         Acpi-Parse, btrfs_inode_defrag, damon_region, ..., ended
                                   +8.0 MiB         dolt\u{1b}[2J (pid 4711)
                                                          +9.0 MiB  live heap
                                                          -1.5 MiB  not Go's
                                  +26.0 MiB         all others, and the rest
          anonymous                +3.0 MiB    3 %  #
          file-cache               -2.0 MiB         given back
          other terms              +0.0 MiB    0 %
          unaccounted              +0.1 MiB    0 %
          used memory             +95.1 MiB
          of that                  +1.0 MiB  by this collector

        Findings
        1. open-files, leak, confident: dolt\u{1b}[2J (pid 4711), `LOCK (deleted)`: 93.0 MiB
           - fd-scan/fds.tsv: descriptors `LOCK (deleted)` of dolt: 12 -> 60,024
           - slabinfo/dentry-state: nr_dentry - nr_unused: 20,100 -> 80,116
           - slabinfo/slabinfo: bytes of ext4_inode_cache: 1,000,000 -> 69,000,000
           next: strace -f -e trace=openat,close -p 4711

        Looked at and cleared
          go-heap: next_gc_bytes of dolt is flat: 21 MiB at the start, 21 MiB at the end, and the runtime
                   holds no more from the system than before
          does not grow: zombies

        Data quality
          60 samples over 10 min; the account closes to 0.3 MiB
          slab caches: merged by this kernel; a group of them is named by all its members
          left out: the account of 2 of 60 samples, which were taken while memory was in flight, as when a
                    large process ends
          gap: 45 s after 100 s: the host slept
          missing: vmallocinfo: Permission denied; run as root
    "#]].assert_eq(&said);
}

#[test]
fn numbers_have_separators() {
    let all = [0.0, 7.0, 1234.0, 1_234_567.0, -1200.0, 0.25].map(number);
    assert_eq!(all, ["0", "7", "1,234", "1,234,567", "-1,200", "0.25"]);
}

#[test]
fn remarks_are_below_the_facts_and_the_sixth_finding_is_counted() {
    let mut conclusion = founding_case();
    let first = &mut conclusion.findings[0];
    first.remarks = vec!["it grows since 14:03:10 UTC, 2 min after dolt (pid 4711) started".into()];
    let all = vec![first.clone(); 6];
    let conclusion =
        Conclusion::new(conclusion.growth, all, conclusion.cleared, conclusion.quality);
    let text = text(&conclusion);
    let start = text.find("\n5. ").expect("a fifth finding");
    let end = text.find("\nLooked at").expect("what was cleared");
    expect![[r#"

        5. open-files, leak, confident: dolt\u{1b}[2J (pid 4711), `LOCK (deleted)`: 93.0 MiB
           - fd-scan/fds.tsv: descriptors `LOCK (deleted)` of dolt: 12 -> 60,024
           - slabinfo/dentry-state: nr_dentry - nr_unused: 20,100 -> 80,116
           - slabinfo/slabinfo: bytes of ext4_inode_cache: 1,000,000 -> 69,000,000
           - it grows since 14:03:10 UTC, 2 min after dolt (pid 4711) started
           next: strace -f -e trace=openat,close -p 4711
        1 more finding is smaller or less sure
    "#]]
    .assert_eq(&text[start..end]);
}
