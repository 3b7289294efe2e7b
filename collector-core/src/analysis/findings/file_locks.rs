//! Locks on files that are taken and not released.

use super::Suspicion;
use super::costs::FILE_LOCK;
use super::kernel_objects::KernelObjects;
use crate::analysis::case::Case;
use crate::analysis::finding::Id;

const LOCKS: KernelObjects = KernelObjects {
    id: Id::FileLocks,
    what: "file locks",
    cache: "file_lock_cache",
    counter: None,
    least: 256.0,
    cost: FILE_LOCK,
    next: &["see whose they are: lslocks, or the fifth column of /proc/locks"],
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    LOCKS.examine(case)
}
