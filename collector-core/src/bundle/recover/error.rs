//! Why no bundle could be made of a file.

use std::io;
use std::path::{Path, PathBuf};

use crate::bundle::reader::ReadError;
use crate::bundle::writer::{Room, WriteError};
use crate::run::Lack;
use crate::units::Bytes;

/// Why no bundle was made. The file that was to be recovered is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoverError {
    /// It is no bundle, or not even its first entry is whole.
    #[error(transparent)]
    Read(#[from] ReadError),

    /// The capture goes on.
    #[error(
        "{} is still being written (hint: end the capture with Ctrl-C, which leaves a proper bundle)",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },

    /// The name is taken.
    #[error(
        "{} exists already and is not overwritten (hint: name another directory with -C)",
        path.display()
    )]
    Exists {
        /// The file, link or directory that is in the way.
        path: PathBuf,
    },

    /// The name of the unfinished file is taken.
    #[error(
        "{} exists already: another recovery is running, or one was ended (hint: delete it when none is running)",
        path.display()
    )]
    Running {
        /// The file.
        path: PathBuf,
    },

    /// The new bundle could not be written.
    #[error(
        "cannot write {}{}; {} is as it was (hint: name a directory on another disk with -C)",
        path.display(),
        free.map(|it| format!(": {it} are free on its disk")).unwrap_or_default(),
        input.display()
    )]
    Write {
        /// The new bundle, or its directory.
        path: PathBuf,
        /// The file it was to be made of.
        input: PathBuf,
        /// Bytes that were free, where that is the reason.
        free: Option<Bytes>,
        /// What the system said.
        source: Option<io::Error>,
    },

    /// The file was not the same when it was read again.
    #[error(
        "{} changed while it was read, or cannot be read reliably (hint: copy it elsewhere and recover the copy)",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// What the system said, where it did.
        source: Option<io::Error>,
    },
}

impl RecoverError {
    /// What an error of the writer means here, where `input` was to be recovered.
    pub(super) fn write(input: &Path, error: WriteError) -> Self {
        let failed = |path, free, source| {
            let input = input.to_owned();
            RecoverError::Write { path, input, free, source }
        };
        match error {
            WriteError::Exists { path } if path.extension() == Some("recovering".as_ref()) => {
                RecoverError::Running { path }
            }
            WriteError::Exists { path } => RecoverError::Exists { path },
            WriteError::Publish { to, source, .. }
                if source.kind() == io::ErrorKind::AlreadyExists =>
            {
                RecoverError::Exists { path: to }
            }
            WriteError::Publish { to, source, .. } => failed(to, None, Some(source)),
            WriteError::Content { source, .. } => {
                RecoverError::Changed { path: input.to_owned(), source }
            }
            WriteError::Removed { path, source } | WriteError::Directory { path, source } => {
                failed(path, None, Some(source))
            }
            WriteError::Write { path, free, source } => failed(path, free, Some(source)),
            WriteError::GivenUp { path } => failed(path, None, None),
            WriteError::NoRoom { room: Room::Disk(Lack::Free { free, .. }), .. } => {
                failed("a bundle".into(), Some(free), None)
            }
            error @ (WriteError::Start { .. }
            | WriteError::NoRoom { .. }
            | WriteError::Name { .. }) => {
                failed("a bundle".into(), None, Some(io::Error::other(error)))
            }
        }
    }
}
