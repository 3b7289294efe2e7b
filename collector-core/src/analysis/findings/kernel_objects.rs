//! Suspicions that see objects of the kernel only, by the slab cache they are in, and not whose
//! they are: watches, timers, locks, mappings, control groups. Nobody is named.

use std::rc::Rc;

use super::costs::Cost;
use super::counted::evidence;
use super::wording::lacking;
use super::{Account, Claim, Suspicion, members};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Cleared, Finding, Id, Subject};
use crate::analysis::series::{HostFigure, Key, Source};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct KernelObjects {
    pub(super) id: Id,
    /// What there is more of, in the plural.
    pub(super) what: &'static str,
    /// The cache each of them has an object in.
    pub(super) cache: &'static str,
    /// The kernel's own count of them, where it has one that a bundle may tell.
    pub(super) counter: Option<HostFigure>,
    /// Fewer new ones than this are no leak.
    pub(super) least: f64,
    pub(super) cost: Cost,
    pub(super) next: &'static [&'static str],
}

impl KernelObjects {
    pub(super) fn examine(&self, case: &Case<'_>) -> Suspicion {
        let counter = self.counter.map(Key::Host).and_then(|it| case.grows(&it));
        if let Some(missing) = lacking(case, Source::Slabinfo).filter(|_| counter.is_none()) {
            return Suspicion { missing: vec![missing], ..Suspicion::default() };
        }
        let groups = case.slab_groups(|name| name == self.cache);
        let objects = groups.iter().map(|it| Key::SlabObjects(Rc::clone(it)));
        let claims: Vec<Claim> = match counter {
            // Two looks that agree: the kernel's count, and the cache.
            Some(counter) => {
                let n = case.change(&counter.key);
                let found: f64 = objects.map(|it| case.change(&it)).sum();
                let is_conserved = found >= 0.5 * n && found <= 2.0 * n;
                self.claim(case, &counter, is_conserved).into_iter().collect()
            }
            // A merged cache may hold other objects too.
            None => objects
                .filter_map(|it| case.grows(&it))
                .filter_map(|it| self.claim(case, &it, false))
                .collect(),
        };
        let cleared = Cleared {
            id: self.id,
            why: format!(
                "the kernel does not keep ever more {}, by {} or more",
                self.what, self.least
            ),
            evidence: Vec::new(),
        };
        let cleared = if claims.is_empty() { vec![cleared] } else { Vec::new() };
        Suspicion { claims, cleared, missing: Vec::new() }
    }

    /// Whose they are is not known.
    fn claim(&self, case: &Case<'_>, growing: &Growing, is_conserved: bool) -> Option<Claim> {
        let n = case.change(&growing.key);
        if n < self.least {
            return None;
        }
        let parts = self.cost.of(case, n);
        let finding = Finding {
            id: self.id,
            verdict: case.verdict(&growing.trend, is_conserved),
            confidence: case.confidence(&growing.trend, is_conserved),
            subject: Subject { class: Some(self.what.to_owned()), ..Subject::default() },
            bytes: 0,
            since: None,
            remarks: Vec::new(),
            bytes_per_hour: growing.trend.per_hour,
            evidence: evidence(case, &growing.key, &parts),
            next: self.next.iter().map(|it| (*it).to_owned()).collect(),
        };
        // Where others have taken most of it, these objects are theirs. Only their own cache is
        // asked: what else they may keep in memory, such as inodes, may have been there before.
        let is_own = |account: &Account| match account {
            Account::Slab(group) => members(group).any(|it| it == self.cache),
            _ => false,
        };
        let own_bytes = parts.iter().filter(|(account, _)| is_own(account));
        let least = own_bytes.map(|(_, bytes)| bytes).sum::<f64>() / 8.0;
        let of = Some(growing.key.clone());
        Some(Claim { finding, of, parts, change: n, least })
    }
}
