//! Why a bundle, or an entry of it, cannot be read.

use std::io;
use std::path::PathBuf;

use crate::bundle::index::Layout;
use crate::units::Bytes;

/// Why a bundle cannot be read.
///
/// A bundle that was cut off or damaged after its first entry is not among these: what comes
/// before is read, and [`Tail`](super::Tail) says what is missing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// It is something else.
    #[error("{} is not a bundle: {why}", path.display())]
    NotABundle {
        /// The file.
        path: PathBuf,
        /// What it is instead, and what to do where that helps.
        why: String,
    },

    /// It was written by a later version of this program.
    #[error(
        "{} has layout {}.{}, written by {tool}; this program reads layout {} (hint: read it with {tool} or later)",
        path.display(), found.major, found.minor, Layout::CURRENT.major
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its layout.
        found: Layout,
        /// The program that wrote it, with its version.
        tool: String,
    },

    /// An entry that no bundle has. The file was made or changed by something else.
    #[error(
        "{}: entry `{}` is refused: {reason} (hint: do not extract this file with other programs)",
        path.display(), entry.escape_default()
    )]
    Refused {
        /// The file.
        path: PathBuf,
        /// The entry's name, perhaps cut.
        entry: String,
        /// What is wrong with it.
        reason: String,
    },

    /// An entry is larger than a bundle's entries may be.
    #[error("{}: {what} has {bytes}, more than the {limit} this program takes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The entry, or the whole.
        what: String,
        /// Its length.
        bytes: Bytes,
        /// The limit.
        limit: Bytes,
    },

    /// A JSON file of the bundle is not what its schema says.
    #[error("{}: {entry} cannot be understood", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The entry.
        entry: String,
        /// Where, and what was expected.
        source: serde_json::Error,
    },

    /// The bundle ends inside an entry. [`BundleReader::tail`](super::BundleReader::tail) says how.
    #[error("{}: the bundle ends inside {entry}", path.display())]
    Ended {
        /// The file.
        path: PathBuf,
        /// The entry.
        entry: String,
    },
}
