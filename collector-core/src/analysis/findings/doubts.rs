//! Why a finding is less sure than its data allows: something else happened in the capture that may
//! explain it. Each reason is told; together they take one step.

use std::rc::Rc;

use super::work::Work;
use super::{Account, Claim, whole};
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::ledger::{self, Term};
use crate::analysis::series::{Key, Target};

/// An account that closes to more than this share of a growth says little of it.
const NOISE_SHARE: f64 = 0.05;

/// The reasons against `claim`, to which `bytes` were granted.
pub(super) fn doubts(case: &Case<'_>, claim: &Claim, work: &Work, bytes: f64) -> Vec<String> {
    let reasons = [
        restarted(case, claim),
        load(work),
        noisy_account(case, claim, bytes),
        hidden_by_nobody(case, claim),
    ];
    reasons.into_iter().flatten().collect()
}

/// A program that was started anew builds up again what it had. Its page of metrics tells it too,
/// where the memory of processes was not looked at.
fn restarted(case: &Case<'_>, claim: &Claim) -> Option<String> {
    let process = claim.finding.subject.process.as_ref();
    if let Some(before) = process.and_then(|it| case.predecessor_of(it)) {
        return Some(format!(
            "it took the place of pid {} in the capture, and may be filling up again",
            before.pid
        ));
    }
    let is_its = |(collector, target): &(&Rc<str>, &Target)| match &claim.of {
        Some(Key::Metric(of, _)) => *collector == of,
        _ => process.is_some() && target.process.as_ref() == process,
    };
    let (_, target) = case.observed.targets.iter().find(|it| it.1.restarts > 0 && is_its(it))?;
    let entry = &target.entry;
    Some(format!("by {entry} the program was started anew in the capture, and may be filling up"))
}

/// Load that rises takes memory, and gives it back when it falls.
fn load(work: &Work) -> Option<String> {
    let counter = &work.load.as_ref()?.field;
    Some(format!("the rate of {counter} rose in the same way, so it may be load"))
}

/// An account that does not close by more than a part of what it is said to show. Counts of objects
/// do not rest on it; and what no term explains is judged by its own ups and downs.
fn noisy_account(case: &Case<'_>, claim: &Claim, bytes: f64) -> Option<String> {
    let of_term = |(account, _): &&(Account, f64)| matches!(account, Account::Term(_));
    let claimed: f64 = claim.parts.iter().map(|(_, bytes)| bytes).sum();
    let by_term: f64 = claim.parts.iter().filter(of_term).map(|(_, bytes)| bytes).sum();
    if by_term < 0.5 * claimed || bytes <= 0.0 {
        return None;
    }
    let residual = ledger::residual(&case.observed.accounts, true)? as f64;
    (residual > NOISE_SHARE * bytes)
        .then(|| format!("the account of the host closes to {} only", mib(whole(residual))))
}

/// Memory of a part, where the whole does not grow.
fn hidden_by_nobody(case: &Case<'_>, claim: &Claim) -> Option<String> {
    let of = claim.of.as_ref().filter(|it| case.is_hidden_by_nobody(it))?;
    let term = match of {
        Key::Slab(_) => Term::SlabUnreclaimable,
        _ => Term::Anonymous,
    };
    let name = term.name();
    Some(format!("the host's {name} memory does not grow, and nobody is seen to give any back"))
}
