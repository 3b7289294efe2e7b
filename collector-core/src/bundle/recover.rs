//! Makes a proper bundle of one that was cut off: every finished sample, byte for byte, with an
//! index that says where it was cut and what was left out.
//!
//! The file is read twice: whether a sample was finished shows only with its `sample.json`, after
//! its files. The first pass (`survey`) learns that and compares hashes, the second copies.
//! Neither holds more than the reader does, a few bytes per entry. The file itself is never
//! changed, so a recovery that fails can be tried again.
//!
//! A bundle that was cut in the middle of nothing is recovered too, if only `capture.json` is
//! whole: it says what was planned, and of which host. A stream that is damaged is used up to the
//! damage; zstd cannot go on behind it.

mod error;
mod loss;
mod mend;
mod survey;

use std::fs::File;
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use sha2::{Digest, Sha256};

use self::survey::{Survey, survey};
use super::index::EndReason;
use super::layout::{MAX_JSON, Place, sums_line};
use super::reader::{BundleReader, Entry, ReadError, open};
use super::verify::hash;
use super::writer::{BundleWriter, Copied, Ending, WriterOptions};
use crate::units::Bytes;
use crate::units::hex;

pub use self::error::RecoverError;
pub use self::loss::{Loss, Misfit, Unfinished};

/// Level of zstd, as a manifest that names none has it. What the capture used is not known.
const COMPRESSION: i32 = 3;

/// What a file turned out to need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing: it has the end of its stream, and every sample is whole. Nothing was written.
    Complete {
        /// The name such a bundle has; the file may have another one.
        proper_name: String,
    },
    /// A new bundle.
    Recovered(Recovered),
}

/// A bundle that was made of what was left of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: Bytes,
    /// Samples in it.
    pub samples: u64,
    /// What it does not have.
    pub loss: Loss,
}

/// Makes a bundle of what is whole in the file `path`, in `directory`, or else beside it.
///
/// The bundle is named like its root directory. The same file gives the same bytes: its index says
/// that the capture ended with the last finished sample, not when it was recovered.
///
/// # Errors
///
/// Whatever the error, `path` is as it was, and no new file is there.
pub fn recover(path: &Path, directory: Option<&Path>) -> Result<Recovery, RecoverError> {
    let _lock = lock(path)?;
    let survey = survey(path)?;
    if survey.is_complete() {
        return Ok(Recovery::Complete { proper_name: survey.proper_name() });
    }
    let directory = directory.or(path.parent()).unwrap_or(Path::new("")).to_owned();
    let options = WriterOptions {
        directory,
        root: survey.root.clone(),
        compression: COMPRESSION,
        max_bytes: Bytes(u64::MAX),
        min_free: Bytes(0),
    };
    let mut writer =
        BundleWriter::create_copy(options).map_err(|error| RecoverError::write(path, error))?;
    if let Err(error) = copy(path, &survey, &mut writer) {
        writer.give_up();
        return Err(error);
    }
    let ending = Ending {
        reason: EndReason::Cut,
        detail: Some(survey.loss.to_string()),
        ended: survey.ended,
        duration_ms: survey.duration_ms,
        cost: survey.cost,
    };
    let finished = writer.finish_copy(ending).map_err(|error| RecoverError::write(path, error))?;
    let (path, bytes, samples) = (finished.path, finished.bytes, finished.samples);
    Ok(Recovery::Recovered(Recovered { path, bytes, samples, loss: survey.loss }))
}

/// A capture holds a lock on its bundle. Its name must not be taken before it is complete.
fn lock(path: &Path) -> Result<Option<File>, RecoverError> {
    // Whatever else is wrong with the file, the reader says it better.
    let Ok(file) = open(path) else { return Ok(None) };
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockShared) {
        Err(Errno::WOULDBLOCK) => Err(RecoverError::InUse { path: path.to_owned() }),
        _ => Ok(Some(file)),
    }
}

/// The second pass: as many entries as the first one saw, and the same bytes.
fn copy(path: &Path, survey: &Survey, writer: &mut BundleWriter) -> Result<(), RecoverError> {
    let mut reader = BundleReader::open(path)?;
    let mut digest = Sha256::new();
    let mut n_entries = 0;
    while n_entries < survey.n_entries {
        let Some(mut entry) = reader.next_entry()? else {
            return Err(RecoverError::Changed { path: path.to_owned(), source: None });
        };
        let name = entry.name().clone();
        if matches!(name.place(), Place::Index | Place::Sums) {
            continue;
        }
        let sha256 = copy_entry(path, survey, writer, &mut entry)?;
        if name.place() == survey.root_follows() {
            writer.copy_root(entry.mtime()).map_err(|error| RecoverError::write(path, error))?;
        }
        digest.update(sums_line(&sha256, name.as_str()));
        n_entries += 1;
    }
    if digest.finalize() == survey.digest {
        Ok(())
    } else {
        Err(RecoverError::Changed { path: path.to_owned(), source: None })
    }
}

/// Copies an entry or passes over it; its SHA-256 as it was.
fn copy_entry(
    path: &Path,
    survey: &Survey,
    writer: &mut BundleWriter,
    entry: &mut Entry<'_>,
) -> Result<String, RecoverError> {
    let name = entry.name().clone();
    let failed = |error| RecoverError::write(path, error);
    let copied = Copied { path: &name, bytes: entry.size(), cut: false, mtime: entry.mtime() };
    if !survey.keeps(&name) {
        let changed =
            |source| RecoverError::Changed { path: path.to_owned(), source: Some(source) };
        return hash(entry).map(|(_, sha256)| sha256).map_err(changed);
    }
    if !matches!(name.place(), Place::Sample { .. }) {
        let copied = Copied { cut: survey.cut.has(name.as_str()), ..copied };
        return writer.copy(copied, entry).map_err(failed);
    }
    let text = entry.content(MAX_JSON)?;
    let mended = mend::sample(&name, &text, &survey.left_out).map_err(|source| {
        ReadError::Json { path: path.to_owned(), entry: name.to_string(), source }
    })?;
    let content = mended.text.as_deref().unwrap_or(&text);
    let copied = Copied { bytes: content.len() as u64, ..copied };
    writer.copy(copied, &mut &*content).map_err(failed)?;
    writer.end_copied_sample(mended.outcomes.into_iter()).map_err(failed)?;
    Ok(hex(&Sha256::digest(&text)))
}

#[cfg(test)]
mod tests;
