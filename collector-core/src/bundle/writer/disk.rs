//! The output directory: files nobody else can have put there, and nothing ever overwritten.
//!
//! Everything goes through one open descriptor of the directory, so that a directory that is
//! moved or replaced while the capture runs still gets the whole bundle. What is in the files is
//! not its business.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::io::{Errno, retry_on_intr};

use crate::run::Disk;
use crate::units::Bytes;

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

    /// Its disk, which is to keep `min_free`.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(super) fn disk(&self, min_free: Bytes) -> io::Result<Disk> {
        Ok(Disk::new(self.directory.try_clone()?.into(), min_free))
    }

    /// Where it is now: also when it was moved since.
    pub(super) fn path(&self) -> PathBuf {
        let id = |it: rustix::fs::Stat| (it.st_dev, it.st_ino);
        let here = rustix::fs::fstat(&self.directory).map(id);
        let there = rustix::fs::stat(&self.path).map(id);
        let link = format!("/proc/self/fd/{}", self.directory.as_raw_fd());
        match std::fs::read_link(link) {
            // One that was removed is nowhere.
            Ok(moved) if here != there && moved.is_dir() => moved,
            _ => self.path.clone(),
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

    /// Creates the file `name` with the content of `file`, of `n_bytes`, which may have no name.
    ///
    /// # Errors
    ///
    /// As for [`OutputDirectory::create`], and what the system says; then there is no new file.
    pub(super) fn restore(
        &self,
        file: &File,
        n_bytes: u64,
        name: &str,
        disk: &Disk,
    ) -> io::Result<()> {
        let mut content = File::open(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
        let mut space = disk.space(self.create(name)?);
        let written = match space.extend(0, n_bytes) {
            Ok(None) => {
                io::copy(&mut content, &mut space.file()).and_then(|_| space.file().sync_all())
            }
            Ok(Some(lack)) => Err(io::Error::new(io::ErrorKind::StorageFull, lack.to_string())),
            Err(error) => Err(error),
        };
        space.trim(n_bytes);
        if written.is_err() {
            // There is an error to tell of already.
            let _ = self.remove(name);
        }
        written
    }

    /// Removes the file `name`, which this process has made.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.directory, name, AtFlags::empty())?)
    }

    /// Whether `file` has the name `name` here.
    pub(super) fn holds(&self, file: &File, name: &str) -> bool {
        let id = |it: rustix::fs::Stat| (it.st_dev, it.st_ino);
        let here = rustix::fs::statat(&self.directory, name, AtFlags::SYMLINK_NOFOLLOW).map(id);
        here.is_ok() && here == rustix::fs::fstat(file).map(id)
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
