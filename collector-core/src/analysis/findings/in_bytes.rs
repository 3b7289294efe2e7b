//! Claims of series that are bytes themselves: memory of a process, a term, a cache.

use super::{Account, Claim};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Confidence, Evidence, Finding, Id, Subject, Verdict};
use crate::analysis::series::Key;

/// A claim that is given less than this share of its bytes is no finding.
const OWN_SHARE: f64 = 0.25;

/// What is claimed, and of what.
#[derive(Debug, Clone)]
pub(super) struct InBytes<'g> {
    pub(super) id: Id,
    /// The series that grows.
    pub(super) growing: &'g Growing,
    pub(super) parts: Vec<(Account, f64)>,
    /// Whether the growth was found again elsewhere.
    pub(super) is_conserved: bool,
    /// Other series that tell of it.
    pub(super) facts: Vec<Key>,
    pub(super) next: Vec<String>,
}

impl InBytes<'_> {
    /// The claim; `None`: it is too little to tell.
    pub(super) fn claim(self, case: &Case<'_>) -> Option<Claim> {
        let subject = case.subject(&self.growing.key);
        self.claim_of(case, subject)
    }

    /// The claim on a subject that the series does not name.
    pub(super) fn claim_of(self, case: &Case<'_>, subject: Subject) -> Option<Claim> {
        let trend = &self.growing.trend;
        let bytes: f64 = self.parts.iter().map(|(_, bytes)| bytes).sum();
        let rate = trend.per_hour.map_or(0.0, |it| it.low);
        if !case.is_material(bytes, rate) {
            return None;
        }
        let keys = std::iter::once(&self.growing.key).chain(&self.facts);
        let evidence: Vec<Evidence> = keys.filter_map(|it| case.observed.fact(it)).collect();
        let finding = Finding {
            id: self.id,
            verdict: case.verdict(trend, self.is_conserved),
            confidence: case.confidence(trend, self.is_conserved),
            subject,
            bytes: 0,
            since: None,
            remarks: Vec::new(),
            bytes_per_hour: trend.per_hour,
            evidence,
            next: self.next,
        };
        // When most of it is somebody else's, it is no finding of its own.
        let change = case.change(&self.growing.key);
        let of = Some(self.growing.key.clone());
        Some(Claim { finding, of, parts: self.parts, change, least: bytes * OWN_SHARE })
    }
}

/// The same, and growth only: it is given back when somebody reads, closes or needs it.
pub(super) fn growth(mut claim: Claim) -> Claim {
    claim.finding.verdict = Verdict::Growth;
    claim
}

/// The same, and growth only: what it is of, the kernel does not tell.
pub(super) fn growth_of_unknown(claim: Claim) -> Claim {
    let mut claim = growth(claim);
    claim.finding.confidence = claim.finding.confidence.min(Confidence::Probable);
    claim
}
