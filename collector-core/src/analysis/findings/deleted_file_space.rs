//! Space of deleted files that are open: `df` shows it used, `du` finds no file for it, and its
//! pages may be in the cache.
//!
//! The bytes of the finding are space on the disk, all that the files grew by: what the page cache
//! gave back meanwhile frees none of it. Only their share of the host's memory is bounded by the
//! growth of the cache, and that is the sentence's business.
//!
//! Many such files that are empty are `open-files`; those in memory are `shared-memory`.

use super::in_bytes::InBytes;
use super::open_files::is_file;
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::series::Key;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let is_it = |key: &Key| matches!(key, Key::DeletedBytes(_, class) if is_file(class));
    let growing = case.growing(None, 1_048_576.0, is_it);
    let claims: Vec<_> = growing
        .iter()
        .filter_map(|it| {
            let Key::DeletedBytes(process, class) = &it.key else { return None };
            let bytes = case.change(&it.key);
            InBytes {
                id: Id::DeletedFileSpace,
                growing: it,
                parts: vec![(Account::Disk(process.clone(), class.clone()), bytes)],
                is_conserved: false,
                facts: vec![Key::Descriptors(process.clone(), class.clone())],
                next: vec![format!(
                    "close or truncate them; which they are: ls -l /proc/{}/fd | grep deleted",
                    process.pid
                )],
            }
            .claim(case)
        })
        .collect();
    let cleared = Cleared {
        id: Id::DeletedFileSpace,
        why: "no process keeps ever more space of deleted files".to_owned(),
        evidence: Vec::new(),
    };
    let cleared = if claims.is_empty() { vec![cleared] } else { Vec::new() };
    Suspicion { claims, cleared, missing: Vec::new() }
}
