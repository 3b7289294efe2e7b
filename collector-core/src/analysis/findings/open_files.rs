//! Files that are opened and not closed: the founding case. A class of descriptors of one process
//! grows, the dentries in use grow with it one to one, and the slab of dentry, inode and file is
//! what the host's memory went into.
//!
//! Space on disk that deleted files keep is another suspicion; so are descriptors that are no
//! files.

use super::costs::{FILE, OPENING};
use super::counted::{Counted, class, pid};
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Id, Subject};
use crate::analysis::series::{HostFigure, Key, Source};

const OPEN_FILES: Counted = Counted {
    id: Id::OpenFiles,
    what: "open files of one class",
    source: Source::Descriptors,
    least: 32.0,
    belongs: |key| matches!(key, Key::Descriptors(_, class) if is_file(class)),
    cost,
    next: |subject| {
        vec![
            format!(
                "find where {} is opened and not closed: strace -f -e trace=openat,close -p {}",
                class(subject),
                pid(subject)
            ),
            "restarting the process gives the memory back".to_owned(),
        ]
    },
};

/// Each descriptor is an opening; a file is in memory once, however often it is open.
fn cost(case: &Case<'_>, key: &Key, n: f64) -> Vec<(Account, f64)> {
    let mut parts = FILE.of(case, n_files(case, key, n));
    parts.extend(OPENING.of(case, n));
    parts.retain(|(_, bytes)| *bytes > 0.0);
    parts
}

/// How many more files `n` more descriptors of a class are of.
fn n_files(case: &Case<'_>, key: &Key, n: f64) -> f64 {
    let Key::Descriptors(process, class) = key else { return n };
    let repeated = case.change(&Key::Repeated(process.clone(), class.clone()));
    (n - repeated).clamp(0.0, n)
}

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = OPEN_FILES.examine(case);
    let pinned = case.observed.fact(&Key::Host(HostFigure::PinnedDentries));
    let new = case.change(&Key::Host(HostFigure::PinnedDentries));
    for claim in &mut suspicion.claims {
        let Subject { process: Some(process), class: Some(class), .. } = &claim.finding.subject
        else {
            continue;
        };
        let key = Key::Descriptors(process.clone(), class.as_str().into());
        if let Some(trend) = case.trend(&key) {
            let n_files = n_files(case, &key, claim.change);
            claim.witness(case, &trend, n_files, new);
        }
        // The best second witness: a name that cannot be given back for each file that is open.
        claim.finding.evidence.splice(1..1, pinned.clone());
        claim.finding.evidence.truncate(3);
    }
    for cleared in &mut suspicion.cleared {
        cleared.evidence.extend(pinned.clone());
    }
    suspicion
}

/// Whether descriptors of this class are files with a name, or with one they had.
pub(in crate::analysis) fn is_file(class: &str) -> bool {
    class == "other files"
        || (class.starts_with('`')
            && !["`/memfd:", "`/SYSV", "`/dev/"].iter().any(|it| class.starts_with(it)))
}
