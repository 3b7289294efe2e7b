//! Why a bundle, or a file in it, could not be written.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::Room;
use crate::run::{Disk, RAISE_LIMIT};
use crate::units::Bytes;

/// Why something could not be written.
///
/// After [`WriteError::Name`] and [`WriteError::NoRoom`] nothing was written and the bundle can go
/// on; see [`WriteError::is_final`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The output directory cannot be used.
    #[error("cannot write to directory {}{}", path.display(), another_directory(source))]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The bundle's name is taken.
    #[error(
        "{} exists already and is not overwritten (hint: start again a second later, or move it away)",
        path.display()
    )]
    Exists {
        /// The file, link or directory that is in the way.
        path: PathBuf,
    },

    /// What compresses the bundle could not be started.
    #[error("cannot begin a bundle: no thread, or no memory, to compress it (hint: {RAISE_LIMIT})")]
    Start {
        /// What the system said.
        source: io::Error,
    },

    /// The bundle could not be written to. What was finished stays in it.
    #[error("cannot write {}{}{}", path.display(), space(*free), advice(path))]
    Write {
        /// The unfinished bundle.
        path: PathBuf,
        /// Bytes that were free on its disk, where that is the reason.
        free: Option<Bytes>,
        /// What the system said.
        source: io::Error,
    },

    /// A limit of the manifest is near; nothing was written.
    #[error("no room for {what} of {needed}: {room}")]
    NoRoom {
        /// The file that was not written, or `a bundle`.
        what: String,
        /// Its length.
        needed: Bytes,
        /// Which limit.
        room: Room,
    },

    /// A file's name cannot be used; nothing was written.
    #[error("cannot store `{}`: {reason}", name.escape_default())]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// What was to be stored could not be read, in the middle of it.
    #[error("cannot store {name}: its content ended after {read} of {bytes} bytes")]
    Content {
        /// The file in the bundle.
        name: String,
        /// Bytes that were read.
        read: u64,
        /// Bytes there should have been.
        bytes: u64,
        /// What the system said, where it did.
        source: Option<io::Error>,
    },

    /// The finished bundle could not be given its name.
    #[error(
        "the bundle is complete, but cannot be renamed to {}; it is {} (hint: rename it yourself, to a name that ends with .tar.zst)",
        to.display(),
        partial.display()
    )]
    Publish {
        /// Where it is.
        partial: PathBuf,
        /// The name it should have.
        to: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Somebody removed the unfinished bundle, and it could not be written anew.
    #[error(
        "{} was removed while it was written, and cannot be written again, so what was collected is lost (hint: start again, and name a directory that nobody clears with --output)",
        path.display()
    )]
    Removed {
        /// The file that was removed.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// An earlier error ended the bundle.
    #[error("{} was given up after an earlier error{}", path.display(), advice(path))]
    GivenUp {
        /// The unfinished bundle.
        path: PathBuf,
    },
}

impl WriteError {
    /// Whether the bundle cannot go on.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, WriteError::Name { .. } | WriteError::NoRoom { .. })
    }

    /// An error of the file `path`, with the free space where there is too little.
    pub(super) fn write(path: PathBuf, disk: &Disk, source: io::Error) -> Self {
        let is_full =
            matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let free = disk.free_bytes().ok().filter(|_| is_full);
        WriteError::Write { path, free, source }
    }
}

/// For what is the directory's fault, and not that of this program's limits.
fn another_directory(source: &io::Error) -> &'static str {
    let is_limit = |it| [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::AGAIN].contains(&it);
    match Errno::from_io_error(source) {
        Some(error) if is_limit(error) => "",
        _ => " (hint: name another one with --output or `output.directory`)",
    }
}

fn space(free: Option<Bytes>) -> String {
    let told = |free| {
        format!(
            "; {free} are free on its disk, make room there or name another disk with `output.directory`"
        )
    };
    free.map(told).unwrap_or_default()
}

/// Elsewhere: a disk that did not take this may not take the recovered bundle.
fn advice(path: &Path) -> String {
    format!(
        " (hint: the finished samples are kept; `collector bundle recover {} -C DIR` makes a bundle of them in the directory DIR, on another disk)",
        path.display()
    )
}
