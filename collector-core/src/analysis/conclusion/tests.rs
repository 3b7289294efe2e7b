//! The sentence at the top: what a customer reads first, and often alone.

use expect_test::{Expect, expect};

use super::*;
use crate::analysis::finding::{Evidence, Process, Subject};
use crate::analysis::holders::{Holder, Kind};
use crate::analysis::ledger::Term;
use crate::analysis::window::Lifetime;

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
        since: None,
        remarks: Vec::new(),
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
            "Used memory grew by 1.9 GiB in 6.0 h (308 to 340 MiB/h). 1.7 GiB, 87 % of the 1.9 GiB that went up, is a leak of `LOCK (deleted)` in dolt (pid 4711) (open-files, confident). The Go heap is flat. At its rate memory is used up in 2.0 days to 2.2 days. [Confident]"
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
    assert_eq!(conclusion.more_findings, 2);
}

/// A growth of these terms, of which anonymous memory has these holders.
fn growth_of(terms: &[(Term, i64)], anonymous: &[i64]) -> HostGrowth {
    let used = terms.iter().map(|it| it.1).sum();
    let holder = |bytes: &i64| Holder {
        kind: Kind::Process,
        name: "it".into(),
        process: None,
        command: None,
        class: None,
        bytes: *bytes,
        lifetime: Lifetime::Throughout,
        is_at_most: false,
        parts: Vec::new(),
    };
    let holders = anonymous.iter().map(holder).collect();
    HostGrowth {
        account: Growth { used, terms: terms.to_vec(), unaccounted: 0 },
        holders: Holders { terms: vec![(Term::Anonymous, holders)], unaccounted: Vec::new() },
        ..growth(0, -1.0)
    }
}

#[track_caller]
fn check_share(growth: HostGrowth, finding: Finding, expected: Expect) {
    let conclusion = Conclusion::new(Some(growth), vec![finding], vec![], quality(30, 300.0));
    expected.assert_eq(&conclusion.sentence);
}

#[test]
fn a_share_is_of_what_went_up_and_is_said_so() {
    // The net growth is 23 MiB, and 169 MiB went up.
    let terms = [(Term::Anonymous, 169 * MIB), (Term::FileCache, -146 * MIB)];
    let found = |mib| Finding {
        verdict: Verdict::Growth,
        ..finding(Id::NativeMemory, mib * MIB, Confidence::Probable)
    };
    check_share(
        growth_of(&terms, &[166 * MIB, 3 * MIB]),
        found(166),
        expect![
            "Used memory grew by 23.0 MiB in 5 min. 166 MiB, 98 % of the 169 MiB that went up, is in `LOCK (deleted)` of dolt (pid 4711), which still grew at the end (native-memory, probable)."
        ],
    );
    // Half a MiB more than its term is the same, and one in a thousand is told without a zero.
    check_share(
        growth_of(&terms, &[]),
        found(170),
        expect![
            "Used memory grew by 23.0 MiB in 5 min. 170 MiB, all that went up, is in `LOCK (deleted)` of dolt (pid 4711), which still grew at the end (native-memory, probable)."
        ],
    );
    let large = [(Term::Anonymous, 9000 * MIB)];
    check_share(
        growth_of(&large, &[]),
        found(1),
        expect![
            "Used memory grew by 8.8 GiB in 5 min. 1.0 MiB, less than 1 % of the 8.8 GiB that went up, is in `LOCK (deleted)` of dolt (pid 4711), which still grew at the end (native-memory, probable)."
        ],
    );
}

