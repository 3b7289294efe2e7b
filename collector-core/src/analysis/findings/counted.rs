//! Suspicions that count objects of a process: descriptors of a class, sockets, threads. Each is a
//! family of series, a cost per object, and advice; what they are is in their own files.

use super::costs::is_conserved;
use super::{Account, Claim, Suspicion, whole};
use crate::analysis::case::{Case, Growing};
use crate::analysis::conclusion::bytes;
use crate::analysis::finding::{Cleared, Evidence, Finding, Id, Subject};
use crate::analysis::series::Key;
use crate::analysis::trend::Trend;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) id: Id,
    /// What one process has more of, in the plural.
    pub(super) what: &'static str,
    /// Fewer new ones than this are no leak, whatever they weigh.
    pub(super) least: f64,
    /// Whether a series counts such objects.
    pub(super) belongs: fn(&Key) -> bool,
    /// What so many new ones can have taken of each account.
    pub(super) cost: fn(&Case<'_>, &Key, f64) -> Vec<(Account, f64)>,
    /// What to do about it.
    pub(super) next: fn(&Subject) -> Vec<String>,
}

impl Counted {
    pub(super) fn examine(&self, case: &Case<'_>) -> Suspicion {
        let growing = case.growing(None, self.least, self.belongs);
        let claims: Vec<Claim> = growing.iter().filter_map(|it| self.claim(case, it)).collect();
        let cleared = Cleared {
            id: self.id,
            why: format!("no process has ever more {}, by {} or more", self.what, self.least),
            evidence: Vec::new(),
        };
        let cleared = if claims.is_empty() { vec![cleared] } else { Vec::new() };
        Suspicion { claims, cleared, missing: Vec::new() }
    }

    fn claim(&self, case: &Case<'_>, growing: &Growing) -> Option<Claim> {
        let n = case.change(&growing.key);
        if n < self.least {
            return None;
        }
        let parts = (self.cost)(case, &growing.key, n);
        let is_conserved = is_conserved(case, &parts);
        let subject = case.subject(&growing.key);
        let finding = Finding {
            id: self.id,
            verdict: case.verdict(&growing.trend, is_conserved),
            confidence: case.confidence(&growing.trend, is_conserved),
            next: (self.next)(&subject),
            subject,
            bytes: 0,
            since: None,
            remarks: in_slab(case, &parts, n).into_iter().collect(),
            bytes_per_hour: growing.trend.per_hour,
            evidence: evidence(case, &growing.key, &parts),
        };
        Some(Claim { finding, of: Some(growing.key.clone()), parts, change: n, least: 0.0 })
    }
}

impl Claim {
    /// Takes note of `new` objects of another count, of which there is one for each `n` of this
    /// claim, which has that trend: as far as others come and go, it is the growth found again.
    pub(super) fn witness(&mut self, case: &Case<'_>, trend: &Trend, n: f64, new: f64) {
        if n > 0.0 && (0.5 * n..=2.0 * n).contains(&new) {
            self.finding.confidence = case.confidence(trend, true);
            self.finding.verdict = case.verdict(trend, true);
        }
    }
}

/// Objects that would take more than this share of what their caches grew by explain nothing: their
/// cost is a bound, or they were there before.
const ALL: f64 = 1.05;

/// What one of `n` new objects takes of the slab, by the sizes of this kernel, and how much of the
/// growth of its caches all of them explain; `None`: they are in no cache, in none that grew, or
/// take less than their cost. Objects are compared, because the room in slabs is nobody's.
fn in_slab(case: &Case<'_>, parts: &[(Account, f64)], n: f64) -> Option<String> {
    let (mut claimed, mut grown) = (0.0, 0.0);
    for (account, bytes) in parts {
        let Account::Slab(group) = account else { continue };
        let each = case.observed.object_bytes.get(group).copied().unwrap_or(0.0);
        claimed += bytes;
        grown += (case.change(&Key::SlabObjects(group.clone())) * each).max(0.0);
    }
    if claimed <= 0.0 || claimed > ALL * grown {
        return None;
    }
    Some(format!(
        "{n:.0} x {} of slab explain {:.0} % of what the objects in their caches grew by",
        bytes(whole(claimed / n)),
        (claimed / grown * 100.0).min(100.0)
    ))
}

/// The count, and the accounts it is found in again.
pub(super) fn evidence(case: &Case<'_>, key: &Key, parts: &[(Account, f64)]) -> Vec<Evidence> {
    let accounts = parts.iter().filter_map(|(account, _)| match account {
        Account::Slab(group) => Some(Key::SlabObjects(group.clone())),
        Account::Term(term) => Some(Key::Host(crate::analysis::series::HostFigure::Term(*term))),
        _ => None,
    });
    let keys = std::iter::once(key.clone()).chain(accounts.filter(|it| it != key));
    keys.filter_map(|key| case.observed.fact(&key)).take(3).collect()
}

/// The process of a subject, for a command line.
pub(super) fn pid(subject: &Subject) -> String {
    subject.process.as_ref().map_or("PID".to_owned(), |it| it.pid.to_string())
}

/// The class of a subject.
pub(super) fn class(subject: &Subject) -> &str {
    subject.class.as_deref().unwrap_or("them")
}
