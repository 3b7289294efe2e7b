//! Files that are opened and not closed: the founding case. A class of descriptors of one process
//! grows, the dentries in use grow with it one to one, and the slab of dentry, inode and file is
//! what the host's memory went into.
//!
//! Space on disk that deleted files keep is another suspicion; so are descriptors that are no
//! files.

use super::Suspicion;
use super::costs::OPEN_FILE;
use super::counted::{Counted, class, pid};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{HostFigure, Key};

const OPEN_FILES: Counted = Counted {
    id: Id::OpenFiles,
    what: "open files of one class",
    least: 32.0,
    belongs: |key| matches!(key, Key::Descriptors(_, class) if is_file(class)),
    cost: OPEN_FILE,
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

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = OPEN_FILES.examine(case);
    let pinned = case.observed.fact(&Key::Host(HostFigure::PinnedDentries));
    let new = case.change(&Key::Host(HostFigure::PinnedDentries));
    for claim in &mut suspicion.claims {
        // One to one, as far as other files come and go.
        if (0.5 * claim.change..=2.0 * claim.change).contains(&new)
            && let Some(growing) = claim.of.as_ref().and_then(|it| case.trend(it))
        {
            claim.finding.confidence = case.confidence(&growing, true);
            claim.finding.verdict = case.verdict(&growing, true);
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
pub(super) fn is_file(class: &str) -> bool {
    class == "other files"
        || (class.starts_with('`')
            && !["`/memfd:", "`/SYSV", "`/dev/"].iter().any(|it| class.starts_with(it)))
}
