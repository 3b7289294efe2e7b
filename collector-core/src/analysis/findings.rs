//! The suspicions, one per file, and who gets the bytes when two of them claim the same.
//!
//! A suspicion is a pure function of a [`Case`]. It claims bytes of accounts (a term, a slab group)
//! and never more than its objects can have taken; here each claim is cut to what the account
//! really grew by, in the order of the list, the most specific suspicion first. So no byte is
//! given twice, and what is left over is the kernel's or nobody's.

mod open_files;

use std::collections::BTreeMap;
use std::rc::Rc;

use super::case::Case;
use super::finding::{Cleared, Examined, Finding, Missing};
use super::ledger::Term;
use super::series::Key;
use super::trend::MIN_SAMPLES;

/// Every suspicion, the most specific first.
const SUSPICIONS: &[fn(&Case<'_>) -> Suspicion] = &[open_files::examine];

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
    /// The finding; its bytes are set when the claim is settled.
    pub finding: Finding,
    /// How much of which account.
    pub parts: Vec<(Account, f64)>,
}

/// What bytes can be claimed of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// A term of the host's account.
    Term(Term),
    /// A group of slab caches; it is inside the slab terms.
    Slab(Rc<str>),
    /// What no term explains.
    Unaccounted,
    /// Something that is no memory of the host, such as a number of descriptors or a metric. Its
    /// bytes are not counted.
    Nothing,
}

/// Examines the case on every suspicion.
#[must_use]
pub fn examine(case: &Case<'_>) -> Examined {
    let mut examined = Examined::default();
    let mut left = Left { case, amounts: BTreeMap::new() };
    for suspicion in SUSPICIONS {
        let Suspicion { claims, cleared, missing } = suspicion(case);
        examined.findings.extend(claims.into_iter().map(|claim| left.settle(claim)));
        examined.cleared.extend(cleared);
        examined.missing.extend(missing);
    }
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
    fn settle(&mut self, claim: Claim) -> Finding {
        let Claim { mut finding, parts } = claim;
        let granted: f64 = parts.iter().map(|(account, bytes)| self.take(account, *bytes)).sum();
        #[expect(clippy::cast_possible_truncation, reason = "a part of the memory of a host")]
        let bytes = granted.round() as i64;
        finding.bytes = bytes;
        finding
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

    fn grown(&self, account: &Account) -> f64 {
        match account {
            Account::Term(term) => self.case.term(*term) as f64,
            Account::Unaccounted => {
                self.case.growth.as_ref().map_or(0.0, |it| it.unaccounted as f64)
            }
            Account::Slab(group) => {
                let series = self.case.observed.series.get(&Key::Slab(Rc::clone(group)));
                series.map_or(0.0, super::series::Series::change)
            }
            Account::Nothing => 0.0,
        }
    }
}

/// The slab groups that have a cache for which `is_it` says yes.
fn slab_groups(case: &Case<'_>, is_it: impl Fn(&str) -> bool) -> Vec<Rc<str>> {
    let groups = case.observed.series.keys().filter_map(|key| match key {
        Key::Slab(group) => Some(Rc::clone(group)),
        _ => None,
    });
    groups.filter(|group| members(group).any(&is_it)).collect()
}

/// The caches of a group: its name lists them.
fn members(group: &str) -> impl Iterator<Item = &str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.()".contains(c);
    group.split(move |c| !is_name(c)).filter(|name| !name.is_empty())
}

/// What `n_objects` more of a group took: their size, and never more than the group grew by.
fn claim_of(case: &Case<'_>, group: &Rc<str>, n_objects: f64) -> (Account, f64) {
    let each = case.observed.object_bytes.get(group).copied().unwrap_or(0.0);
    (Account::Slab(Rc::clone(group)), n_objects * each)
}

#[cfg(test)]
mod tests;
