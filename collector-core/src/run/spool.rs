//! Holds an artifact while it arrives: in memory when small, else in an unlinked file.
//!
//! A tar entry's size stands before its bytes, so a stream must be held until it ends. All small
//! artifacts together stay within one budget; the file is in the output directory, where the space
//! is watched, and is gone when the process is, however it ends.

use std::io::{self, Cursor, Read, Seek, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

use super::disk::{Disk, Space};

/// An artifact above this size goes to a file.
const SMALL_BYTES: usize = 256 * 1024;
/// What all small artifacts may take together.
const BUDGET_BYTES: usize = 6 << 20;

/// How much an artifact's file is granted at once.
const GRANT_BYTES: u64 = 4 << 20;

/// Where artifacts are held, shared by all workers of a capture.
#[derive(Debug, Clone)]
pub struct Spool {
    disk: Disk,
    in_memory: Arc<AtomicUsize>,
}

impl Spool {
    /// Large artifacts go to unlinked files on `disk`.
    #[must_use]
    pub fn new(disk: Disk) -> Self {
        Spool { disk, in_memory: Arc::default() }
    }

    /// An empty artifact.
    #[must_use]
    pub(crate) fn begin(&self) -> Spooling {
        Spooling {
            spool: self.clone(),
            memory: Reserved { bytes: Vec::new(), counted: 0, total: Arc::clone(&self.in_memory) },
            file: None,
            n_bytes: 0,
            sha256: Sha256::new(),
        }
    }
}

/// Bytes in memory, counted against the budget as long as they live.
#[derive(Debug)]
struct Reserved {
    bytes: Vec<u8>,
    counted: usize,
    total: Arc<AtomicUsize>,
}

impl Reserved {
    /// Takes `data` if it fits.
    fn push(&mut self, data: &[u8]) -> bool {
        let fits = self.bytes.len() + data.len() <= SMALL_BYTES
            && self.total.load(Ordering::Relaxed) + data.len() <= BUDGET_BYTES;
        if fits {
            self.total.fetch_add(data.len(), Ordering::Relaxed);
            self.counted += data.len();
            self.bytes.extend_from_slice(data);
        }
        fits
    }

    fn clear(&mut self) {
        self.total.fetch_sub(self.counted, Ordering::Relaxed);
        self.counted = 0;
        self.bytes = Vec::new();
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.clear();
    }
}

/// An artifact that is arriving.
#[derive(Debug)]
pub(crate) struct Spooling {
    spool: Spool,
    memory: Reserved,
    file: Option<Space>,
    n_bytes: u64,
    sha256: Sha256,
}

impl Spooling {
    /// Appends `data`.
    ///
    /// # Errors
    ///
    /// The output directory could not take it. What came before is kept.
    pub(crate) fn append(&mut self, data: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) => write(file, self.n_bytes, data)?,
            None if self.memory.push(data) => {}
            None => {
                let mut file = self.spool.disk.unnamed_file()?;
                write(&mut file, 0, &self.memory.bytes)?;
                write(&mut file, self.n_bytes, data)?;
                self.memory.clear();
                self.file = Some(file);
            }
        }
        self.n_bytes += data.len() as u64;
        self.sha256.update(data);
        Ok(())
    }

    /// No more will come.
    pub(crate) fn end(mut self) -> Spooled {
        if let Some(file) = &mut self.file {
            file.trim(self.n_bytes);
        }
        Spooled {
            n_bytes: self.n_bytes,
            sha256: self.sha256.finalize().into(),
            memory: self.memory,
            file: self.file,
        }
    }
}

/// Writes `data` to `file` behind the `written` bytes it has, if the disk has room for it.
fn write(file: &mut Space, written: u64, data: &[u8]) -> io::Result<()> {
    let n_bytes = data.len() as u64;
    if file.until() < written + n_bytes
        && let Some(lack) = file.extend(written, written + n_bytes.max(GRANT_BYTES))?
    {
        return Err(io::Error::new(io::ErrorKind::StorageFull, lack.to_string()));
    }
    file.file().write_all(data)
}

/// An artifact that has arrived.
#[derive(Debug)]
pub struct Spooled {
    n_bytes: u64,
    sha256: [u8; 32],
    memory: Reserved,
    file: Option<Space>,
}

impl Spooled {
    /// How many bytes it has.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// SHA-256 of its bytes.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Its bytes from the start, exactly [`n_bytes`](Spooled::n_bytes) of them.
    ///
    /// # Errors
    ///
    /// The file could not be rewound.
    pub fn reader(&mut self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.file {
            Some(space) => {
                let mut file = space.file();
                file.rewind()?;
                Box::new(file.take(self.n_bytes))
            }
            None => Box::new(Cursor::new(&self.memory.bytes)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;

    fn spool(directory: &tempfile::TempDir, min_free: u64) -> Spool {
        let directory = std::fs::File::open(directory.path()).expect("a directory");
        Spool::new(Disk::new(directory, Bytes(min_free)))
    }

    /// Spools `n` bytes in chunks and reads them back.
    fn check(spool: &Spool, n: usize, in_file: bool) -> Spooled {
        let data: Vec<u8> = (0..n).map(|i| (i % 251).to_le_bytes()[0]).collect();
        let mut spooling = spool.begin();
        data.chunks(10_000).for_each(|chunk| spooling.append(chunk).expect("space"));
        let mut spooled = spooling.end();
        assert_eq!(spooled.file.is_some(), in_file);
        assert_eq!(spooled.n_bytes(), n as u64);
        assert_eq!(spooled.sha256(), <[u8; 32]>::from(Sha256::digest(&data)));
        let mut read = Vec::new();
        spooled.reader().expect("a reader").read_to_end(&mut read).expect("bytes");
        assert!(read == data);
        spooled
    }

    #[test]
    fn small_artifacts_stay_in_memory_and_large_ones_go_to_a_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let spool = spool(&directory, 0);
        check(&spool, 0, false);
        check(&spool, SMALL_BYTES, false);
        check(&spool, SMALL_BYTES + 1, true);
        assert_eq!(directory.path().read_dir().expect("readable").count(), 0, "unlinked");
    }

    #[test]
    fn a_disk_that_is_to_keep_more_than_it_has_takes_small_artifacts_only() {
        let directory = tempfile::tempdir().expect("a directory");
        let spool = spool(&directory, u64::MAX);
        check(&spool, SMALL_BYTES, false);
        let mut spooling = spool.begin();
        let error = spooling.append(&vec![0; SMALL_BYTES + 1]).expect_err("no room");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(spooling.end().n_bytes(), 0);
    }

    #[test]
    fn all_in_memory_together_stay_within_the_budget_and_give_it_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let spool = spool(&directory, 0);
        let n_fitting = BUDGET_BYTES / SMALL_BYTES;
        let held: Vec<_> = (0..n_fitting).map(|_| check(&spool, SMALL_BYTES, false)).collect();
        check(&spool, SMALL_BYTES, true);
        drop(held);
        check(&spool, SMALL_BYTES, false);
    }
}
