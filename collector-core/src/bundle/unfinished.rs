//! Files of samples whose `sample.json` has not come yet: what those who compare the two keep in
//! memory, and a limit to it.
//!
//! An honest bundle has few at a time: a sample is small, and only a slow collector holds one up.

use std::collections::BTreeMap;

use super::reader::{Entry, ReadError};

/// Length and SHA-256 of a file.
pub(super) type Facts = (u64, String);

/// Bytes of memory they may take, by the estimate of [`Unfinished::add`]: about 80,000 files, where
/// all collectors of a manifest together make 32,000 in one sample.
const MOST_BYTES: usize = 24 << 20;
const SAMPLE_BYTES: usize = 1 << 10;
const FILE_BYTES: usize = 256;

/// Files by their names within the sample, by samples.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    samples: BTreeMap<String, BTreeMap<String, Facts>>,
    n_bytes: usize,
}

impl Unfinished {
    /// Notes that `sample` has begun. `entry` is the first of its files, or a later one.
    ///
    /// # Errors
    ///
    /// [`ReadError::Refused`] where too much would have to be kept.
    pub(super) fn begin(&mut self, sample: &str, entry: &Entry<'_>) -> Result<(), ReadError> {
        if !self.samples.contains_key(sample) {
            self.samples.insert(sample.to_owned(), BTreeMap::new());
            self.n_bytes += sample_bytes(sample);
        }
        if self.n_bytes <= MOST_BYTES {
            return Ok(());
        }
        Err(entry.refuse("too many files come before the `sample.json` of their samples"))
    }

    /// Adds a file to a sample that has begun; whether it has.
    pub(super) fn add(&mut self, sample: &str, file: String, facts: Facts) -> bool {
        let Some(files) = self.samples.get_mut(sample) else { return false };
        self.n_bytes += file_bytes(&file);
        files.insert(file, facts);
        true
    }

    /// The files of `sample`, whose `sample.json` came.
    pub(super) fn end(&mut self, sample: &str) -> BTreeMap<String, Facts> {
        let Some(files) = self.samples.remove(sample) else { return BTreeMap::new() };
        self.n_bytes -= sample_bytes(sample) + files.keys().map(|it| file_bytes(it)).sum::<usize>();
        files
    }

    /// The samples whose `sample.json` did not come.
    pub(super) fn samples(&self) -> &BTreeMap<String, BTreeMap<String, Facts>> {
        &self.samples
    }
}

fn sample_bytes(name: &str) -> usize {
    SAMPLE_BYTES + name.len()
}

fn file_bytes(name: &str) -> usize {
    FILE_BYTES + name.len()
}
