//! Locks on files that are taken and not released. The table of locks has the process of each, but
//! for those that belong to an open file, and those of processes in other PID namespaces: these are
//! counted, and nobody is named.
//!
//! A bundle of an earlier version has no such table; there the kernel's cache is all that is seen.

use super::Suspicion;
use super::costs::FILE_LOCK;
use super::counted::{Counted, pid};
use super::kernel_objects::KernelObjects;
use super::wording::lacking;
use crate::analysis::case::Case;
use crate::analysis::finding::{Id, Subject};
use crate::analysis::series::{HostFigure, Key, ProcessFigure, Source};

/// What locks are called that have no process.
const OF_OPEN_FILES: &str = "locks of open files, or of another PID namespace";

/// Fewer new ones are no leak.
const LEAST: f64 = 256.0;

const LOCKS: Counted = Counted {
    id: Id::FileLocks,
    what: "file locks",
    least: LEAST,
    belongs: |key| {
        matches!(key, Key::Of(_, ProcessFigure::Locks) | Key::Host(HostFigure::LocksOfNobody))
    },
    cost: |case, _, n| FILE_LOCK.of(case, n),
    next,
};

const OF_NOBODY: KernelObjects = KernelObjects {
    id: Id::FileLocks,
    what: "file locks",
    cache: "file_lock_cache",
    counter: None,
    least: LEAST,
    cost: FILE_LOCK,
    next: &["see whose they are: lslocks, or the fifth column of /proc/locks"],
};

fn next(subject: &Subject) -> Vec<String> {
    if subject.process.is_some() {
        return vec![format!("see on which files: lslocks -p {}", pid(subject))];
    }
    vec![
        "locks of open files have -1 for a process: grep -e ' -1 ' /proc/locks; the last number of \
         the sixth column is an inode, and whoever has that file open may have the lock"
            .to_owned(),
        "locks of processes of another PID namespace, as of a container, have 0: \
         grep -e ' 0 [0-9a-f]*:' /proc/locks; run lslocks in that container"
            .to_owned(),
    ]
}

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let unnamed = || OF_NOBODY.examine(case);
    if lacking(case, Source::Locks).is_some() {
        return unnamed();
    }
    let mut named = LOCKS.examine(case);
    for claim in named.claims.iter_mut().filter(|it| it.finding.subject.process.is_none()) {
        claim.finding.subject.class = Some(OF_OPEN_FILES.to_owned());
    }
    // A long table is not read to its end. Then the samples that have it whole tell who takes
    // locks, and the kernel's cache how many there are in the end.
    let samples = |of| case.observed.looks.get(&of).copied().unwrap_or(0);
    if samples(Source::Locks) < samples(Source::Descriptors)
        && let [claim] = &mut *named.claims
        && let Some(all) = unnamed().claims.pop().filter(|it| it.change > claim.change)
    {
        claim.parts = all.parts;
        claim.change = all.change;
        claim.finding.bytes_per_hour = all.finding.bytes_per_hour;
    }
    named
}
