//! Writes a bundle while the capture runs, so that it is readable after every sample.
//!
//! One tar stream in one zstd frame. After each sample the frame is flushed and the file synced:
//! a cut at any later byte loses nothing of it. Artifacts of samples that overlap may come in any
//! order; each sample's `sample.json` is its last entry. Nothing grows with the data: the list of
//! files waits in an unnamed file.
//!
//! What belongs into a sample, and when the next one is due, is the business of `run`. The bytes
//! depend on the arguments alone: no clock is read here.

mod compress;
mod copy;
mod disk;
mod ending;
mod error;
mod header;
mod listing;
mod room;
mod short;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use self::compress::{Compressor, IN_FLIGHT};
use self::disk::OutputDirectory;
use self::listing::{Form, Listing};
use self::short::shortened;
use super::index::{self, Capture, Index, IndexedFile, Sample};
use super::layout::{self, EntryName, RootName};
use crate::run::{Disk, Space};
use crate::units::{Bytes, Outcome, Timestamp};

pub(super) use self::copy::Copied;
pub use self::ending::{Ending, Finished};
pub use self::error::WriteError;
pub use self::room::Room;

/// Bytes kept for the end of the bundle beside the list of files: the index, headers, one sample.
const END_BYTES: u64 = 64 << 10;

/// Where a bundle goes, and how large it may become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterOptions {
    /// The directory; created 0700 when missing.
    pub directory: PathBuf,
    /// The name of the bundle and of its root directory.
    pub root: RootName,
    /// Level of zstd.
    pub compression: i32,
    /// The largest the bundle may become.
    pub max_bytes: Bytes,
    /// What stays free on the disk.
    pub min_free: Bytes,
}

/// A bundle that is being written.
///
/// Dropped before [`finish`](BundleWriter::finish), it leaves the `.partial` file, which holds all
/// finished samples.
#[derive(Debug)]
pub struct BundleWriter {
    options: WriterOptions,
    /// What the name of the file ends with until it is complete.
    working: &'static str,
    directory: OutputDirectory,
    /// `None` after an error: the stream cannot go on.
    stream: Option<Compressor>,
    disk: Disk,
    /// What the disk keeps for the bundle.
    space: Space,
    listing: Listing,
    /// Names within each sample that has not ended.
    open: BTreeMap<String, BTreeSet<String>>,
    synced: u64,
    /// Bytes in the file when the last sample had ended.
    after_sample: u64,
    largest_sample: u64,
    unsynced_input: u64,
    samples: u64,
    totals: BTreeMap<Outcome, u64>,
}

impl BundleWriter {
    /// Creates the `.partial` file and writes its first entries: `capture.json` and the manifest,
    /// whose secrets the caller has masked.
    ///
    /// # Errors
    ///
    /// [`WriteError::Directory`], [`WriteError::Exists`], [`WriteError::NoRoom`] where the disk is
    /// too full to begin, and [`WriteError::Start`]. None leaves a file.
    pub fn create(
        options: WriterOptions,
        capture: &Capture,
        manifest_yaml: &str,
    ) -> Result<Self, WriteError> {
        let text = serde_json::to_vec(capture).map_err(io::Error::from);
        let first_bytes = text.as_ref().map_or(0, Vec::len) + manifest_yaml.len();
        let mut writer = Self::begin(options, layout::PARTIAL_SUFFIX, first_bytes as u64)?;
        let begun = writer.attempt(|it| {
            let mtime = capture.started;
            it.put_json(layout::CAPTURE, &text?, mtime)?;
            it.put_json(layout::MANIFEST, manifest_yaml.as_bytes(), mtime)?;
            it.put_root(mtime.unix_seconds())?;
            it.sync()?;
            it.directory.sync()
        });
        match begun {
            Ok(()) => Ok(writer),
            // Nothing is in it that anybody could want.
            Err(error) => {
                let path = writer.options.directory.clone();
                writer.give_up();
                Err(match error {
                    WriteError::Write { source, .. } => WriteError::Directory { path, source },
                    error => error,
                })
            }
        }
    }

