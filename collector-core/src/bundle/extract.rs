//! Unpacks a bundle into a new directory: never through a link, never over a file.
//!
//! Everything is made relative to descriptors of directories that this process made, so nobody
//! can put a link in the way. Files are 0600 and directories 0700, whatever the bundle says.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::reader::{BundleReader, Entry, ReadError, Tail};
use crate::units::Bytes;

/// Why a bundle could not be unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The bundle cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),

    /// The directory is there already.
    #[error(
        "{} exists already and is not written to (hint: name another place with -C)",
        path.display()
    )]
    Exists {
        /// The directory the bundle would make.
        path: PathBuf,
    },

    /// Something could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The disk is too small for the next file.
    #[error(
        "no room for {} of {needed}: {free} are free (hint: name another disk with -C)",
        path.display()
    )]
    NoRoom {
        /// The file.
        path: PathBuf,
        /// Its length.
        needed: Bytes,
        /// What is free.
        free: Bytes,
    },
}

/// A bundle that was unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// The directory that was made.
    pub path: PathBuf,
    /// Files in it.
    pub files: u64,
    /// How the bundle ends; what came before is unpacked.
    pub tail: Tail,
}

/// Unpacks the bundle `path` into a new directory in `target`, which is made when missing.
///
/// # Errors
///
/// What was written before an error stays, except a file that is not whole.
pub fn extract(path: &Path, target: &Path) -> Result<Extracted, ExtractError> {
    let mut reader = BundleReader::open(path)?;
    let root = target.join(reader.root().as_str());
    let failed = |source| ExtractError::Write { path: root.clone(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(target).map_err(failed)?;
    match DirBuilder::new().mode(0o700).create(&root) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(ExtractError::Exists { path: root });
        }
        other => other.map_err(failed)?,
    }
    let directory = rustix::fs::open(&root, DIRECTORY, Mode::empty());
    let directory = directory.map_err(|it| failed(it.into()))?;
    let mut files = 0;
    let tail = reader.walk(|entry| {
        unpack(&directory, &root, entry)?;
        files += 1;
        Ok::<(), ExtractError>(())
    })?;
    Ok(Extracted { path: root, files, tail })
}

const DIRECTORY: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

fn unpack(root: &OwnedFd, root_path: &Path, entry: &mut Entry<'_>) -> Result<(), ExtractError> {
    let name = entry.name().clone();
    let path = root_path.join(name.as_str());
    let failed = |source| ExtractError::Write { path: path.clone(), source };
    let disk = rustix::fs::fstatvfs(root).map_err(|it| failed(it.into()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if entry.size() > free {
        let (needed, free) = (Bytes(entry.size()), Bytes(free));
        return Err(ExtractError::NoRoom { path, needed, free });
    }
    // The root was empty: what is in the way came from the bundle.
    let clash = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            entry.refuse("another entry of the bundle is in its place").into()
        }
        _ => failed(error),
    };
    let (parent, name) = match name.as_str().rsplit_once('/') {
        Some((parents, name)) => (make_directories(root, parents).map_err(clash)?, name),
        None => (root.try_clone().map_err(failed)?, name.as_str()),
    };
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::openat(&parent, name, flags, Mode::RUSR | Mode::WUSR);
    let mut file = File::from(file.map_err(|it| clash(it.into()))?);
    let result = copy(entry, &mut file).and_then(|()| {
        let mtime = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(entry.mtime()));
        // A time the system cannot hold is not worth losing the file for.
        mtime.map_or(Ok(()), |it| file.set_modified(it)).or(Ok(()))
    });
    result.map_err(|source| {
        // Half a file must not be taken for a whole one.
        let _ = rustix::fs::unlinkat(&parent, name, rustix::fs::AtFlags::empty());
        failed(source)
    })
}

fn copy(content: &mut Entry<'_>, file: &mut File) -> io::Result<()> {
    // No larger than the file: there can be millions of small ones.
    let length = usize::try_from(content.size()).unwrap_or(usize::MAX).clamp(1, 128 << 10);
    let mut buffer = vec![0; length];
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n_read) => file.write_all(&buffer[..n_read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Makes what is missing of `path` below `root`, and opens its end.
fn make_directories(root: &OwnedFd, path: &str) -> io::Result<OwnedFd> {
    let mut directory = root.try_clone()?;
    for name in path.split('/') {
        match rustix::fs::mkdirat(&directory, name, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        directory = rustix::fs::openat(&directory, name, DIRECTORY, Mode::empty())?;
    }
    Ok(directory)
}
