//! Memory that grew once: a program that started, huge pages that were set aside, a buffer that was
//! made. It is no leak, and where nothing else grew it is where the memory went.
//!
//! A process that stepped is named; a term that stepped without one of them is told as that, with
//! the program that started in it, if one did.

use super::{Account, Claim, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Confidence, Finding, Id, Process, Subject, Verdict};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key, ProcessFigure, Series};
use crate::analysis::trend::{MIN_SAMPLES, Shape, largest_jump};

/// A step of this many bytes is worth telling,
const LEAST: f64 = (16_u64 << 20) as f64;
/// and so is one of this share of a small host's memory.
const LEAST_SHARE: f64 = 0.01;
/// A step of a term of which nobody is known is worth telling from this many bytes on, and from
/// that share of the memory on: smaller ones are made all the time, by many.
const LEAST_OF_NOBODY: f64 = (64_u64 << 20) as f64;
/// What is left of it at the end, or it was none.
const STAYS: f64 = 0.8;
/// With so many samples a step is likely; with fewer it is possible.
const LIKELY: usize = 12;
/// A process makes the step of a term when it has this share of it.
const SHARE: f64 = 0.5;

/// A series that stepped.
struct Step {
    key: Key,
    bytes: f64,
    /// The samples between which it came.
    between: (usize, usize),
    n: usize,
}

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let steps = |is_it: fn(&Key) -> bool| {
        let keys = case.observed.series.iter().filter(move |(key, _)| is_it(key));
        keys.filter_map(|(key, series)| step(case, key, series)).collect::<Vec<Step>>()
    };
    let of_processes = steps(|key| matches!(key, Key::Of(_, ProcessFigure::Anonymous)));
    let mut claims: Vec<Claim> =
        of_processes.iter().map(|it| claim(case, it, case.subject(&it.key))).collect();
    for it in steps(|key| id_of(key).is_some()) {
        let meets =
            |other: &&Step| other.between.0 <= it.between.1 && it.between.0 <= other.between.1;
        let by_processes: f64 = of_processes.iter().filter(meets).map(|it| it.bytes).sum();
        let is_memory = it.key == Key::Host(HostFigure::Term(Term::Anonymous));
        if is_memory && by_processes >= SHARE * it.bytes {
            continue;
        }
        let started = started_in(case, &it).filter(|_| is_memory);
        let mut subject = started.map(|it| subject(case, it)).unwrap_or_default();
        if let Key::Host(HostFigure::Term(term @ (Term::HugePages | Term::PerCpu))) = it.key {
            subject.class = Some(term.name().to_owned());
        }
        let is_of_nobody = subject == Subject::default();
        if !is_of_nobody || it.bytes >= LEAST_OF_NOBODY.max(LEAST_SHARE * total(case)) {
            claims.push(claim(case, &it, subject));
        }
    }
    Suspicion { claims, ..Suspicion::default() }
}

/// Whether a series is told as a step.
pub(super) fn is_step(case: &Case<'_>, key: &Key) -> bool {
    case.observed.series.get(key).is_some_and(|series| step(case, key, series).is_some())
}

/// `None`: the series did not grow in one step, or it was small, or it did not stay.
fn step(case: &Case<'_>, key: &Key, series: &Series) -> Option<Step> {
    let values = series.values();
    let at = largest_jump(values).filter(|_| values.len() >= MIN_SAMPLES)?;
    let least = LEAST.min(LEAST_SHARE * total(case));
    let bytes = case.change_of(series);
    let stays = values.last()? - values[at - 1] >= STAYS * (values[at] - values[at - 1]);
    let is_lasting = stays && case.lasts(key);
    if bytes < least || !is_lasting {
        return None;
    }
    let trend = case.trend(key).filter(|it| matches!(it.shape, Shape::Step { .. }))?;
    let bytes = match key {
        Key::Of(..) => bytes.min(trend.rise),
        // What else grows in a term is of others: of it only what came at once.
        _ => bytes.min(trend.rise).min(values[at] - values[at - 1]),
    };
    let samples: Vec<usize> = series.samples().collect();
    let between = (samples[at - 1], samples[at]);
    let is_worth = bytes >= least;
    is_worth.then(|| Step { key: key.clone(), bytes, between, n: values.len() })
}

/// The memory of the host, in bytes; without accounts, more than any has.
fn total(case: &Case<'_>) -> f64 {
    case.observed.accounts.last().map_or(f64::INFINITY, |it| it.total as f64)
}

fn claim(case: &Case<'_>, step: &Step, subject: Subject) -> Claim {
    let (account, id) = match (&step.key, id_of(&step.key)) {
        (Key::Of(process, figure), _) => (Account::Of(process.clone(), *figure), Id::NativeMemory),
        (Key::Host(HostFigure::Term(term)), Some(id)) => (Account::Term(*term), id),
        (_, id) => (Account::Unaccounted, id.unwrap_or(Id::UnaccountedKernel)),
    };
    let is_likely = step.n >= LIKELY;
    let finding = Finding {
        id,
        verdict: Verdict::Step,
        confidence: if is_likely { Confidence::Probable } else { Confidence::Possible },
        next: vec![match &subject.process {
            Some(it) => format!("ask what pid {} did then; it has not grown since", it.pid),
            None => "ask what was done then: a start, a setting, a reservation".to_owned(),
        }],
        subject,
        bytes: 0,
        since: None,
        remarks: Vec::new(),
        bytes_per_hour: None,
        evidence: case.observed.fact(&step.key).into_iter().collect(),
    };
    let parts = vec![(account, step.bytes)];
    let of = Some(step.key.clone());
    Claim { finding, of, parts, change: step.bytes, least: SHARE * step.bytes }
}

/// The suspicion that a figure of the host belongs to; `None`: the kernel gives it back when memory
/// is needed, or it is told by its parts.
fn id_of(key: &Key) -> Option<Id> {
    let Key::Host(figure) = key else { return None };
    match figure {
        HostFigure::Term(Term::Anonymous) => Some(Id::NativeMemory),
        HostFigure::Term(Term::SharedMemory) => Some(Id::SharedMemory),
        HostFigure::Term(Term::SlabUnreclaimable) => Some(Id::KernelSlab),
        HostFigure::Term(Term::PageTables) => Some(Id::PageTables),
        HostFigure::Term(Term::KernelStacks) => Some(Id::Threads),
        HostFigure::Term(Term::HugePages | Term::PerCpu | Term::Vmalloc)
        | HostFigure::Unaccounted => Some(Id::UnaccountedKernel),
        _ => None,
    }
}

/// The process that was first seen after a step, has most memory of those, and half of the step's.
fn started_in<'c>(case: &'c Case<'_>, step: &Step) -> Option<&'c Process> {
    let memory = |it: &Process| {
        let series = case.observed.series.get(&Key::Of(it.clone(), ProcessFigure::Anonymous));
        series.and_then(|it| it.values().first().copied()).unwrap_or(0.0)
    };
    let (before, after) = step.between;
    let is_new =
        |it: &&Process| case.life(it).is_some_and(|(first, _)| first > before && first <= after);
    let new = case.processes().filter(is_new);
    let most = new.max_by(|one, other| memory(one).total_cmp(&memory(other)))?;
    (memory(most) >= SHARE * step.bytes).then_some(most)
}

fn subject(case: &Case<'_>, process: &Process) -> Subject {
    case.subject(&Key::Of(process.clone(), ProcessFigure::Anonymous))
}
