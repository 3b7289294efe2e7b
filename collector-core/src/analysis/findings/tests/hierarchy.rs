//! Terms first, then their parts: what a term that does not grow may refuse, and what it may not.

use super::*;
use crate::analysis::trend::testing::Random;

fn process(pid: u32) -> Key {
    Key::Of(Process { pid, start_ticks: 1 }, ProcessFigure::Anonymous)
}

/// A host whose term `anonymous` is the sum of its processes' memory.
fn host(memory: &[&dyn Fn(usize) -> f64]) -> Observed {
    let mut observed = quiet(24);
    for (pid, mib) in (1..).zip(memory) {
        observed.commands.insert(Process { pid, start_ticks: 1 }, format!("p{pid}").into());
        add(&mut observed, &process(pid), |at| MIB * mib(at));
    }
    let all = |at: usize| memory.iter().map(|it| it(at)).sum::<f64>();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "MiB of a test")]
    add_term(&mut observed, Term::Anonymous, |at| (all(at) as u64) << 20);
    observed
}

fn found(observed: &Observed) -> Vec<(Option<u32>, Verdict, Confidence)> {
    let findings = examine(&Case::new(observed)).findings;
    let pid = |it: &Finding| it.subject.process.as_ref().map(|it| it.pid);
    findings.iter().map(|it| (pid(it), it.verdict, it.confidence)).collect()
}

#[test]
fn a_leak_that_others_hide_is_found() {
    // The term falls: the second gives back more than the first takes.
    let leak = |at: usize| 50.0 + 4.0 * at as f64;
    let shrinks = |at: usize| 400.0 - 6.0 * at as f64;
    let observed = host(&[&leak, &shrinks]);
    assert_eq!(Case::new(&observed).term_grows(Term::Anonymous), Some(false));
    assert_eq!(found(&observed), [(Some(1), Verdict::Leak, Confidence::Confident)]);
}

#[test]
fn a_leak_that_hides_behind_a_process_that_ended_is_found() {
    let mut observed = host(&[&|at: usize| 50.0 + 4.0 * at as f64]);
    let flat = |_: usize| 150_u64 << 20;
    let term = Key::Host(HostFigure::Term(Term::Anonymous));
    observed.series.remove(&term);
    add(&mut observed, &term, |at| flat(at) as f64);
    (0..12).for_each(|at| observed.push(process(2), at, MIB * 100.0));
    assert_eq!(found(&observed), [(Some(1), Verdict::Leak, Confidence::Confident)]);
}

#[test]
fn growth_that_is_in_no_sum_is_less_sure() {
    // Pages that two processes have alike count for both and once for the host.
    let mut observed = host(&[&|at: usize| 50.0 + 4.0 * at as f64, &|_: usize| 100.0]);
    let term = Key::Host(HostFigure::Term(Term::Anonymous));
    observed.series.remove(&term);
    add(&mut observed, &term, |_| MIB * 150.0);
    assert_eq!(found(&observed), [(Some(1), Verdict::Leak, Confidence::Probable)]);
    let findings = examine(&Case::new(&observed)).findings;
    assert_eq!(
        findings[0].remarks,
        [
            "less sure: the host's anonymous memory does not grow, and nobody is seen to give any back"
        ]
    );
}

/// Counts are no part of a term: the founding case takes two MiB, and no term tells.
#[test]
fn counts_are_asked_whatever_the_terms_do() {
    let mut observed = super::founding_case(24, false);
    add_term(&mut observed, Term::Anonymous, |_| 100 << 20);
    add(&mut observed, &Key::Host(HostFigure::Term(Term::SlabPinned)), |at| {
        MIB * (20.0 - at as f64 / 10.0)
    });
    add(&mut observed, &Key::Host(HostFigure::Term(Term::SlabUnreclaimable)), |_| MIB * 50.0);
    let findings = examine(&Case::new(&observed)).findings;
    let ids: Vec<&str> = findings.iter().map(|it| it.id.name()).collect();
    assert_eq!(ids, ["open-files"]);
    assert_eq!(findings[0].confidence, Confidence::Confident);
}

/// What the decision rests on: sixty hosts of a hundred processes each, whose memory wanders (the
/// worst of the table in `docs/report.md`) and leaks nowhere, under a term that does not grow. How
/// many of the 6000 are said to grow: asked as if the term did, and as they are.
#[test]
fn among_many_that_wander_parts_of_a_still_term_are_hardly_accused() {
    let mut random = Random::new();
    let (mut lenient, mut ours) = (0, 0);
    for _ in 0..60 {
        let mut observed = quiet(24);
        for pid in 1..=100 {
            let mut level = 0.0;
            add_with(&mut observed, &process(pid), |_| {
                level = 0.9 * level + random.normal();
                MIB * (200.0 + 8.0 * level)
            });
        }
        let is_it = |key: &Key| matches!(key, Key::Of(..));
        let n = |observed: &Observed| {
            Case::new(observed).growing(Some(Term::Anonymous), MIB, is_it).len()
        };
        lenient += n(&observed);
        add(&mut observed, &Key::Host(HostFigure::Term(Term::Anonymous)), |_| MIB * 20_000.0);
        ours += n(&observed);
    }
    assert_eq!((lenient, ours), (254, 39));
}

/// A leak of twenty times its noise is found as often where others hide it.
#[test]
fn a_noisy_leak_that_is_hidden_is_still_found() {
    let mut random = Random::new();
    let mut found = 0;
    for _ in 0..100 {
        let mut observed = quiet(24);
        for pid in 1..=20 {
            let leak = if pid == 1 { 20.0 / 23.0 } else { 0.0 };
            add_with(&mut observed, &process(pid), |at| {
                MIB * (200.0 + 8.0 * (leak * at as f64 + random.normal()))
            });
        }
        add(&mut observed, &Key::Host(HostFigure::Term(Term::Anonymous)), |_| MIB * 4000.0);
        let is_it = |key: &Key| matches!(key, Key::Of(..));
        let growing = Case::new(&observed).growing(Some(Term::Anonymous), MIB, is_it);
        let keys: Vec<Key> = growing.into_iter().map(|it| it.key).collect();
        found += usize::from(keys == [process(1)]);
    }
    assert_eq!(found, 98);
}

/// Adds a series whose values depend on those before.
fn add_with(observed: &mut Observed, key: &Key, mut value: impl FnMut(usize) -> f64) {
    (0..observed.times.len()).for_each(|at| observed.push(key.clone(), at, value(at)));
}
