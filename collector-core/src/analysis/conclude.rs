//! From numbers to the answer: asks every suspicion, and puts what they say beside the account.

use super::case::Case;
use super::conclusion::{Conclusion, HostGrowth, Quality};
use super::finding::Id;
use super::findings;
use super::holders::holders;
use super::ledger::{self, Term};
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
    let grows = examined.findings.iter().any(|it| of_rest.contains(&it.id));
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

/// What could still be had at the end: what the kernel calls available, less the slab it wrongly
/// takes for that.
fn available(case: &Case<'_>) -> Option<Bytes> {
    let last = case.observed.accounts.last()?;
    let pinned = last.terms().into_iter().find(|(term, _)| *term == Term::SlabPinned);
    let pinned = pinned.and_then(|(_, bytes)| u64::try_from(bytes).ok()).unwrap_or(0);
    Some(Bytes(last.available?.saturating_sub(pinned)))
}
