//! Space on the disk that a file has before it is written: what was promised then fits, also when
//! somebody else fills the disk meanwhile.
//!
//! The blocks lie behind the end of the file itself, so no moment comes in which another process
//! could take them. How much is needed, and what stays free, is decided elsewhere.

use std::fs::File;
use std::io;

use rustix::fs::FallocateFlags;
use rustix::io::retry_on_intr;

/// The blocks of a file up to an offset.
#[derive(Debug)]
pub(super) struct Space {
    file: File,
    until: u64,
}

impl Space {
    /// That of `file`, which is empty.
    pub(super) fn new(file: File) -> Self {
        Space { file, until: 0 }
    }

    /// Bytes that the disk must still have for the file to grow from `written` to `until`.
    pub(super) fn lacking(&self, written: u64, until: u64) -> u64 {
        until.saturating_sub(self.until.max(written))
    }

    /// Has the blocks up to `until`.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::StorageFull`] and [`io::ErrorKind::QuotaExceeded`]. A file system that
    /// cannot do it is no error: there the disk is looked at, and writing tells the rest.
    pub(super) fn extend(&mut self, until: u64) -> io::Result<()> {
        let Some(n_bytes) = until.checked_sub(self.until).filter(|it| *it > 0) else {
            return Ok(());
        };
        let flags = FallocateFlags::KEEP_SIZE;
        let result =
            retry_on_intr(|| rustix::fs::fallocate(&self.file, flags, self.until, n_bytes));
        match result.map_err(io::Error::from) {
            Ok(()) => self.until = until,
            Err(error) if is_full(&error) => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }
}

/// Whether `error` means that the disk, or this user's part of it, is full.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
