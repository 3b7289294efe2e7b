//! Shared memory that grows: memfd, System V segments, files in tmpfs. It stays when nobody has it
//! mapped, so the process that holds it may be none.

use super::in_bytes::InBytes;
use super::limit::course_and_why;
use super::shares::{Shares, shares};
use super::{Account, Claim, Suspicion};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Cleared, Id, Subject};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key, ProcessFigure};

const TERM: Key = Key::Host(HostFigure::Term(Term::SharedMemory));

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let claims = case.grows(&TERM).map(|host| claims(case, &host)).unwrap_or_default();
    let cleared = case.trend(&TERM).filter(|_| claims.is_empty()).map(|trend| Cleared {
        id: Id::SharedMemory,
        why: format!("shared memory {}", course_and_why(case, &TERM, &trend)),
        evidence: case.observed.fact(&TERM).into_iter().collect(),
    });
    Suspicion { claims, cleared: cleared.into_iter().collect(), missing: Vec::new() }
}

/// One claim for each holder, and one for what none of them has.
fn claims(case: &Case<'_>, host: &Growing) -> Vec<Claim> {
    let bytes = case.term(Term::SharedMemory) as f64;
    let mut holders: Vec<Key> =
        case.growing(None, 0.2 * bytes, is_of_holder).into_iter().map(|it| it.key).collect();
    // A deleted file in a tmpfs is in both, and its process says more. The sort keeps the steepest
    // first among its likes.
    holders.sort_by_key(|it| case.subject(it).process.is_none());
    let Shares { held, rest, is_conserved } = shares(case, bytes, holders.into_iter());
    let is_known = !held.is_empty();
    let claim = |bytes, key: Option<Key>, is_conserved| {
        let subject = key.as_ref().map_or_else(Subject::default, |it| case.subject(it));
        InBytes {
            id: Id::SharedMemory,
            growing: host,
            parts: vec![(Account::Term(Term::SharedMemory), bytes)],
            is_conserved,
            next: next(case, key.as_ref()),
            facts: key.into_iter().collect(),
        }
        .claim_of(case, subject)
    };
    let of_holders =
        held.into_iter().filter_map(|(key, part)| claim(part, Some(key), is_conserved));
    let mut claims: Vec<Claim> = of_holders.collect();
    // Mapped pages are no proof: what is mapped may have been there before.
    let mapped = || only_one_that_maps(case, bytes).filter(|_| !is_known);
    claims.extend(rest.and_then(|rest| claim(rest, mapped(), false)));
    claims
}

/// Whether a series is of shared memory that is of one holder and of no other kind.
fn is_of_holder(key: &Key) -> bool {
    match key {
        Key::DeletedBytes(_, class) => {
            ["`/memfd:", "`/SYSV", "`/dev/shm/"].iter().any(|it| class.starts_with(it))
        }
        Key::Segments(..) | Key::Tmpfs(_) => true,
        _ => false,
    }
}

/// The one process whose mapped shared memory grew by as much, where there is no other.
fn only_one_that_maps(case: &Case<'_>, bytes: f64) -> Option<Key> {
    let maps = |key: &Key| matches!(key, Key::Of(_, ProcessFigure::Shared));
    match &case.growing(None, 0.5 * bytes, maps)[..] {
        [only] => {
            let grown = case.change(&only.key);
            (grown <= 1.2 * bytes && grown >= 0.8 * bytes).then(|| only.key.clone())
        }
        _ => None,
    }
}

fn next(case: &Case<'_>, holder: Option<&Key>) -> Vec<String> {
    let files = "find /dev/shm /run /tmp -xdev -type f -size +1M -ls";
    match holder {
        Some(key @ Key::Segments(..)) => match case.observed.segments.get(key) {
            Some(it) => vec![
                format!("see who made them and who has them: ipcs -m -p, ipcs -m -t"),
                format!(
                    "the largest has the shmid {0} and was made by pid {1}; where nobody needs it: \
                     ipcrm -m {0}",
                    it.id, it.pid
                ),
            ],
            None => vec!["see who made them and who has them: ipcs -m -p, ipcs -m -t".to_owned()],
        },
        Some(Key::Tmpfs(_)) => vec![format!("see which files there grow: {files}")],
        Some(key) => {
            let process = case.subject(key).process;
            let pid = process.map_or("PID".to_owned(), |it| it.pid.to_string());
            vec![format!("see what it has open or mapped: lsof -p {pid}")]
        }
        None => vec![
            "look for segments nobody is attached to: ipcs -m -t".to_owned(),
            format!("look for files in memory: df -t tmpfs; {files}"),
        ],
    }
}
