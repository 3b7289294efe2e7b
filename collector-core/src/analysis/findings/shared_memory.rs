//! Shared memory that grows: memfd, System V segments, files in tmpfs. It stays when nobody has it
//! mapped, so the process that holds it may be none.

use super::in_bytes::InBytes;
use super::wording::course;
use super::{Account, Suspicion};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key, ProcessFigure};

const TERM: Key = Key::Host(HostFigure::Term(Term::SharedMemory));

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let claim = case.grows(&TERM).and_then(|host| {
        let bytes = case.term(Term::SharedMemory) as f64;
        let holder = holder(case, 0.5 * bytes);
        let subject = holder.as_ref().map(|it| case.subject(&it.key)).unwrap_or_default();
        let next = match &subject.process {
            Some(process) => {
                vec![format!("see what it has open or mapped: lsof -p {}", process.pid)]
            }
            None => vec![
                "look for segments nobody is attached to: ipcs -m -t".to_owned(),
                "look for files in memory: df -t tmpfs; find /dev/shm /run /tmp -xdev -size +1M"
                    .to_owned(),
            ],
        };
        InBytes {
            id: Id::SharedMemory,
            growing: &host,
            parts: vec![(Account::Term(Term::SharedMemory), bytes)],
            // Mapped pages are no proof: what is mapped may have been there before.
            is_conserved: holder.as_ref().is_some_and(|it| matches!(it.key, Key::DeletedBytes(..))),
            facts: holder.into_iter().map(|it| it.key).collect(),
            next,
        }
        .claim_of(case, subject)
    });
    let cleared = case.trend(&TERM).filter(|_| claim.is_none()).map(|trend| Cleared {
        id: Id::SharedMemory,
        why: format!("shared memory {}", course(&trend)),
        evidence: case.observed.fact(&TERM).into_iter().collect(),
    });
    Suspicion {
        claims: claim.into_iter().collect(),
        cleared: cleared.into_iter().collect(),
        missing: Vec::new(),
    }
}

/// Whose deleted files in memory, or mapped shared memory, grew by at least so many bytes.
fn holder(case: &Case<'_>, bytes: f64) -> Option<Growing> {
    let is_it = |key: &Key| match key {
        Key::DeletedBytes(_, class) => {
            class.starts_with("`/memfd:")
                || class.starts_with("`/SYSV")
                || class.starts_with("`/dev/shm/")
        }
        Key::Of(_, ProcessFigure::Shared) => true,
        _ => false,
    };
    let growing = case.growing(None, bytes, is_it);
    // A class says more than a figure.
    let of_class = growing.iter().find(|it| matches!(it.key, Key::DeletedBytes(..)));
    let only = match &growing[..] {
        // Half of the term's growth is asked for above; here all of it, and nobody else's.
        [only]
            if case.change(&only.key) <= 2.4 * bytes && case.change(&only.key) >= 1.6 * bytes =>
        {
            Some(only)
        }
        _ => None,
    };
    of_class.or(only).cloned()
}
