//! Whether there is room for more: the manifest's `max_bytes` and `min_free`.

use std::fmt;

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
    /// The disk would have less than `output.min_free`.
    Disk {
        /// Free now.
        free: Bytes,
        /// The limit.
        min_free: Bytes,
    },
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Room::Enough => f.write_str("there is room"),
            Room::Size { written, max_bytes } => write!(
                f,
                "the bundle has {written} and may have {max_bytes} (`output.max_bytes`) with its index"
            ),
            Room::Disk { free, min_free } => {
                write!(
                    f,
                    "the disk has {free} free and is to keep {min_free} (`output.min_free`); make \
                     room, or name another disk with --output"
                )
            }
        }
    }
}
