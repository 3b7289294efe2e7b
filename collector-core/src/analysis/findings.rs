//! The suspicions, one per file, and who gets the bytes when two of them claim the same.
//!
//! A suspicion is a pure function of a [`Case`]. It claims bytes of accounts (a term, a slab group)
//! and never more than its objects can have taken; here each claim is cut to what the account
//! really grew by, in the order of the list, the most specific suspicion first. So no byte is
//! given twice, and what is left over is the kernel's or nobody's. Slab grows by objects or by
//! bytes: where slabs had room, new objects have taken it, and the host's memory did not grow.

mod bpf_maps;
mod cgroups;
mod close_wait;
mod costs;
mod counted;
mod cycles;
mod dating;
mod deleted_file_space;
mod descriptors;
mod doubts;
mod file_locks;
mod free_lists;
pub(in crate::analysis) mod go;
mod go_heap;
mod goroutines;
mod in_bytes;
mod inotify_watches;
mod kernel_objects;
mod kernel_slab;
mod limit;
mod mappings;
mod metric;
mod namespaces;
mod native_memory;
mod observer;
mod open_files;
mod opened;
mod page_cache;
mod page_tables;
mod pinned_slab;
mod pipe_buffers;
mod remarks;
mod restarted;
mod retained;
mod shared_memory;
mod shares;
mod socket_buffers;
mod steps;
mod threads;
mod time_wait;
mod timers;
mod unaccounted_kernel;
mod uncounted;
mod unix_sockets;
mod wording;
mod work;
mod zombies;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::case::Case;
use super::finding::{Cleared, Confidence, Examined, Finding, Missing, Process, Verdict};
use super::ledger::Term;
use super::readers::slab_names::members;
use super::series::{Key, ProcessFigure, Source};
use super::trend::{MIN_SAMPLES, Slope};
use wording::lacking;

pub(in crate::analysis) use open_files::is_file;

/// Looks for one suspicion.
type Examine = fn(&Case<'_>) -> Suspicion;

/// Every suspicion, with the source that it cannot do without: the most specific first, which takes
/// its bytes before those that are less so.
const SUSPICIONS: &[(Option<Source>, Examine)] = &[
    (Some(Source::Status), threads::examine),
    (Some(Source::Stat), zombies::examine),
    (Some(Source::Sockets), close_wait::examine),
    (Some(Source::UnixSockets), unix_sockets::examine),
    (Some(Source::Descriptors), pipe_buffers::examine),
    (Some(Source::Descriptors), descriptors::examine),
    (Some(Source::Descriptors), bpf_maps::examine),
    (Some(Source::Descriptors), namespaces::examine),
    (Some(Source::Descriptors), open_files::examine),
    // These look elsewhere where the first source is not there.
    (None, inotify_watches::examine),
    (None, timers::examine),
    (None, file_locks::examine),
    (None, cgroups::examine),
    (Some(Source::Slabinfo), mappings::examine),
    (Some(Source::Status), page_tables::examine),
    (None, go_heap::examine),
    (None, goroutines::examine),
    (Some(Source::Status), native_memory::examine),
    (Some(Source::Accounts), shared_memory::examine),
    (Some(Source::Descriptors), deleted_file_space::examine),
    (Some(Source::Sockstat), socket_buffers::examine),
    (Some(Source::Slabinfo), pinned_slab::examine),
    (Some(Source::Slabinfo), kernel_slab::examine),
    (Some(Source::Accounts), unaccounted_kernel::examine),
    (Some(Source::Accounts), page_cache::examine),
    (None, steps::examine),
    (None, retained::examine),
    (None, cycles::examine),
    (None, restarted::examine),
    (None, free_lists::examine),
    (None, time_wait::examine),
    (None, metric::examine),
];

/// What a suspicion came to, before its claims are settled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suspicion {
    /// What it found, with the bytes it claims.
    pub claims: Vec<Claim>,
    /// Why it is not it.
    pub cleared: Vec<Cleared>,
    /// What it would have needed.
    pub missing: Vec<Missing>,
}

/// A finding, and the accounts whose growth it claims to explain.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The finding; its bytes are set when the claim is settled, if it has parts.
    pub finding: Finding,
    /// The series that grows; `None`: it is told by no growth.
    pub of: Option<Key>,
    /// How much of which account.
    pub parts: Vec<(Account, f64)>,
    /// How much more of its series there is at the end, in the series' own unit: the finding's rate
    /// is of that until the claim is settled, and of the bytes it gets then.
    pub change: f64,
    /// With fewer bytes than this left for it, it is no finding.
    pub least: f64,
}

/// What bytes can be claimed of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// A term of the host's account.
    Term(Term),
    /// A group of slab caches; it is inside the slab terms.
    Slab(Rc<str>),
    /// Memory of one process.
    Of(Process, ProcessFigure),
    /// What one function of the kernel has mapped.
    Caller(Rc<str>),
    /// What no term explains.
    Unaccounted,
    /// Space on the disk that deleted files of one class in a process take. It is no memory.
    Disk(Process, Rc<str>),
}

