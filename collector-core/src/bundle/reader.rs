//! Reads a bundle, entry by entry, and trusts nothing in it.
//!
//! Names are checked, sizes and counts are limited, nothing is written. A bundle that was cut off
//! or damaged is read up to that point; [`Tail`] then says how much is whole. The memory it takes
//! is that of the zstd window and eight bytes per entry.
//!
//! What the files mean, and whether they are what their hashes say, is asked elsewhere
//! (`analysis`, [`verify`](super::verify)).

mod archive;
mod error;
mod short_texts;
mod stream;

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use self::archive::{Archive, Fault, Head};
use self::short_texts::ShortTexts;
use self::stream::{Stop, Stream};
use super::index::{Capture, Layout, Tool};
use super::layout::{self, EntryName, Place, RootName};
use crate::units::Bytes;

pub use self::archive::ReadLimits;
pub use self::error::ReadError;

/// How a bundle ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tail {
    /// With its index and its checksums, as it should.
    Whole,
    /// In the middle: the collector, or a copy of the file, was interrupted.
    Cut(Left),
    /// In bytes that were changed.
    Damaged {
        /// What is whole before them.
        left: Left,
        /// What is wrong with them.
        why: String,
    },
}

/// What is whole of a bundle that was cut off or damaged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Left {
    /// Finished samples.
    pub samples: u64,
    /// Files, those of an unfinished sample included.
    pub files: u64,
    /// Bytes of the decompressed stream up to the end of the last of them.
    pub bytes: u64,
    /// Where they end: `in` the file that is not whole, or `after` the last one.
    pub place: String,
}

/// A bundle that is being read, from its first entry to its last.
#[derive(Debug)]
pub struct BundleReader {
    path: PathBuf,
    archive: Archive,
    limits: ReadLimits,
    capture: Capture,
    root: RootName,
    /// `capture.json`, until it is given out as the first entry.
    first: Option<(Head, Vec<u8>)>,
    current: Option<EntryName>,
    /// The last that is whole.
    last: Option<EntryName>,
    /// Index and checksums came.
    is_complete: bool,
    left: Left,
    tail: Option<Tail>,
}

