//! Writes a bundle of the entries of another, for `recover`.
//!
//! The difference to a capture: entries come with names, times and bytes of their own, their
//! hashes are not known before, nobody waits for the disk between samples, and a bundle that is
//! given up leaves nothing, because its entries are still where they came from.

use super::*;

/// An entry as it was.
#[derive(Debug, Clone, Copy)]
pub(in crate::bundle) struct Copied<'a> {
    /// Relative to the root.
    pub(in crate::bundle) path: &'a EntryName,
    pub(in crate::bundle) bytes: u64,
    pub(in crate::bundle) cut: bool,
    /// Seconds since 1970.
    pub(in crate::bundle) mtime: u64,
}

impl BundleWriter {
    /// Creates the file, `.recovering` until it is complete.
    ///
    /// # Errors
    ///
    /// As for [`BundleWriter::create`].
    pub(in crate::bundle) fn create_copy(options: WriterOptions) -> Result<Self, WriteError> {
        Self::begin(options, layout::RECOVERING_SUFFIX, 0)
    }

    /// Stores one entry and gives its SHA-256. Whether there is room shows when there is none.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`] and [`WriteError::Content`] end the bundle.
    pub(in crate::bundle) fn copy(
        &mut self,
        entry: Copied<'_>,
        content: &mut dyn Read,
    ) -> Result<String, WriteError> {
        let path = entry.path.as_str().to_owned();
        let file = IndexedFile { path, bytes: entry.bytes, cut: entry.cut };
        let mut content = HashingReader { hash: Sha256::new(), content };
        let (read, result) = self.attempt(|it| {
            it.put_header(&file, entry.mtime)?;
            let copied = it.stream()?.copy_from(&mut content, file.bytes)?;
            it.stream()?.write_all(header::padding(file.bytes))?;
            Ok(copied)
        })?;
        if read < file.bytes {
            self.stream = None;
            let (name, bytes) = (file.path, file.bytes);
            return Err(WriteError::Content { name, read, bytes, source: result.err() });
        }
        let sha256 = crate::units::hex(&content.hash.finalize());
        self.attempt(|it| it.listing.add(&sha256, &file))?;
        Ok(sha256)
    }

    /// Stores the root directory, modified at `mtime`.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`] ends the bundle.
    pub(in crate::bundle) fn copy_root(&mut self, mtime: u64) -> Result<(), WriteError> {
        self.attempt(|it| it.put_root(mtime))
    }

    /// A sample with these outcomes was stored: a cut at any later byte loses nothing of it.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`] ends the bundle.
    pub(in crate::bundle) fn end_copied_sample(
        &mut self,
        outcomes: impl Iterator<Item = Outcome>,
    ) -> Result<(), WriteError> {
        self.count_sample(outcomes);
        self.attempt(|it| it.stream()?.flush_frame())
    }

    /// Completes the bundle as [`BundleWriter::finish`] does, or removes it.
    ///
    /// # Errors
    ///
    /// As for [`BundleWriter::finish`], but nothing stays.
    pub(in crate::bundle) fn finish_copy(mut self, ending: Ending) -> Result<Finished, WriteError> {
        let result = self.complete(ending);
        if result.is_err() {
            self.give_up();
        }
        result
    }

    /// Removes the unfinished file.
    pub(in crate::bundle) fn give_up(self) {
        // There is an error to tell of already; what stays is named like nothing else.
        let _ = self.directory.remove(&self.name(self.working));
    }
}

/// Hashes what is read through it.
struct HashingReader<'a> {
    hash: Sha256,
    content: &'a mut dyn Read,
}

impl Read for HashingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.content.read(buffer)?;
        self.hash.update(&buffer[..n_read]);
        Ok(n_read)
    }
}
