//! Memory of a process that no runtime knows of: malloc, mmap, the C part of a Go program. What
//! threads, goroutines and heaps took of it was given to those before.

use super::go::{Program, programs};
use super::in_bytes::InBytes;
use super::limit::limit;
use super::wording::{from_to, why_not};
use super::{Account, Claim, Suspicion};
use super::{retained, steps};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Cleared, Id, Process};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key, ProcessFigure};

/// What varies by less is not looked at.
const LEAST: f64 = (2_u64 << 20) as f64;
/// A rise of this much that is no leak is worth a line.
const WORTH_A_LINE: f64 = (16_u64 << 20) as f64;
/// Such lines.
const MAX_LINES: usize = 3;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let programs = programs(case);
    let is_it = |key: &Key| matches!(key, Key::Of(_, ProcessFigure::Anonymous));
    let growing = case.growing(Some(Term::Anonymous), LEAST, is_it);
    let claims: Vec<Claim> = growing.iter().filter_map(|it| claim(case, &programs, it)).collect();
    let cleared = cleared(case, &growing);
    Suspicion { claims, cleared, missing: Vec::new() }
}

fn claim(case: &Case<'_>, programs: &[Program], growing: &Growing) -> Option<Claim> {
    let Key::Of(process, _) = &growing.key else { return None };
    let go = programs.iter().find(|it| it.process.as_ref() == Some(process));
    let runtime = go.and_then(|it| it.runtime_memory(case));
    let resident = case.change(&growing.key);
    let bytes = resident - runtime.map_or(0.0, |it| case.change_of(&it).max(0.0));
    let term = Key::Host(HostFigure::Term(Term::Anonymous));
    InBytes {
        id: Id::NativeMemory,
        growing,
        parts: vec![(Account::Of(process.clone(), ProcessFigure::Anonymous), bytes)],
        // The term it is part of is no second look.
        is_conserved: false,
        facts: vec![term],
        next: next(process, go.is_some()),
    }
    .claim(case)
}

fn next(process: &Process, is_go: bool) -> Vec<String> {
    let pid = process.pid;
    let find =
        format!("find who allocates: memleak-bpfcc -p {pid}, or the allocator's own profile");
    if is_go {
        return vec!["it is not the Go heap: look at cgo and mmap".to_owned(), find];
    }
    vec![find, "if it is a Go program, capture with --pprof and --metrics".to_owned()]
}

/// The processes whose memory rose most and that do not leak, with the reason.
fn cleared(case: &Case<'_>, growing: &[Growing]) -> Vec<Cleared> {
    let of_process = case.observed.series.iter().filter_map(|(key, series)| match key {
        Key::Of(_, ProcessFigure::Anonymous) => Some((key, case.change_of(series))),
        _ => None,
    });
    let mut rose: Vec<(&Key, f64)> = of_process
        .filter(|(key, bytes)| *bytes >= WORTH_A_LINE && !growing.iter().any(|it| it.key == **key))
        .collect();
    rose.sort_by(|one, other| other.1.total_cmp(&one.1));
    let line = |(key, _): &(&Key, f64)| {
        let Key::Of(process, _) = key else { return None };
        let trend = case.trend(key)?;
        let why = match case.lasts(key) {
            true => why_not(&trend, 0.0).unwrap_or_else(|| "it is not clear enough".to_owned()),
            false => "it is gone at the end, with what it had".to_owned(),
        };
        let limit = limit(case, key, &trend).unwrap_or_default();
        let called = case.observed.called(process);
        // What is told as a step, or as kept, has its size there; here is why it is no leak.
        let why = match steps::is_step(case, key) || retained::is_kept(case, key) {
            true => format!("{called} does not leak: {why}{limit}"),
            false => format!("{called}: {}: {why}{limit}", from_to(&trend)),
        };
        Some(Cleared {
            id: Id::NativeMemory,
            why,
            evidence: case.observed.fact(key).into_iter().collect(),
        })
    };
    let mut lines: Vec<Cleared> = rose.iter().take(MAX_LINES).filter_map(line).collect();
    if lines.is_empty() && growing.is_empty() {
        lines.push(Cleared {
            id: Id::NativeMemory,
            why: "the memory of no process grows".to_owned(),
            evidence: Vec::new(),
        });
    }
    lines
}
