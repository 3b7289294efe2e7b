//! Goes through one bundle sample by sample, and reads what its collectors stored.
//!
//! A media type stands in `sample.json`, which comes after the artifacts of its sample. So the
//! bytes of a sample are kept until it arrives, within limits; then the sample is shown and
//! forgotten. Nothing is kept that grows with the capture. What of a sample is not there or not
//! read is listed beside the rest. A sample that the bundle ends in is not shown.
//!
//! Entries of samples that overlap are mixed, and such samples are shown in the order in which
//! they ended: `record.index` has their number.

use std::collections::BTreeMap;

use crate::bundle::index;
use crate::bundle::layout::Place;
use crate::bundle::reader::{BundleReader, Entry, ReadError, Tail};

use super::readers::{self, BadLines, Reading};

/// How much is kept in memory.
#[derive(Debug, Clone, Copy)]
pub struct SampleLimits {
    /// Bytes of one artifact.
    pub artifact_bytes: u64,
    /// Bytes of all artifacts of the samples that have not ended, their names included.
    pub kept_bytes: u64,
}

impl Default for SampleLimits {
    /// The longest text there is a reader for, and two of them.
    fn default() -> Self {
        let artifact_bytes = readers::LONGEST_TEXT;
        SampleLimits { artifact_bytes, kept_bytes: 2 * artifact_bytes }
    }
}

/// A sample.
#[derive(Debug)]
pub struct Sample<'a> {
    /// The name of its directory below `samples/`, such as `20261123T024512.123Z`.
    pub directory: &'a str,
    /// Its `sample.json`: its number, its times on each clock, and how each collector fared.
    pub record: &'a index::Sample,
    /// What was read, in the order of the record.
    pub artifacts: Vec<Artifact<'a>>,
    /// What was not.
    pub unread: Vec<Unread<'a>>,
}

/// What one collector stored in one sample under one name.
#[derive(Debug)]
pub struct Artifact<'a> {
    /// The collector's name in the plan.
    pub collector: &'a str,
    /// Its name in the sample: `<collector>/<artifact>`.
    pub name: &'a str,
    /// What it is, as the plugin says.
    pub media_type: &'a str,
    /// Whether its end is missing, as the collector says.
    pub is_cut: bool,
    /// Its bytes.
    pub content: &'a [u8],
    /// What they tell.
    pub reading: Reading<'a>,
    /// The lines that could not be read.
    pub bad: BadLines,
}

/// An artifact that was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread<'a> {
    /// Its name in the sample.
    pub name: &'a str,
    /// Why.
    pub why: Why,
}

/// Why an artifact was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// It is longer than what is read.
    #[error("it has {bytes} bytes, and {limit} at most are read")]
    TooLong {
        /// Its bytes.
        bytes: u64,
        /// How many it may have.
        limit: u64,
    },
    /// The artifacts before it took all the room.
    #[error("with it more than {limit} bytes of unfinished samples would be kept in memory")]
    NoRoom {
        /// How many bytes are kept at most.
        limit: u64,
    },
    /// The sample's record lists it, and it is not in the bundle.
    #[error("the sample lists it, and it is not there")]
    Missing,
    /// It is in the bundle, and the sample's record does not list it.
    #[error("it is there, and the sample does not list it, so nobody knows what it is")]
    Unlisted,
}