/// Examines the case on every suspicion.
#[must_use]
pub fn examine(case: &Case<'_>) -> Examined {
    let mut examined = Examined::default();
    let mut left = Left { case, amounts: BTreeMap::new() };
    // What the collector did itself is nobody else's.
    let observer::Own { measured, claimed, why } = observer::examine(case);
    for (account, bytes) in measured {
        left.give(&account, bytes);
        examined.observer.push((account, whole(bytes)));
    }
    let mut granted = 0.0;
    for (account, bytes) in claimed {
        let bytes = left.take(&account, bytes);
        // Objects in room that was there are taken, and nothing that the host's memory grew by.
        let bytes = match &account {
            Account::Slab(group) => bytes.min(slab_bytes(case, group).max(0.0)),
            _ => bytes,
        };
        granted += bytes;
        examined.observer.push((account, whole(bytes)));
    }
    examined.observer.retain(|(_, bytes)| *bytes != 0);
    examined.cleared.extend(why.filter(|_| granted > 0.0));
    // What is open takes these, whatever others that are not seen have closed meanwhile.
    for (account, bytes) in opened::examine(case) {
        left.at_least(account, bytes);
    }
    for (source, suspicion) in SUSPICIONS {
        if let Some(missing) = source.and_then(|it| lacking(case, it)) {
            examined.missing.push(missing);
            continue;
        }
        let Suspicion { claims, cleared, missing } = suspicion(case);
        examined.findings.extend(claims.into_iter().filter_map(|claim| left.settle(claim)));
        examined.cleared.extend(cleared);
        examined.missing.extend(missing);
    }
    examined.missing.extend(uncounted::of_nameless(case, &examined.findings));
    if case.observed.times.len() < MIN_SAMPLES {
        // Nothing grows in so few, so nothing is cleared by it either.
        examined.cleared.clear();
    }
    examined.missing.sort();
    examined.missing.dedup();
    examined
}

/// What is left to be claimed of each account.
struct Left<'c, 'o> {
    case: &'c Case<'o>,
    amounts: BTreeMap<Account, f64>,
}

impl Left<'_, '_> {
    /// The finding of a claim with the bytes it gets; `None`: they are too few for one.
    fn settle(&mut self, claim: Claim) -> Option<Finding> {
        // A claim that is refused takes nothing from those that come after it.
        let before = self.amounts.clone();
        let parts = &claim.parts;
        let granted: f64 = parts.iter().map(|(account, bytes)| self.take(account, *bytes)).sum();
        if granted < claim.least {
            self.amounts = before;
            return None;
        }
        let remarks = remarks::of(self.case, &claim, granted);
        let Claim { mut finding, parts, change, .. } = claim;
        if !parts.is_empty() {
            finding.bytes = whole(granted);
        }
        let each = if change > 0.0 { granted / change } else { 0.0 };
        finding.bytes_per_hour = finding.bytes_per_hour.map(|it| Slope {
            low: it.low * each,
            mid: it.mid * each,
            high: it.high * each,
        });
        if granted == 0.0 && !parts.is_empty() {
            // It may be so, and it costs the host nothing that was seen.
            finding.confidence = finding.confidence.min(Confidence::Possible);
        }
        remarks.put_into(&mut finding);
        // Until it is likely, nobody is accused.
        if finding.verdict == Verdict::Leak && finding.confidence < Confidence::Probable {
            finding.verdict = Verdict::Growth;
        }
        Some(finding)
    }

    fn take(&mut self, account: &Account, bytes: f64) -> f64 {
        let left = match self.amounts.get(account) {
            Some(left) => *left,
            None => self.grown(account),
        };
        let granted = bytes.clamp(0.0, left.max(0.0));
        self.amounts.insert(account.clone(), left - granted);
        granted
    }

    /// Takes what was counted, with its sign.
    fn give(&mut self, account: &Account, bytes: f64) {
        let left = self.amounts.get(account).copied().unwrap_or_else(|| self.grown(account));
        self.amounts.insert(account.clone(), left - bytes);
    }

    /// There is as much of an account to be claimed, or more.
    fn at_least(&mut self, account: Account, bytes: f64) {
        let left = self.amounts.get(&account).copied().unwrap_or_else(|| self.grown(&account));
        self.amounts.insert(account, left.max(bytes));
    }

    fn grown(&self, account: &Account) -> f64 {
        grown(self.case, account)
    }
}

/// What an account grew by.
fn grown(case: &Case<'_>, account: &Account) -> f64 {
    match account {
        Account::Term(term) => case.term(*term) as f64,
        Account::Unaccounted => case.growth.as_ref().map_or(0.0, |it| it.unaccounted as f64),
        Account::Slab(group) => slab_grown(case, group),
        Account::Of(process, figure) => case.change(&Key::Of(process.clone(), *figure)),
        Account::Caller(caller) => case.change(&Key::Caller(Rc::clone(caller))),
        Account::Disk(process, class) => {
            case.change(&Key::DeletedBytes(process.clone(), Rc::clone(class)))
        }
    }
}

/// What a slab group grew by: objects first, then bytes. New objects take memory that was used
/// already where slabs had room for them, and what they take is theirs all the same.
fn slab_grown(case: &Case<'_>, group: &Rc<str>) -> f64 {
    let objects = case.change(&Key::SlabObjects(Rc::clone(group)));
    let each = case.observed.object_bytes.get(group).copied().unwrap_or(0.0);
    slab_bytes(case, group).max(objects * each)
}

/// What the slabs of a group grew by.
fn slab_bytes(case: &Case<'_>, group: &Rc<str>) -> f64 {
    case.change(&Key::Slab(Rc::clone(group)))
}

#[expect(clippy::cast_possible_truncation, reason = "a part of the memory of a host")]
fn whole(bytes: f64) -> i64 {
    bytes.round() as i64
}

#[cfg(test)]
mod tests;
