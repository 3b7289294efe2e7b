//! The sentence at the top: what a customer reads first, and often alone.

use expect_test::{Expect, expect};

use super::*;
use crate::analysis::finding::{Process, Subject};
use crate::analysis::ledger::Term;

const MIB: i64 = 1 << 20;

fn growth(used: i64, rate: f64) -> HostGrowth {
    let account = Growth { used, terms: vec![(Term::SlabPinned, used)], unaccounted: 0 };
    let rate = Slope { low: rate * 0.95, mid: rate, high: rate * 1.05 };
    HostGrowth {
        account,
        observer: 0,
        holders: Holders::default(),
        per_hour: Some(rate),
        available: Some(Bytes(16 << 30)),
    }
}

fn finding(id: Id, bytes: i64, confidence: Confidence) -> Finding {
    Finding {
        id,
        verdict: Verdict::Leak,
        confidence,
        subject: Subject {
            process: Some(Process { pid: 4711, start_ticks: 1 }),
            command: Some("dolt".into()),
            class: Some("`LOCK (deleted)`".into()),
            function: None,
        },
        bytes,
        bytes_per_hour: Some(Slope {
            low: 308.0 * MIB as f64,
            mid: 324.0 * MIB as f64,
            high: 340.0 * MIB as f64,
        }),
        evidence: Vec::new(),
        next: Vec::new(),
    }
}

fn quality(samples: u64, span_seconds: f64) -> Quality {
    Quality { samples, span_seconds, ..Quality::default() }
}

fn cleared(id: Id) -> Cleared {
    let (entry, field) = ("metrics/metrics.txt".into(), "go_memstats_next_gc_bytes".into());
    let evidence = vec![Evidence { entry, field, first: 2e7, last: 2e7 }];
    Cleared { id, why: String::new(), evidence }
}

#[track_caller]
fn check(conclusion: Conclusion, expected: Expect) {
    expected.assert_eq(&format!("{} [{:?}]", conclusion.sentence, conclusion.confidence));
}

#[test]
fn the_founding_case_in_one_sentence() {
    check(
        Conclusion::new(
            Some(growth(1946 * MIB, 324.0 * MIB as f64)),
            vec![finding(Id::OpenFiles, 1693 * MIB, Confidence::Confident)],
            vec![cleared(Id::GoHeap)],
            quality(360, 6.0 * 3600.0),
        ),
        expect![
            "Used memory grew by 1.9 GiB in 6.0 h (308 to 340 MiB/h). 87 % of the growth is a leak of `LOCK (deleted)` in dolt (pid 4711) (open-files, confident). The Go heap is flat. At its rate memory is used up in 2.0 days to 2.2 days. [Confident]"
        ],
    );
}

#[test]
fn nothing_grows() {
    check(
        Conclusion::new(
            Some(growth(MIB / 2, -1.0)),
            Vec::new(),
            vec![cleared(Id::GoHeap)],
            quality(30, 300.0),
        ),
        expect!["Used memory grew by 0.5 MiB in 5 min. Nothing in it grows like a leak. [None]"],
    );
}

#[test]
fn too_little_says_what_to_do() {
    check(
        Conclusion::new(Some(growth(MIB, 1.0)), Vec::new(), Vec::new(), quality(3, 30.0)),
        expect![
            "Used memory grew by 1.0 MiB in 30 s. 3 samples are too few to tell a leak from noise; take at least 12. [Insufficient]"
        ],
    );
    check(
        Conclusion::new(None, Vec::new(), Vec::new(), quality(1, 0.0)),
        expect![
            "Cannot tell where memory went: one sample shows no growth; take at least 12 (--every 10s --for 5m). [Insufficient]"
        ],
    );
    let mut without = quality(20, 200.0);
    without.missing = vec![Missing {
        what: "meminfo".into(),
        why: "the collector was refused".into(),
        how_to_get: "install its plugin".into(),
    }];
    check(
        Conclusion::new(None, Vec::new(), Vec::new(), without),
        expect![
            "Cannot tell where memory went: meminfo was not readable (the collector was refused); install its plugin. [Insufficient]"
        ],
    );
}

#[test]
fn a_sure_finding_comes_before_a_larger_guess_and_five_are_shown() {
    let mut all: Vec<Finding> = [Id::Threads, Id::Mappings, Id::Timers, Id::Zombies, Id::Cgroups]
        .map(|id| finding(id, MIB, Confidence::Probable))
        .into();
    all.push(finding(Id::KernelSlab, 100 * MIB, Confidence::Possible));
    all.push(finding(Id::OpenFiles, 60 * MIB, Confidence::Confident));
    let told = vec![cleared(Id::OpenFiles), cleared(Id::GoHeap)];
    let conclusion = Conclusion::new(Some(growth(170 * MIB, 1.0)), all, told, quality(30, 300.0));
    let ids: Vec<&str> = conclusion.findings.iter().map(|it| it.id.name()).collect();
    assert_eq!(ids[..2], ["open-files", "kernel-slab"]);
    assert_eq!(ids.len(), MAX_FINDINGS);
    let cleared: Vec<&str> = conclusion.cleared.iter().map(|it| it.id.name()).collect();
    assert_eq!(cleared, ["go-heap"], "what was found is not cleared");
}
