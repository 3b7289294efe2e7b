//! Data in the queues of TCP: a program that does not read, or a peer that does not. The objects
//! are as many as before, so it is no leak of sockets.

use super::in_bytes::{InBytes, growth, growth_of_unknown};
use super::wording::{course, lacking};
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Id, Subject};
use crate::analysis::series::{HostFigure, Key, ProcessFigure, Source};

const MEMORY: Key = Key::Host(HostFigure::TcpMemory);
const REST: Key = Key::Host(HostFigure::Unaccounted);

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    if let Some(missing) = lacking(case, Source::Sockstat) {
        return Suspicion { missing: vec![missing], ..Suspicion::default() };
    }
    let claim = case.grows(&MEMORY).and_then(|growing| {
        let bytes = case.change(&MEMORY);
        let is_queue = |key: &Key| matches!(key, Key::Of(_, ProcessFigure::QueuedBytes));
        let holder = case.growing(0.1 * bytes, is_queue).into_iter().next();
        let mut subject = holder.as_ref().map_or_else(Subject::default, |it| case.subject(&it.key));
        subject.class = Some("TCP queues".to_owned());
        // The data in them has no term: it is found again in what is unaccounted.
        let unaccounted = case.change(&REST);
        let is_conserved = unaccounted >= 0.5 * bytes && unaccounted <= 2.0 * bytes;
        let is_known = is_conserved && holder.is_some();
        InBytes {
            id: Id::SocketBuffers,
            growing: &growing,
            parts: vec![(Account::Unaccounted, bytes)],
            is_conserved,
            facts: holder.into_iter().map(|it| it.key).chain([REST]).collect(),
            next: vec!["see which connections hold it, and who does not read: ss -tmp".to_owned()],
        }
        .claim_of(case, subject)
        .map(|claim| if is_known { growth(claim) } else { growth_of_unknown(claim) })
    });
    let cleared = case.trend(&MEMORY).filter(|_| claim.is_none()).map(|trend| Cleared {
        id: Id::SocketBuffers,
        why: format!("the queues of TCP: their memory {}", course(&trend)),
        evidence: case.observed.fact(&MEMORY).into_iter().collect(),
    });
    Suspicion {
        claims: claim.into_iter().collect(),
        cleared: cleared.into_iter().collect(),
        missing: Vec::new(),
    }
}
