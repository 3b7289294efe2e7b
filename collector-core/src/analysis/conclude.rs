//! From numbers to the answer: asks every suspicion, and puts what they say beside the account.

use super::case::Case;
use super::conclusion::{Conclusion, HostGrowth, Quality};
use super::finding::{Finding, Id, Verdict};
use super::findings;
use super::holders::holders;
use super::ledger;
use super::series::{HostFigure, Key, Observed};
use super::trend::MIN_SAMPLES;
use crate::units::Bytes;

/// What `observed` comes to.
#[must_use]
pub fn conclude(observed: &Observed, mut quality: Quality) -> Conclusion {
    let case = Case::new(observed);
    let examined = findings::examine(&case);
    // These claim what no term explains.
    let of_rest = [Id::PipeBuffers, Id::UnixSockets, Id::SocketBuffers, Id::UnaccountedKernel];
    let is_of_rest = |it: &Finding| of_rest.contains(&it.id) && it.verdict != Verdict::Step;
    let grows = examined.findings.iter().any(is_of_rest);
    quality.residual = ledger::residual(&observed.accounts, grows);
    quality.missing.extend(examined.missing);
    quality.missing.sort();
    quality.missing.dedup();
    let growth = case.growth.clone().map(|account| {
        let used = case.trend(&Key::Host(HostFigure::Used));
        let holders = holders(&case, &examined.observer).unwrap_or_default();
        HostGrowth {
            account,
            observer: holders.observer(),
            holders,
            per_hour: used.filter(|it| it.n >= MIN_SAMPLES).and_then(|it| it.per_hour),
            available: available(&case),
        }
    });
    Conclusion::new(growth, examined.findings, examined.cleared, quality)
}

/// What could still be had at the end, as the kernel says. Slab that is pinned is not taken out: what
/// of it the kernel counts is not told, and where slab grows it is an estimate.
fn available(case: &Case<'_>) -> Option<Bytes> {
    Some(Bytes(case.observed.accounts.last()?.available?))
}