#[test]
fn what_others_hide_is_said_to_be_hidden_where_they_gave_back() {
    let terms = [(Term::Anonymous, -3 * MIB)];
    let found = finding(Id::NativeMemory, 84 * MIB, Confidence::Probable);
    check_share(
        growth_of(&terms, &[84 * MIB, -87 * MIB]),
        found.clone(),
        expect![
            "Used memory fell by 3.0 MiB in 5 min. Hidden by what others gave back, 84.0 MiB went into a leak of `LOCK (deleted)` in dolt (pid 4711) (native-memory, probable)."
        ],
    );
    // Nobody gave back.
    check_share(
        growth_of(&terms, &[-3 * MIB]),
        found,
        expect![
            "Used memory fell by 3.0 MiB in 5 min. 84.0 MiB went into a leak of `LOCK (deleted)` in dolt (pid 4711) (native-memory, probable)."
        ],
    );
    // Slabs had room for it, and another term went down.
    let terms = [(Term::SlabPinned, 2 * MIB), (Term::FileCache, -500 * MIB)];
    let found = finding(Id::OpenFiles, 13 * MIB, Confidence::Confident);
    check_share(
        growth_of(&terms, &[]),
        found,
        expect![
            "Used memory fell by 498 MiB in 5 min. 13.0 MiB went into a leak of `LOCK (deleted)` in dolt (pid 4711) (open-files, confident)."
        ],
    );
}

#[test]
fn space_of_deleted_files_is_on_the_disk_and_what_is_in_memory_is_a_share() {
    let found = finding(Id::DeletedFileSpace, 336 * MIB, Confidence::Probable);
    let terms = |cache| [(Term::Anonymous, 300 * MIB), (Term::FileCache, cache)];
    check_share(
        growth_of(&terms(100 * MIB), &[]),
        found.clone(),
        expect![
            "Used memory grew by 400 MiB in 5 min. 336 MiB of the disk is a leak of `LOCK (deleted)` in dolt (pid 4711); at most 100 MiB of it, 25 % of the 400 MiB that went up, is in memory (deleted-file-space, probable)."
        ],
    );
    check_share(
        growth_of(&terms(-9 * MIB), &[]),
        found,
        expect![
            "Used memory grew by 291 MiB in 5 min. 336 MiB of the disk is a leak of `LOCK (deleted)` in dolt (pid 4711) (deleted-file-space, probable)."
        ],
    );
}

#[test]
fn what_is_found_is_not_said_not_to_grow_though_it_is_the_sixth() {
    let none = |id| Cleared { evidence: Vec::new(), ..cleared(id) };
    let told =
        vec![none(Id::NativeMemory), none(Id::Timers), none(Id::Zombies), cleared(Id::Timers)];
    let mut step = finding(Id::NativeMemory, MIB, Confidence::Probable);
    step.verdict = Verdict::Step;
    let mut all = vec![finding(Id::OpenFiles, 9 * MIB, Confidence::Probable); MAX_FINDINGS];
    all.push(step);
    let conclusion = Conclusion::new(Some(growth(MIB, 1.0)), all, told, quality(30, 300.0));
    let ids: Vec<_> = conclusion.cleared.iter().map(|it| (it.id, it.evidence.len())).collect();
    assert_eq!(ids, [(Id::Zombies, 0), (Id::Timers, 1)]);
}

#[test]
fn a_step_is_the_answer_where_nothing_else_grew_and_comes_last_where_something_did() {
    let mut step = finding(Id::NativeMemory, 4096 * MIB, Confidence::Probable);
    (step.verdict, step.bytes_per_hour) = (Verdict::Step, None);
    let mut growth = growth(4200 * MIB, 1.0);
    growth.account.terms = vec![(Term::Anonymous, 4200 * MIB)];
    let told = vec![cleared(Id::NativeMemory)];
    let alone = Conclusion::new(Some(growth.clone()), vec![step.clone()], told, quality(30, 300.0));
    assert_eq!(alone.cleared.len(), 1, "a step accuses nobody");
    check(
        alone,
        expect![
            "Used memory grew by 4.1 GiB in 5 min. 4.0 GiB, 98 % of the 4.1 GiB that went up, is a single step of `LOCK (deleted)` in dolt (pid 4711) (native-memory, probable). [Probable]"
        ],
    );
    let leak = finding(Id::OpenFiles, MIB, Confidence::Possible);
    let both = Conclusion::new(Some(growth), vec![step, leak], Vec::new(), quality(30, 300.0));
    let ids: Vec<&str> = both.findings.iter().map(|it| it.id.name()).collect();
    assert_eq!(ids, ["open-files", "native-memory"]);
}