    /// Creates the file, whose name ends with `working` until it is complete, where there is room
    /// for `first_bytes` in it.
    fn begin(
        options: WriterOptions,
        working: &'static str,
        first_bytes: u64,
    ) -> Result<Self, WriteError> {
        let path = options.directory.clone();
        let in_directory = |source| WriteError::Directory { path: path.clone(), source };
        let directory = OutputDirectory::open(&options.directory).map_err(in_directory)?;
        let disk = directory.disk(options.min_free).map_err(in_directory)?;
        let listing = disk.unnamed_file().and_then(Listing::new).map_err(in_directory)?;
        let finished = format!("{}{}", options.root, layout::SUFFIX);
        if directory.has(&finished) {
            return Err(WriteError::Exists { path: path.join(finished) });
        }
        let partial = format!("{}{working}", options.root);
        let file = directory.create(&partial).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => WriteError::Exists { path: path.join(&partial) },
            _ => in_directory(source),
        })?;
        let begun = file.try_clone().map_err(in_directory).and_then(|twin| {
            let stream = Compressor::start(file, options.compression);
            Ok((disk.space(twin), stream.map_err(|source| WriteError::Start { source })?))
        });
        // Where that fails there is an error to tell of already.
        let (space, stream) = begun.inspect_err(|_| drop(directory.remove(&partial)))?;
        let mut writer = BundleWriter {
            options,
            working,
            directory,
            stream: Some(stream),
            disk,
            space,
            listing,
            open: BTreeMap::new(),
            synced: 0,
            after_sample: 0,
            largest_sample: 0,
            unsynced_input: 0,
            samples: 0,
            totals: BTreeMap::new(),
        };
        let needed = Bytes(first_bytes + END_BYTES);
        let error = match writer.room_for(first_bytes) {
            Ok(Room::Enough) => return Ok(writer),
            Ok(room) => WriteError::NoRoom { what: "a bundle".into(), needed, room },
            Err(error) => error,
        };
        writer.give_up();
        Err(error)
    }

    /// The unfinished bundle.
    #[must_use]
    pub fn partial_path(&self) -> PathBuf {
        self.path(self.working)
    }

    /// The disk the bundle is on. What else is written beside the bundle is granted by it, too.
    #[must_use]
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Bytes in the file so far.
    #[must_use]
    pub fn written(&self) -> Bytes {
        Bytes(self.stream.as_ref().map_or(self.synced, Compressor::written))
    }

    /// Stores one artifact of the sample in directory `sample`: `file` as its row will have it,
    /// modified at `mtime`, and its `content`. The hash in `file` is trusted.
    ///
    /// It is only stored where it would fit uncompressed.
    ///
    /// # Errors
    ///
    /// [`WriteError::Name`] for a name that is bad, taken, or both a file and a directory, and
    /// [`WriteError::NoRoom`]: the bundle goes on without it. Every other error ends the bundle.
    pub fn append(
        &mut self,
        sample: &str,
        file: &index::File,
        mtime: Timestamp,
        content: &mut dyn Read,
    ) -> Result<(), WriteError> {
        let path = self.check_name(sample, &file.name)?;
        let room = self.true_room_for(file.bytes)?;
        if room != Room::Enough {
            return Err(WriteError::NoRoom { what: path, needed: Bytes(file.bytes), room });
        }
        let indexed = IndexedFile { path, bytes: file.bytes, cut: file.cut };
        let (read, result) = self.attempt(|it| {
            it.listing.add(&file.sha256, &indexed)?;
            it.put_header(&indexed, mtime.unix_seconds())?;
            let copied = it.stream()?.copy_from(content, file.bytes)?;
            it.stream()?.write_all(header::padding(file.bytes))?;
            it.unsynced_input = it.unsynced_input.saturating_add(file.bytes);
            Ok(copied)
        })?;
        if read < file.bytes {
            // The header has promised more than there is: nothing can follow.
            self.stream = None;
            let (name, bytes) = (indexed.path, file.bytes);
            return Err(WriteError::Content { name, read, bytes, source: result.err() });
        }
        self.open.entry(sample.to_owned()).or_default().insert(file.name.clone());
        Ok(())
    }

    /// Ends the sample in directory `sample`: writes its `sample.json` and returns when all of it
    /// is on the disk. Says whether there is room for another.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`] ends the bundle.
    pub fn end_sample(&mut self, sample: &str, row: &Sample) -> Result<Room, WriteError> {
        self.put_sample(sample, row)?;
        self.attempt(|it| it.sync())?;
        self.largest_sample = self.largest_sample.max(self.synced - self.after_sample);
        self.after_sample = self.synced;
        if !self.has_its_name() {
            return Ok(Room::Removed);
        }
        // What was granted to texts that became much shorter.
        self.space.trim_surplus(self.synced, self.synced.saturating_add(self.largest_sample));
        self.room_for(self.largest_sample)
    }

    /// As [`end_sample`](BundleWriter::end_sample), without waiting for the disk: the sample is on
    /// it when one that ends later is.
    ///
    /// # Errors
    ///
    /// [`WriteError::Write`] ends the bundle.
    pub fn pass_sample(&mut self, sample: &str, row: &Sample) -> Result<Room, WriteError> {
        self.put_sample(sample, row)?;
        self.room_for(self.largest_sample)
    }

    fn put_sample(&mut self, sample: &str, row: &Sample) -> Result<(), WriteError> {
        let path = self.check_name(sample, layout::SAMPLE)?;
        self.open.remove(sample);
        let mut text = serde_json::to_vec(row).map_err(io::Error::from);
        let n_bytes = text.as_ref().map_or(0, Vec::len) as u64;
        if let Some(why) = self.lack_of_room(n_bytes)? {
            // It is stored all the same: the end of the bundle has as much to spare.
            text = serde_json::to_vec(&shortened(row, &why)).map_err(io::Error::from);
        }
        self.attempt(|it| {
            let text = text?;
            it.put_json(&path, &text, row.time)?;
            it.unsynced_input = it.unsynced_input.saturating_add(text.len() as u64);
            Ok(())
        })?;
        self.count_sample(row.rows.iter().map(|it| it.outcome));
        Ok(())
    }

    /// Why a `sample.json` of `n_bytes` cannot be stored.
    fn lack_of_room(&mut self, n_bytes: u64) -> Result<Option<String>, WriteError> {
        if n_bytes > layout::MAX_JSON {
            let (n_bytes, most) = (Bytes(n_bytes), Bytes(layout::MAX_JSON));
            return Ok(Some(format!("{} would have {n_bytes} of at most {most}", layout::SAMPLE)));
        }
        let room = self.true_room_for(n_bytes)?;
        Ok((room != Room::Enough).then(|| room.to_string()))
    }

    fn count_sample(&mut self, outcomes: impl Iterator<Item = Outcome>) {
        self.samples += 1;
        for outcome in outcomes {
            *self.totals.entry(outcome).or_default() += 1;
        }
    }

    fn name(&self, suffix: &str) -> String {
        format!("{}{suffix}", self.options.root)
    }

    fn path(&self, suffix: &str) -> PathBuf {
        self.directory.path().join(self.name(suffix))
    }

    /// Whether nobody has removed or renamed the unfinished bundle.
    fn has_its_name(&self) -> bool {
        self.directory.holds(self.space.file(), &self.name(self.working))
    }

    /// Runs `work`; after an error the stream is gone, for a hole in it would spoil the rest.
    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> io::Result<T>,
    ) -> Result<T, WriteError> {
        if self.stream.is_none() {
            return Err(WriteError::GivenUp { path: self.partial_path() });
        }
        work(self).map_err(|source| {
            self.stream = None;
            WriteError::write(self.partial_path(), &self.disk, source)
        })
    }

    fn stream(&mut self) -> io::Result<&mut Compressor> {
        self.stream.as_mut().ok_or_else(|| io::Error::other("the stream has ended"))
    }

    fn sync(&mut self) -> io::Result<()> {
        let stream = self.stream()?;
        stream.sync()?;
        self.synced = stream.written();
        self.unsynced_input = 0;
        Ok(())
    }
}

mod entries;

#[cfg(test)]
mod tests;
