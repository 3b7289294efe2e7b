//! The end of a bundle: index, checksums, and the name it has when it is complete.

use super::*;
use crate::bundle::index::{CollectorCost, EndReason};

/// How a capture ended, as the index tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub reason: EndReason,
    /// The same in a sentence.
    pub detail: Option<String>,
    /// When.
    pub ended: Timestamp,
    /// Milliseconds since the start, by a clock that nobody sets.
    pub duration_ms: u64,
    /// What the collector itself cost.
    pub cost: Option<CollectorCost>,
}

/// A bundle that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: Bytes,
    /// Finished samples in it.
    pub samples: u64,
    /// Rows of all samples by outcome.
    pub totals: BTreeMap<Outcome, u64>,
}

impl BundleWriter {
    /// Completes the bundle: index, checksums, end of the stream; then it gets its name.
    ///
    /// # Errors
    ///
    /// The `.partial` file then stays where it is, with all finished samples.
    pub fn finish(mut self, ending: Ending) -> Result<Finished, WriteError> {
        self.complete(ending)
    }

    pub(super) fn complete(&mut self, ending: Ending) -> Result<Finished, WriteError> {
        let index = Index {
            reason: ending.reason,
            detail: ending.detail,
            ended: ending.ended,
            duration_ms: ending.duration_ms,
            samples: self.samples,
            totals: std::mem::take(&mut self.totals),
            cost: ending.cost,
            files: Vec::new(),
        };
        let bytes = self.attempt(|it| {
            it.put_index(&index)?;
            it.put_sums(ending.ended)?;
            it.stream()?.write_all(&header::END)?;
            it.stream.take().map_or(Ok(0), Compressor::end)
        })?;
        self.space.trim(bytes);
        self.publish(bytes)?;
        let path = self.path(layout::SUFFIX);
        Ok(Finished { path, bytes: Bytes(bytes), samples: self.samples, totals: index.totals })
    }

    /// Gives the complete bundle of `n_bytes` its name; writes it anew where somebody has removed
    /// it.
    fn publish(&mut self, n_bytes: u64) -> Result<(), WriteError> {
        let (from, to) = (self.name(self.working), self.name(layout::SUFFIX));
        if !self.has_its_name() {
            self.restore(&from, n_bytes)
                .map_err(|source| WriteError::Removed { path: self.partial_path(), source })?;
        }
        self.directory.publish(&from, &to).map_err(|source| WriteError::Publish {
            partial: self.partial_path(),
            to: self.path(layout::SUFFIX),
            source,
        })
    }

    fn restore(&mut self, name: &str, n_bytes: u64) -> io::Result<()> {
        // The directory may be a new one, on another disk.
        let directory = OutputDirectory::open(&self.options.directory)?;
        let disk = directory.disk(self.options.min_free)?;
        directory.restore(self.space.file(), n_bytes, name, &disk)?;
        self.directory = directory;
        Ok(())
    }
}
