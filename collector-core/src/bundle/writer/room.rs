//! Whether there is room for more: the manifest's `max_bytes` and `min_free`.

use std::fmt;

use crate::run::Lack;
use crate::units::Bytes;

/// Whether another sample fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// It does.
    Enough,
    /// The bundle would grow over `output.max_bytes`.
    Size {
        /// Its size now.
        written: Bytes,
        /// The limit.
        max_bytes: Bytes,
    },
    /// The disk has not enough.
    Disk(Lack),
    /// Somebody removed or renamed the unfinished bundle. It can still be completed, and gets its
    /// name then.
    Removed,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Room::Enough => f.write_str("there is room"),
            Room::Size { written, max_bytes } => write!(
                f,
                "the bundle has {written} and may have {max_bytes} (`output.max_bytes`) with its index; raise that to get all"
            ),
            Room::Disk(lack) => lack.fmt(f),
            Room::Removed => f.write_str(
                "the unfinished bundle was removed or renamed while it was written; what was \
                 collected before is in this one",
            ),
        }
    }
}
