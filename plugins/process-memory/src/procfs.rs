//! Reading of a procfs: its pids, and small files of processes that may end at any moment.
//!
//! One buffer for the text and one for the path serve all files, so that a process costs system
//! calls and no allocation.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use plugin_api::Error;

/// A text of so many bytes is not read. It is more than any `status`: of 65,536 groups, the most a process may have, each takes 11 bytes.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// More than most files, so that the kernel gives each in one call.
const BUFFER_BYTES: usize = 16 << 10;

/// The processes of a procfs.
#[derive(Debug)]
pub(crate) struct Pids {
    /// Ascending.
    pub(crate) pids: Vec<u32>,
    /// How many more there are.
    pub(crate) n_left_out: usize,
    /// Whether the first process of the pid namespace is missing, which never ends before the
    /// others: then processes of other users are hidden from us.
    pub(crate) are_hidden: bool,
}

/// A procfs and the buffers to read it with.
#[derive(Debug)]
pub(crate) struct Files<'r> {
    root: &'r Path,
    path: PathBuf,
    buffer: Vec<u8>,
}

impl<'r> Files<'r> {
    pub(crate) fn new(root: &'r Path) -> Self {
        Files { root, path: PathBuf::new(), buffer: vec![0; BUFFER_BYTES] }
    }

    /// The lowest `max` pids.
    ///
    /// # Errors
    ///
    /// The root cannot be listed, or has no process.
    pub(crate) fn pids(&self, max: usize) -> Result<Pids, Error> {
        let advice = "name the place where procfs is mounted as procfs";
        let mut pids = Vec::new();
        let entries = fs::read_dir(self.root)
            .map_err(|error| Error::reading(self.root, &error).advise(advice))?;
        for entry in entries {
            let entry = entry.map_err(|error| Error::reading(self.root, &error))?;
            pids.extend(entry.file_name().to_str().and_then(|it| it.parse::<u32>().ok()));
        }
        if pids.is_empty() {
            let message = format!("{}: no processes there", self.root.display());
            return Err(Error::unavailable(message).advise(advice));
        }
        pids.sort_unstable();
        let (are_hidden, n_left_out) = (pids[0] != 1, pids.len().saturating_sub(max));
        pids.truncate(max);
        Ok(Pids { pids, n_left_out, are_hidden })
    }

    /// The text of `<root>/PID/FILE`, valid until the next read.
    ///
    /// # Errors
    ///
    /// [`Error::reading`]: unavailable if the process is gone; a text beyond all reason.
    pub(crate) fn read(&mut self, pid: u32, file: &str) -> Result<&[u8], Error> {
        self.at(pid, file);
        let n_bytes = self.fill(MAX_TEXT_BYTES).and_then(|n_bytes| match n_bytes {
            MAX_TEXT_BYTES => Err(io::Error::other(format!("longer than {MAX_TEXT_BYTES} bytes"))),
            n_bytes => Ok(n_bytes),
        });
        let n_bytes = n_bytes.map_err(|error| Error::reading(&self.path, &error))?;
        Ok(&self.buffer[..n_bytes])
    }

    /// The first `limit` bytes of such a text at most, and whether that is all of it.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub(crate) fn read_start(
        &mut self,
        pid: u32,
        file: &str,
        limit: usize,
    ) -> Result<(&[u8], bool), Error> {
        self.at(pid, file);
        let n_bytes = self.fill(limit).map_err(|error| Error::reading(&self.path, &error))?;
        Ok((&self.buffer[..n_bytes], n_bytes < limit))
    }

    /// Whether the kernel has no such file for a process that is there.
    pub(crate) fn is_lacking(&mut self, pid: u32, file: &str) -> bool {
        !self.at(pid, file).exists() && self.at(pid, "stat").exists()
    }

    /// The process's name, for a message: empty if it cannot be read.
    pub(crate) fn name(&mut self, pid: u32) -> String {
        let name = self.read(pid, "comm").map(String::from_utf8_lossy);
        name.map_or_else(|_| String::new(), |it| it.trim_end().escape_debug().to_string())
    }

    fn at(&mut self, pid: u32, file: &str) -> &Path {
        self.path.clear();
        self.path.push(self.root);
        // Writing to memory does not fail.
        let _ = write!(self.path.as_mut_os_string(), "/{pid}/{file}");
        &self.path
    }

    /// Reads the text up to `limit`, and gives the number of bytes.
    fn fill(&mut self, limit: usize) -> io::Result<usize> {
        let mut file = File::open(&self.path)?;
        let mut n_bytes = 0;
        while n_bytes < limit {
            if n_bytes == self.buffer.len() {
                self.buffer.resize(2 * n_bytes, 0);
            }
            let end = self.buffer.len().min(limit);
            match file.read(&mut self.buffer[n_bytes..end]) {
                Ok(0) => break,
                Ok(n) => n_bytes += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(n_bytes)
    }
}