/// Shows each finished sample of `bundle`, and says how the bundle ends.
///
/// # Errors
///
/// The first of `visit`, and those of [`BundleReader::next_entry`]. A `sample.json` that is none
/// is [`ReadError::Json`].
pub fn walk<E: From<ReadError>>(
    bundle: &mut BundleReader,
    visit: impl FnMut(&Sample<'_>) -> Result<(), E>,
) -> Result<Tail, E> {
    walk_with(bundle, SampleLimits::default(), visit)
}

/// As [`walk`], with limits of one's own.
///
/// # Errors
///
/// As for [`walk`].
pub fn walk_with<E: From<ReadError>>(
    bundle: &mut BundleReader,
    limits: SampleLimits,
    mut visit: impl FnMut(&Sample<'_>) -> Result<(), E>,
) -> Result<Tail, E> {
    let mut kept =
        Kept { limits, room: limits.kept_bytes, open: BTreeMap::new(), has_dropped: false };
    bundle.walk(|entry| match entry.place() {
        Place::Artifact { sample, collector, artifact } => {
            let (sample, name) = (sample.to_owned(), format!("{collector}/{artifact}"));
            Ok(kept.keep(sample, name, entry)?)
        }
        Place::Sample { sample } => {
            let directory = sample.to_owned();
            let record: index::Sample = entry.json()?;
            let (open, missing) = kept.take(&directory);
            visit(&open.sample(&directory, &record, missing))
        }
        _ => Ok(()),
    })
}

/// The samples whose records are still to come. There are several where a collector is slower than
/// the schedule.
struct Kept {
    limits: SampleLimits,
    /// Bytes that may still be kept.
    room: u64,
    open: BTreeMap<String, Open>,
    /// Whether there was no room for a name even, in a sample that has not ended.
    has_dropped: bool,
}

/// A sample whose record is still to come.
#[derive(Default)]
struct Open {
    artifacts: BTreeMap<String, Result<Vec<u8>, Why>>,
    n_bytes: u64,
}

/// Bytes that keeping an empty artifact takes besides its name, or a sample without any.
const OVERHEAD: u64 = 128;

impl Kept {
    fn keep(
        &mut self,
        sample: String,
        name: String,
        entry: &mut Entry<'_>,
    ) -> Result<(), ReadError> {
        let new_bytes = if self.open.contains_key(&sample) { 0 } else { OVERHEAD };
        let name_bytes = new_bytes + OVERHEAD + name.len() as u64;
        let Some(room) = self.room.checked_sub(name_bytes) else {
            self.has_dropped = true;
            return Ok(());
        };
        let (bytes, limit) = (entry.size(), self.limits.artifact_bytes);
        let (content, n_bytes) = if bytes > limit {
            (Err(Why::TooLong { bytes, limit }), name_bytes)
        } else if bytes > room {
            (Err(self.no_room()), name_bytes)
        } else {
            (Ok(entry.content(bytes)?), name_bytes + bytes)
        };
        let open = self.open.entry(sample).or_default();
        open.artifacts.insert(name, content);
        open.n_bytes += n_bytes;
        self.room -= n_bytes;
        Ok(())
    }

    /// What is kept of a sample, and why what is not is not.
    fn take(&mut self, sample: &str) -> (Open, Why) {
        let open = self.open.remove(sample).unwrap_or_default();
        self.room += open.n_bytes;
        let missing = if self.has_dropped { self.no_room() } else { Why::Missing };
        self.has_dropped &= !self.open.is_empty();
        (open, missing)
    }

    fn no_room(&self) -> Why {
        Why::NoRoom { limit: self.limits.kept_bytes }
    }
}

impl Open {
    fn sample<'a>(
        &'a self,
        directory: &'a str,
        record: &'a index::Sample,
        missing: Why,
    ) -> Sample<'a> {
        let mut sample = Sample { directory, record, artifacts: Vec::new(), unread: Vec::new() };
        let mut unlisted: BTreeMap<_, _> = self.artifacts.iter().collect();
        for row in &record.rows {
            for file in &row.files {
                let content = match unlisted.remove(&file.name) {
                    Some(Ok(content)) => Ok(content),
                    Some(Err(why)) => Err(*why),
                    None => Err(missing),
                };
                match content.and_then(|it| artifact(&row.collector, file, it)) {
                    Ok(artifact) => sample.artifacts.push(artifact),
                    Err(why) => sample.unread.push(Unread { name: &file.name, why }),
                }
            }
        }
        sample.unread.extend(unlisted.into_keys().map(|name| Unread { name, why: Why::Unlisted }));
        sample
    }
}

fn artifact<'a>(
    collector: &'a str,
    file: &'a index::File,
    content: &'a [u8],
) -> Result<Artifact<'a>, Why> {
    let (name, media_type, is_cut) = (&file.name, &file.media_type, file.cut);
    let bytes = content.len() as u64;
    let read = readers::read(media_type, content);
    let read = read.map_err(|limit| Why::TooLong { bytes, limit })?;
    let (reading, bad) = (read.value, read.bad);
    Ok(Artifact { collector, name, media_type, is_cut, content, reading, bad })
}

#[cfg(test)]
mod tests;
