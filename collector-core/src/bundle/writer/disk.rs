//! The output directory: files nobody else can have put there, and nothing ever overwritten.
//!
//! Everything goes through one open descriptor of the directory, so that a directory that is
//! moved or replaced while the capture runs still gets the whole bundle. What is in the files is
//! not its business.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::{Errno, retry_on_intr};

/// The directory bundles are written to.
#[derive(Debug)]
pub(super) struct OutputDirectory {
    path: PathBuf,
    directory: OwnedFd,
}

impl OutputDirectory {
    /// Opens `path`; creates it, and what is missing above it, with mode 0700.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(OutputDirectory { path: path.to_owned(), directory })
    }

    /// Bytes this process may still write to the directory's file system.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn free_bytes(&self) -> io::Result<u64> {
        let disk = retry_on_intr(|| rustix::fs::fstatvfs(&self.directory))?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// A file without a name, for what is too large for memory. It vanishes with its descriptor.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn unnamed_file(&self) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        match rustix::fs::openat(&self.directory, ".", flags | OFlags::TMPFILE, mode) {
            Ok(file) => Ok(file.into()),
            // File systems without O_TMPFILE say so in one of three ways.
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOENT) => {
                let file =
                    tempfile::Builder::new().prefix(".collector-").tempfile_in(&self.path)?;
                let (file, path) = file.into_parts();
                path.close()?;
                Ok(file)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Creates the file `name` for its owner alone, and locks it for as long as it is open.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] for whatever has the name, also a dangling link.
    pub(super) fn create(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let mode = Mode::RUSR | Mode::WUSR;
        let file = rustix::fs::openat(&self.directory, name, flags | OFlags::CLOEXEC, mode)?;
        // It tells `recover` that the file is not left over. A file system without locks cannot.
        let _ = rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive);
        Ok(file.into())
    }

    /// Removes the file `name`, which this process has made.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.directory, name, AtFlags::empty())?)
    }

    /// Whether something has the name, also a dangling link.
    pub(super) fn has(&self, name: &str) -> bool {
        rustix::fs::statat(&self.directory, name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
    }

    /// Gives the file `from` the name `to`, and makes that last.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] where `to` is taken: it is not touched.
    pub(super) fn publish(&self, from: &str, to: &str) -> io::Result<()> {
        let (at, flags) = (&self.directory, RenameFlags::NOREPLACE);
        match rustix::fs::renameat_with(at, from, at, to, flags) {
            // A file system or a kernel without the flag: a link never replaces either.
            Err(Errno::INVAL | Errno::NOSYS) => {
                rustix::fs::linkat(at, from, at, to, AtFlags::empty())?;
                rustix::fs::unlinkat(at, from, AtFlags::empty())?;
            }
            other => other?,
        }
        self.sync()
    }

    /// Makes names last. Some file systems cannot, which is no error of ours.
    pub(super) fn sync(&self) -> io::Result<()> {
        match retry_on_intr(|| rustix::fs::fsync(&self.directory)) {
            Err(Errno::INVAL | Errno::OPNOTSUPP | Errno::ROFS) => Ok(()),
            other => Ok(other?),
        }
    }
}
