//! The entries of the tar stream, checked before anybody sees them.
//!
//! Only what `bundle::writer` writes is taken: files and directories with `ustar` or GNU headers,
//! and GNU long names. Links, devices, sparse files and PAX records have no place in a bundle.
//! Headers are read here and not by `tar::Archive`, which reads a long name of any length into
//! memory and does not tell a cut archive from a broken one.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use tar::{EntryType, Header};

use super::stream::{Stop, Stream};
use crate::bundle::layout::{EntryName, MAX_JSON, MAX_NAME, RootName};

const BLOCK: usize = 512;

/// What a reader takes at most. The defaults are beyond every real bundle; they bound what a
/// made-up one can cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Bytes of one entry.
    pub entry_bytes: u64,
    /// Bytes of the decompressed bundle.
    pub total_bytes: u64,
    /// Entries, and files with their directories: a few days of twenty files a second.
    pub entries: u64,
    /// Bytes of `capture.json` and of each `sample.json`, which are kept in memory.
    pub json_bytes: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        ReadLimits {
            entry_bytes: 64 << 30,
            total_bytes: 1 << 40,
            entries: 4_000_000,
            json_bytes: MAX_JSON,
        }
    }
}

/// Why the archive goes no further.
#[derive(Debug)]
pub(super) enum Fault {
    /// The stream ended.
    Stop(Stop),
    /// An entry that no bundle has.
    Refused { entry: String, reason: String },
    /// Larger than the limits.
    TooLarge { what: String, bytes: u64, limit: u64 },
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        Fault::Stop(stop)
    }
}

/// The header of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Relative to the root.
    pub(super) name: EntryName,
    pub(super) bytes: u64,
    pub(super) mtime: u64,
}

/// A tar stream under one root directory.
#[derive(Debug)]
pub(super) struct Archive {
    stream: Stream,
    limits: ReadLimits,
    root: Option<RootName>,
    /// Bytes of the current file that were not read.
    left: u64,
    /// Bytes that fill its last block.
    padding: usize,
    n_entries: u64,
    /// Hashes of the names of files so far, and of the directories they are in, by a key nobody
    /// outside knows.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Archive {
    pub(super) fn new(stream: Stream, limits: ReadLimits) -> Self {
        Archive {
            stream,
            limits,
            root: None,
            left: 0,
            padding: 0,
            n_entries: 0,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    /// The root, after the first file.
    pub(super) fn root(&self) -> Option<&RootName> {
        self.root.as_ref()
    }

    /// Bytes of the decompressed stream so far.
    pub(super) fn position(&self) -> u64 {
        self.stream.position()
    }

    /// Reads some bytes of the current file; 0 at its end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Stop> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        match self.stream.read(&mut buffer[..wanted])? {
            0 => Err(Stop::Cut),
            n_read => {
                self.left -= n_read as u64;
                Ok(n_read)
            }
        }
    }

    /// Passes over what is left of the current file.
    pub(super) fn skip(&mut self) -> Result<(), Stop> {
        let mut buffer = [0; 16 << 10];
        while self.read(&mut buffer)? > 0 {}
        Ok(())
    }

    /// Passes over what fills the last block of a file.
    fn skip_padding(&mut self) -> Result<(), Stop> {
        let mut block = [0; BLOCK];
        let padding = &mut block[..std::mem::take(&mut self.padding)];
        if !padding.is_empty() && !self.stream.read_exact(padding)? {
            return Err(Stop::Cut);
        }
        // No hash covers it, and a changed byte is to be found wherever it is.
        let is_clean = padding.iter().all(|it| *it == 0);
        is_clean.then_some(()).ok_or_else(|| damaged("the padding of an entry is not empty"))
    }

    /// The next file; `None` at the end of a whole archive. The one before must be passed over.
    pub(super) fn next(&mut self) -> Result<Option<Head>, Fault> {
        self.skip_padding()?;
        let mut long_name = None;
        loop {
            let mut header = Header::new_old();
            if !self.stream.read_exact(header.as_mut_bytes())? {
                // A whole zstd stream without the end of the tar stream.
                return Err(Stop::Cut.into());
            }
            if header.as_bytes() == &[0; BLOCK] {
                return self.end().map(|()| None);
            }
            check_sum(&header).ok_or_else(|| damaged("the header of an entry is broken"))?;
            let broken = |_| damaged("the header of an entry has a number that is none");
            let bytes = header.entry_size().map_err(broken)?;
            let mtime = header.mtime().map_err(broken)?;
            if header.entry_type() == EntryType::GNULongName && long_name.is_none() {
                long_name = Some(self.long_name(bytes)?);
                continue;
            }
            let raw = long_name.take().unwrap_or_else(|| header.path_bytes().into_owned());
            let entry = String::from_utf8_lossy(&raw).into_owned();
            if let Some(head) = self.check(&header, entry, bytes, mtime)? {
                self.left = bytes;
                self.padding = padding_of(bytes);
                return Ok(Some(head));
            }
        }
    }