impl BundleReader {
    /// Opens a finished or a `.partial` bundle and reads its `capture.json`.
    ///
    /// # Errors
    ///
    /// Every [`ReadError`] but [`ReadError::Ended`].
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        Self::open_with(path, ReadLimits::default())
    }

    /// As [`BundleReader::open`], with limits of one's own.
    ///
    /// # Errors
    ///
    /// As for [`BundleReader::open`].
    pub fn open_with(path: &Path, limits: ReadLimits) -> Result<Self, ReadError> {
        let file = |source| ReadError::File { path: path.to_owned(), source };
        let not_a_bundle = |why: String| ReadError::NotABundle { path: path.to_owned(), why };
        let mut opened = open(path).map_err(file)?;
        if let Some(why) = foreign_kind(&opened).map_err(file)? {
            return Err(not_a_bundle(why.to_owned()));
        }
        if let Some(why) = foreign_format(&mut opened).map_err(file)? {
            return Err(not_a_bundle(why.to_owned()));
        }
        let mut archive = Archive::new(Stream::new(opened).map_err(file)?, limits);
        let first = archive.next().map_err(|fault| first_fault(path, fault))?;
        let head = first.ok_or_else(|| not_a_bundle("it is an empty archive".to_owned()))?;
        if head.name.place() != Place::Capture {
            return Err(not_a_bundle(format!(
                "its first entry is {} and not {} (hint: a bundle that was unpacked cannot be packed again)",
                head.name,
                layout::CAPTURE
            )));
        }
        let too_large =
            |bytes, limit| Fault::TooLarge { what: layout::CAPTURE.into(), bytes, limit };
        if head.bytes > limits.json_bytes {
            return Err(fatal(path, too_large(head.bytes, limits.json_bytes)));
        }
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match archive.read(&mut buffer).map_err(|stop| first_fault(path, stop.into()))? {
                0 => break,
                n_read => text.extend_from_slice(&buffer[..n_read]),
            }
        }
        let capture = parse_capture(path, &text)?;
        let root = archive.root().cloned();
        let root = root.ok_or_else(|| not_a_bundle("it has no root directory".to_owned()))?;
        Ok(BundleReader {
            path: path.to_owned(),
            archive,
            limits,
            capture,
            root,
            first: Some((head, text)),
            current: None,
            last: None,
            is_complete: false,
            left: Left::default(),
            tail: None,
        })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What `capture.json` says.
    #[must_use]
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// The name of the root directory.
    #[must_use]
    pub fn root(&self) -> &RootName {
        &self.root
    }

    /// How the bundle ends, once its end was met.
    #[must_use]
    pub fn tail(&self) -> Option<&Tail> {
        self.tail.as_ref()
    }

    /// The next file, `capture.json` first; `None` at the end, of which [`BundleReader::tail`]
    /// then tells.
    ///
    /// # Errors
    ///
    /// [`ReadError::Refused`] and [`ReadError::TooLarge`], after which there is no going on, and
    /// [`ReadError::File`].
    pub fn next_entry(&mut self) -> Result<Option<Entry<'_>>, ReadError> {
        if let Some((head, text)) = self.first.take() {
            self.current = Some(head.name.clone());
            return Ok(Some(Entry { head, replay: Some(Cursor::new(text)), reader: self }));
        }
        if self.tail.is_none()
            && let Err(stop) = self.archive.skip()
        {
            self.stop(stop)?;
        }
        if self.tail.is_some() {
            return Ok(None);
        }
        self.count_current();
        match self.archive.next() {
            Ok(Some(head)) => {
                self.current = Some(head.name.clone());
                Ok(Some(Entry { head, replay: None, reader: self }))
            }
            Ok(None) if self.is_complete => {
                self.tail = Some(Tail::Whole);
                Ok(None)
            }
            Ok(None) => self.stop(Stop::Cut).map(|()| None),
            Err(Fault::Stop(stop)) => self.stop(stop).map(|()| None),
            Err(fault) => Err(fatal(&self.path, fault)),
        }
    }

    /// Shows each file to `visit`, and says how the bundle ends. An error of `visit` about an entry
    /// in which the bundle ends is not an error here.
    ///
    /// # Errors
    ///
    /// The first of `visit`, and those of [`BundleReader::next_entry`].
    pub fn walk<E: From<ReadError>>(
        &mut self,
        mut visit: impl FnMut(&mut Entry<'_>) -> Result<(), E>,
    ) -> Result<Tail, E> {
        while let Some(mut entry) = self.next_entry()? {
            if let Err(error) = visit(&mut entry) {
                return self.tail.clone().ok_or(error);
            }
        }
        // `next_entry` gives `None` only with a tail.
        Ok(self.tail.clone().unwrap_or(Tail::Cut(self.left.clone())))
    }

    /// Where the reader stands: `in` a file that is not read to its end, or `after` one.
    #[must_use]
    pub fn place(&self) -> String {
        match (&self.current, &self.last) {
            (Some(name), _) => format!("in {name}"),
            (None, Some(name)) => format!("after {name}"),
            (None, None) => "at its beginning".to_owned(),
        }
    }

    /// The current entry is whole.
    fn count_current(&mut self) {
        let Some(name) = self.current.take() else { return };
        self.left.files += 1;
        self.left.bytes = self.archive.position();
        match name.place() {
            Place::Sample { .. } => self.left.samples += 1,
            Place::Sums => self.is_complete = true,
            _ => {}
        }
        self.last = Some(name);
    }

    /// Notes the end of the stream; an unreadable file is an error and no end.
    fn stop(&mut self, stop: Stop) -> Result<(), ReadError> {
        let left = Left { place: self.place(), ..self.left.clone() };
        self.tail = Some(match stop {
            Stop::Cut => Tail::Cut(left),
            Stop::Damaged(why) => Tail::Damaged { left, why },
            Stop::File(source) => {
                return Err(ReadError::File { path: self.path.clone(), source });
            }
        });
        Ok(())
    }
}

mod entry;
mod opening;

pub use self::entry::Entry;
pub(crate) use self::opening::open;
use self::opening::{fatal, first_fault, foreign_format, foreign_kind, parse_capture};

#[cfg(test)]
mod tests;
