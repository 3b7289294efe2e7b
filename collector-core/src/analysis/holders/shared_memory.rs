//! Shared memory: files in memory and segments that are deleted and that a process has open. One
//! that several processes have open is in each of them, and the rest is lower by as much.
//!
//! Segments of System V and mounts of tmpfs are holders too. Where the bundle has series of them,
//! each is one more family here, and what they have in common with open files is to be taken out
//! of one of them.

use crate::analysis::series::Key;

use super::listing::Listing;
use crate::analysis::window::Window;

pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    let files =
        window.family(|it| matches!(it, Key::DeletedBytes(_, class) if is_in_memory(class)));
    for (key, series) in &files.members {
        list.add(key, files.growth(window, series), files.lifetime(window, series));
    }
    "open in no process, or in several"
}

/// Whether deleted files of this class are in memory and on no disk.
fn is_in_memory(class: &str) -> bool {
    ["`/memfd:", "`/SYSV", "`/dev/shm/"].iter().any(|it| class.starts_with(it))
}
