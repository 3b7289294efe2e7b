//! Shared memory: memfds that a process has open, segments of System V by who made them, and mounts
//! of tmpfs. A memfd that several processes have open is in each of them, and the rest is lower by
//! as much. A deleted file in a tmpfs is in its mount.

use crate::analysis::series::Key;

use super::listing::Listing;
use crate::analysis::window::Window;

pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    let knows = |of: fn(&Key) -> bool| window.observed.series.keys().any(of);
    // Bundles of earlier versions have these as deleted files that somebody has open, or not at all.
    let segments = knows(|it| matches!(it, Key::Segments(..)));
    let mounts = knows(|it| matches!(it, Key::Tmpfs(_)));
    let is_file = |class: &str| {
        class.starts_with("`/memfd:")
            || (!segments && class.starts_with("`/SYSV"))
            || (!mounts && class.starts_with("`/dev/shm/"))
    };
    let families: [&dyn Fn(&Key) -> bool; 3] = [
        &|it| matches!(it, Key::DeletedBytes(_, class) if is_file(class)),
        &|it| matches!(it, Key::Segments(..)),
        &|it| matches!(it, Key::Tmpfs(_)),
    ];
    for belongs in families {
        let family = window.family(belongs);
        for (key, series) in &family.members {
            list.add(key, family.growth(window, series), family.lifetime(window, series));
        }
    }
    "open in no process, or in several"
}