    /// Applies the rules; `None` for a directory, which says nothing.
    fn check(
        &mut self,
        header: &Header,
        entry: String,
        bytes: u64,
        mtime: u64,
    ) -> Result<Option<Head>, Fault> {
        let refuse = |reason: &str| {
            let (entry, reason) = (entry.chars().take(MAX_NAME).collect(), reason.to_owned());
            Err(Fault::Refused { entry, reason })
        };
        self.n_entries += 1;
        if self.n_entries.max(self.seen.len() as u64) > self.limits.entries {
            return refuse("it is one entry more than this program takes");
        }
        let is_directory = match header.entry_type() {
            EntryType::Regular => false,
            EntryType::Directory => true,
            EntryType::Symlink | EntryType::Link => return refuse("it is a link"),
            EntryType::Char | EntryType::Block => return refuse("it is a device"),
            EntryType::Fifo => return refuse("it is a pipe"),
            EntryType::GNUSparse => return refuse("it is a sparse file"),
            EntryType::XHeader | EntryType::XGlobalHeader => {
                return refuse("it is a PAX header, which bundles do not have");
            }
            _ => return refuse("it is of a kind that bundles do not have"),
        };
        let path = if is_directory { entry.trim_end_matches('/') } else { &entry };
        let name = match EntryName::new(path) {
            Ok(name) => name,
            Err(error) => return refuse(error.reason),
        };
        let (root, relative) = match name.as_str().split_once('/') {
            Some((root, relative)) => (root, relative),
            None if is_directory => (name.as_str(), ""),
            None => return refuse("it is not in the root directory"),
        };
        if self.root.as_ref().is_some_and(|it| it.as_str() != root) {
            return refuse("it is not in the root directory");
        }
        if self.root.is_none() {
            self.root = RootName::from_bundle(root).ok();
        }
        if is_directory {
            return if bytes == 0 { Ok(None) } else { refuse("it is a directory with content") };
        }
        if let Some(reason) = self.take_place(relative) {
            return refuse(reason);
        }
        self.check_size(relative, bytes)?;
        match EntryName::new(relative) {
            Ok(name) => Ok(Some(Head { name, bytes, mtime })),
            Err(error) => refuse(error.reason),
        }
    }

    /// Notes the file `name` and its directories; gives why it cannot be where they are.
    fn take_place(&mut self, name: &str) -> Option<&'static str> {
        const TAKEN: Option<&str> = Some("another entry of the bundle is in its place");
        let file = |name: &str| self.hasher.hash_one((name, false));
        let directory = |name: &str| self.hasher.hash_one((name, true));
        if self.seen.contains(&directory(name)) {
            return TAKEN;
        }
        if !self.seen.insert(file(name)) {
            return Some("the bundle has it twice");
        }
        for (end, _) in name.rmatch_indices('/') {
            let parent = &name[..end];
            if self.seen.contains(&file(parent)) {
                return TAKEN;
            }
            if !self.seen.insert(directory(parent)) {
                // Those above it are known, too.
                break;
            }
        }
        None
    }

    fn check_size(&self, what: &str, bytes: u64) -> Result<(), Fault> {
        let too_large =
            |what: &str, bytes, limit| Err(Fault::TooLarge { what: what.to_owned(), bytes, limit });
        let total = self.position().saturating_add(bytes);
        if bytes > self.limits.entry_bytes {
            too_large(what, bytes, self.limits.entry_bytes)
        } else if total > self.limits.total_bytes {
            too_large("the decompressed bundle", total, self.limits.total_bytes)
        } else {
            Ok(())
        }
    }

    /// The content of a GNU long-name entry.
    fn long_name(&mut self, bytes: u64) -> Result<Vec<u8>, Fault> {
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        if length > 2 * BLOCK {
            return Err(self.too_long_a_name());
        }
        let mut name = vec![0; length];
        if !name.is_empty() && !self.stream.read_exact(&mut name)? {
            return Err(Stop::Cut.into());
        }
        self.padding = padding_of(bytes);
        self.skip_padding()?;
        while name.last() == Some(&0) {
            name.pop();
        }
        Ok(name)
    }

    /// The error for a long name that is not read. How it begins tells which it is.
    fn too_long_a_name(&mut self) -> Fault {
        let mut start = [0; BLOCK];
        // The stream may end here; then there is less to tell.
        let _ = self.stream.read_exact(&mut start);
        let start = String::from_utf8_lossy(&start);
        let entry = match start.trim_end_matches('\0') {
            "" => "././@LongLink".to_owned(),
            start => start.to_owned(),
        };
        Fault::Refused { entry, reason: "its name is longer than 512 bytes".to_owned() }
    }

    /// After the first empty block: only zeros, up to the end of the zstd stream.
    fn end(&mut self) -> Result<(), Fault> {
        let mut buffer = [0; 16 << 10];
        let mut n_zeros = 0_u64;
        loop {
            let n_read = self.stream.read(&mut buffer)?;
            n_zeros += n_read as u64;
            if n_read == 0 && n_zeros < BLOCK as u64 {
                return Err(Stop::Cut.into());
            }
            if n_read == 0 {
                return Ok(());
            }
            if buffer[..n_read].iter().any(|it| *it != 0) || n_zeros > 1 << 20 {
                return Err(damaged("there is data after its end").into());
            }
        }
    }
}

fn damaged(why: &str) -> Stop {
    Stop::Damaged(why.to_owned())
}

/// Bytes that fill the last block of a file of `bytes` bytes.
fn padding_of(bytes: u64) -> usize {
    // The remainder is below 512.
    let over = usize::try_from(bytes % BLOCK as u64).unwrap_or(0);
    (BLOCK - over) % BLOCK
}

/// Whether the header is one: `ustar` or GNU, with the right sum.
fn check_sum(header: &Header) -> Option<()> {
    let bytes = header.as_bytes();
    let (before, field, after) = (&bytes[..148], 8 * u32::from(b' '), &bytes[156..]);
    let sum: u32 = before.iter().chain(after).map(|it| u32::from(*it)).sum();
    let is_tar = header.as_ustar().is_some() || header.as_gnu().is_some();
    (is_tar && header.cksum().ok()? == sum + field).then_some(())
}
