//! Watches on files and directories: each is an object of the kernel and keeps an inode in memory.
//! Descriptors do not show them, for one inotify has any number of them.

use super::Suspicion;
use super::costs::WATCH;
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;

const WATCHES: KernelObjects = KernelObjects {
    id: Id::InotifyWatches,
    what: "inotify watches",
    cache: "inotify_inode_mark",
    counter: None,
    least: 64.0,
    cost: WATCH,
    next: &[
        "count them by process: grep -c ^inotify /proc/[0-9]*/fdinfo/* 2>/dev/null | grep -v :0",
        "remove a watch when its file is of no interest any more",
    ],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    WATCHES.examine(case)
}
