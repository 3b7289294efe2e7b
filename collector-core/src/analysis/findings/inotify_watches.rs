//! Watches on files and directories: each is an object of the kernel and keeps an inode in memory.
//! Descriptors do not show them, for one inotify has any number of them; what the kernel tells of
//! such a descriptor has a line for each.
//!
//! A bundle of an earlier version has no such lines. There only the kernel's cache is seen, which
//! the kernel keeps with others as one, and nobody is named.

use super::Suspicion;
use super::costs::{WATCH, new_objects};
use super::counted::{Counted, pid};
use super::kernel_objects::KernelObjects;
use super::wording::lacking;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{Key, ProcessFigure, Source};

const CACHE: &str = "inotify_inode_mark";
/// Fewer new ones are no leak.
const LEAST: f64 = 64.0;
const REMOVE: &str = "remove a watch when its file is of no interest any more";

const WATCHES: Counted = Counted {
    id: Id::InotifyWatches,
    what: "inotify watches",
    source: Source::Watchers,
    least: LEAST,
    belongs: |key| matches!(key, Key::Of(_, ProcessFigure::Watches)),
    cost: |case, _, n| WATCH.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![
            format!("see what it watches: grep -h ^inotify /proc/{pid}/fdinfo/* | sort | less"),
            REMOVE.to_owned(),
        ]
    },
};

const OF_NOBODY: KernelObjects = KernelObjects {
    id: Id::InotifyWatches,
    what: "inotify watches",
    cache: CACHE,
    counter: None,
    least: LEAST,
    cost: WATCH,
    next: &[
        "count them by process: grep -c ^inotify /proc/[0-9]*/fdinfo/* 2>/dev/null | grep -v :0",
        REMOVE,
    ],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    if lacking(case, Source::Watchers).is_some() {
        return OF_NOBODY.examine(case);
    }
    let mut suspicion = WATCHES.examine(case);
    // The inodes may have been in memory before, so the object of the watch is the witness.
    let new = new_objects(case, &[CACHE]);
    for claim in &mut suspicion.claims {
        let Some(process) = claim.finding.subject.process.clone() else { continue };
        if let Some(trend) = case.trend(&Key::Of(process, ProcessFigure::Watches)) {
            claim.witness(case, &trend, claim.change, new);
        }
    }
    suspicion
}
