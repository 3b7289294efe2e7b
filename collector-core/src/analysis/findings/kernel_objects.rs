//! Suspicions that see objects of the kernel only, by the slab cache they are in, and not whose
//! they are: watches, timers, locks, mappings, control groups. Nobody is named.

use std::rc::Rc;

use super::costs::Cost;
use super::counted::evidence;
use super::{Claim, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Finding, Id, Subject};
use crate::analysis::series::Key;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct KernelObjects {
    pub(super) id: Id,
    /// What there is more of, in the plural.
    pub(super) what: &'static str,
    /// The cache each of them has an object in.
    pub(super) cache: &'static str,
    /// Fewer new ones than this are no leak.
    pub(super) least: f64,
    pub(super) cost: Cost,
    pub(super) next: &'static [&'static str],
}

impl KernelObjects {
    pub(super) fn examine(&self, case: &Case<'_>) -> Suspicion {
        let groups = case.slab_groups(|name| name == self.cache);
        let claims: Vec<Claim> =
            groups.iter().filter_map(|group| self.claim(case, group)).collect();
        let cleared = Cleared {
            id: self.id,
            why: format!(
                "the kernel does not keep {} or more {} more and more",
                self.least, self.what
            ),
            evidence: Vec::new(),
        };
        let cleared = if claims.is_empty() { vec![cleared] } else { Vec::new() };
        Suspicion { claims, cleared, missing: Vec::new() }
    }

    fn claim(&self, case: &Case<'_>, group: &Rc<str>) -> Option<Claim> {
        let key = Key::SlabObjects(Rc::clone(group));
        let n = case.change(&key);
        let growing = case.grows(&key).filter(|_| n >= self.least)?;
        let parts = self.cost.of(case, n);
        let finding = Finding {
            id: self.id,
            verdict: case.verdict(&growing.trend, false),
            // Whose they are is not known, and a merged cache may hold other objects too.
            confidence: case.confidence(&growing.trend, false),
            subject: Subject { class: Some(self.what.to_owned()), ..Subject::default() },
            bytes: 0,
            since: None,
            remarks: Vec::new(),
            bytes_per_hour: growing.trend.per_hour,
            evidence: evidence(case, &key, &parts),
            next: self.next.iter().map(|it| (*it).to_owned()).collect(),
        };
        // Where others have taken most of it, these objects are theirs.
        let least = parts.iter().map(|(_, bytes)| bytes).sum::<f64>() / 8.0;
        Some(Claim { finding, of: Some(key), parts, change: n, least })
    }
}
