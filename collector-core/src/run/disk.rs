//! The disk of the output directory: one account, from which every file there is granted its space
//! before it is written.
//!
//! Where the file system can, a file has its blocks reserved behind its end: nobody else can take
//! them, and the disk shows them as taken. Where it cannot, what is granted and not yet written is
//! counted here. Which file needs how much is decided elsewhere.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{FallocateFlags, Mode, OFlags};
use rustix::io::{Errno, retry_on_intr};
use rustix::process::{Resource, getrlimit};

use crate::units::Bytes;

/// Space is granted in pieces of this size, which no block of a file system straddles.
const PIECE_BYTES: u64 = 4096;

/// A file that has this much more than it needs gives it back, if the disk has as much free.
const SURPLUS_BYTES: u64 = 64 << 20;

/// The disk, shared by all that write to it.
#[derive(Debug, Clone)]
pub struct Disk(Arc<Account>);

#[derive(Debug)]
struct Account {
    directory: File,
    min_free: Bytes,
    /// Bytes that are granted, and that the disk shows as free until they are written.
    unseen: Mutex<u64>,
}

/// Why a file was not granted space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The disk would have less than `output.min_free`.
    Free {
        /// Free now.
        free: Bytes,
        /// The limit.
        min_free: Bytes,
    },
    /// The disk gives this user no more.
    Quota,
    /// No file of this process may become as long. Written on, it would be killed.
    Limit(Bytes),
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lack::Free { free, min_free } => {
                write!(f, "the disk has {free} free")?;
                if *min_free > Bytes(0) {
                    write!(f, " and is to keep {min_free} (`output.min_free`)")?;
                }
            }
            Lack::Quota => f.write_str("the quota of this user on the disk is used up")?,
            Lack::Limit(limit) => {
                return write!(
                    f,
                    "no file may have more than {limit} here (`ulimit -f`); raise that"
                );
            }
        }
        f.write_str("; make room, or name another disk with --output")
    }
}

impl Disk {
    /// That of `directory`, which is to keep `min_free`.
    #[must_use]
    pub fn new(directory: File, min_free: Bytes) -> Self {
        Disk(Arc::new(Account { directory, min_free, unseen: Mutex::default() }))
    }

    /// Bytes this process may still write to it.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn free_bytes(&self) -> io::Result<Bytes> {
        let disk = retry_on_intr(|| rustix::fs::fstatvfs(&self.0.directory))?;
        Ok(Bytes(disk.f_bavail.saturating_mul(disk.f_frsize)))
    }

    /// A file without a name in the directory, also when that was moved. It vanishes with its
    /// descriptor.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn unnamed_file(&self) -> io::Result<Space> {
        let directory = &self.0.directory;
        let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::TMPFILE;
        match rustix::fs::openat(directory, ".", flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(self.space(file.into())),
            // File systems without O_TMPFILE say so in one of three ways.
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOENT) => {
                let place = PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd()));
                let file = tempfile::Builder::new().prefix(".collector-").tempfile_in(place)?;
                let (file, path) = file.into_parts();
                path.close()?;
                Ok(self.space(file))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The space of `file`, which is on this disk and empty.
    #[must_use]
    pub fn space(&self, file: File) -> Space {
        Space { disk: self.clone(), file, until: 0, unseen: 0 }
    }
}

/// What one file has of the disk.
#[derive(Debug)]
pub struct Space {
    disk: Disk,
    file: File,
    until: u64,
    unseen: u64,
}

impl Space {
    /// The file.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The length to which the file may grow.
    #[must_use]
    pub fn until(&self) -> u64 {
        self.until
    }

    /// Grants the file, of which `written` bytes are written, all up to the length `until`; or says
    /// what is lacking for that.
    ///
    /// # Errors
    ///
    /// The disk could not be looked at.
    pub fn extend(&mut self, written: u64, until: u64) -> io::Result<Option<Lack>> {
        let Disk(account) = self.disk.clone();
        // Held to the end: what is granted is taken before another looks.
        let mut unseen = account.unseen.lock().unwrap_or_else(PoisonError::into_inner);
        self.settle(&mut unseen, written);
        if let Some(limit) = getrlimit(Resource::Fsize).current.filter(|limit| *limit < until) {
            return Ok(Some(Lack::Limit(Bytes(limit))));
        }
        let until = until.checked_next_multiple_of(PIECE_BYTES).unwrap_or(until);
        let from = self.until.max(written);
        let Some(n_bytes) = until.checked_sub(from).filter(|it| *it > 0) else { return Ok(None) };
        let lack = |free| Ok(Some(Lack::Free { free, min_free: account.min_free }));
        let free = self.disk.free_bytes()?;
        if free.0 < account.min_free.0.saturating_add(*unseen).saturating_add(n_bytes) {
            return lack(free);
        }
        let flags = FallocateFlags::KEEP_SIZE;
        match retry_on_intr(|| rustix::fs::fallocate(&self.file, flags, from, n_bytes)) {
            Ok(()) => {}
            Err(Errno::NOSPC) => return lack(self.disk.free_bytes()?),
            Err(Errno::DQUOT) => return Ok(Some(Lack::Quota)),
            // A file system that cannot reserve. Should it be full after all, writing tells it.
            Err(_) => {
                *unseen += n_bytes;
                self.unseen += n_bytes;
            }
        }
        self.until = until;
        Ok(None)
    }

    /// Gives back all that the file, of which `written` bytes are written, does not have in them.
    pub fn trim(&mut self, written: u64) {
        // What cannot be given back is lost space, and nothing else.
        let _ = self.file.set_len(written);
        self.until = written;
        let Disk(account) = self.disk.clone();
        self.settle(&mut account.unseen.lock().unwrap_or_else(PoisonError::into_inner), written);
    }

    /// As [`Space::trim`], if the file has much more than `until`. For a moment it then has nothing:
    /// so only where the disk has much more, too.
    pub fn trim_surplus(&mut self, written: u64, until: u64) {
        let min_free = self.disk.0.min_free.0;
        let is_much = self.until.saturating_sub(until) >= SURPLUS_BYTES;
        let is_safe = || {
            let free = self.disk.free_bytes();
            free.is_ok_and(|it| it.0 >= min_free.saturating_add(SURPLUS_BYTES))
        };
        if is_much && is_safe() {
            self.trim(written);
        }
    }

    /// What is written is seen.
    fn settle(&mut self, unseen: &mut u64, written: u64) {
        let left = self.unseen.min(self.until.saturating_sub(written));
        *unseen -= self.unseen - left;
        self.unseen = left;
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        *self.disk.0.unseen.lock().unwrap_or_else(PoisonError::into_inner) -= self.unseen;
    }
}

#[cfg(test)]
mod tests;
