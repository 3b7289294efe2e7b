//! Suspicions that see objects of the kernel only, by the slab cache they are in, and not whose
//! they are: watches, timers, locks, control groups.

use std::rc::Rc;

use super::costs::{Cost, is_conserved};
use super::counted::{evidence, scaled};
use super::wording::lacking;
use super::{Claim, Suspicion, slab_groups};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Finding, Id, Process, Subject, Verdict};
use crate::analysis::series::{Key, Source};

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
    /// Whose they are, where the bundle tells.
    pub(super) holder: fn(&Case<'_>) -> Option<Process>,
    pub(super) next: &'static [&'static str],
}

impl KernelObjects {
    pub(super) fn examine(&self, case: &Case<'_>) -> Suspicion {
        if let Some(missing) = lacking(case, Source::Slabinfo) {
            return Suspicion { missing: vec![missing], ..Suspicion::default() };
        }
        let groups = slab_groups(case, |name| name == self.cache);
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
        let each = parts.iter().map(|(_, bytes)| bytes).sum::<f64>() / n;
        let process = (self.holder)(case);
        let command = process.as_ref().and_then(|it| case.observed.commands.get(it));
        let finding = Finding {
            id: self.id,
            verdict: Verdict::Leak,
            confidence: match process {
                Some(_) => case.confidence(&growing.trend, is_conserved(case, &parts)),
                // Whose they are is not known, and a merged cache may hold other objects too.
                None => case.confidence(&growing.trend, false),
            },
            subject: Subject {
                command: command.map(|it| it.to_string()),
                process,
                class: Some(self.what.to_owned()),
                function: None,
            },
            bytes: 0,
            bytes_per_hour: growing.trend.per_hour.map(|rate| scaled(rate, each)),
            evidence: evidence(case, &key, &parts),
            next: self.next.iter().map(|it| (*it).to_owned()).collect(),
        };
        // Where others have taken most of it, these objects are theirs.
        let least = parts.iter().map(|(_, bytes)| bytes).sum::<f64>() / 8.0;
        Some(Claim { finding, parts, least })
    }
}

/// For what has no holder in a bundle.
pub(super) fn nobody(_: &Case<'_>) -> Option<Process> {
    None
}
