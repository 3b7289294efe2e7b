//! The entries of a bundle one by one, and the checks before each.

use super::*;
use crate::units::hex;

/// zstd puts three bytes, here counted as four, before each block of 128 KiB, also where it cannot
/// make that smaller.
const BYTES_PER_HEADER_BYTE: u64 = (128 << 10) / 4;

impl BundleWriter {
    /// The path of `name` in `sample` relative to the root, where no other file is in its way.
    pub(super) fn check_name(&self, sample: &str, name: &str) -> Result<String, WriteError> {
        let fault = |reason| Err(WriteError::Name { name: name.to_owned(), reason });
        let path = format!("{}/{sample}/{name}", layout::SAMPLES);
        let full = format!("{}/{path}", self.options.root);
        if let Err(error) = EntryName::new(&full) {
            return fault(error.reason);
        }
        if sample.contains('/') {
            return fault("its sample is not one directory");
        }
        if name == layout::SAMPLE {
            return Ok(path);
        }
        match name.split_once('/') {
            None => return fault("it is not in a collector's directory"),
            Some((layout::SAMPLE, _)) => return fault("`sample.json` is not a collector"),
            Some(_) => {}
        }
        let Some(taken) = self.open.get(sample) else { return Ok(path) };
        let mut parents = name.match_indices('/').map(|(end, _)| &name[..end]);
        let below = format!("{name}/");
        if taken.contains(name) {
            fault("the sample has a file of this name")
        } else if parents.any(|it| taken.contains(it)) {
            fault("the sample has a file where this one needs a directory")
        } else if taken.range(below.clone()..).next().is_some_and(|it| it.starts_with(&below)) {
            fault("the sample has a directory of this name")
        } else {
            Ok(path)
        }
    }

    /// As [`BundleWriter::room_for`], once all that is on the way is written where that matters: it
    /// is counted uncompressed until then.
    pub(super) fn true_room_for(&mut self, bytes: u64) -> Result<Room, WriteError> {
        match self.room_for(bytes)? {
            Room::Enough => Ok(Room::Enough),
            room if self.unsynced_input == 0 => Ok(room),
            _ => {
                self.attempt(|it| it.sync())?;
                self.room_for(bytes)
            }
        }
    }

    /// Whether `bytes` more fit, with the index after them. Where they do, all that is granted.
    pub(super) fn room_for(&mut self, bytes: u64) -> Result<Room, WriteError> {
        let end = END_BYTES + self.listing.bytes(Form::Rows) + self.listing.bytes(Form::Sums);
        let on_the_way = self.unsynced_input.min(IN_FLIGHT);
        let content = bytes.saturating_add(end).saturating_add(on_the_way);
        let needed = content.saturating_add(content / BYTES_PER_HEADER_BYTE);
        let (written, max_bytes) = (self.written(), self.options.max_bytes);
        let until = written.0.saturating_add(needed);
        if until > max_bytes.0 {
            return Ok(Room::Size { written, max_bytes });
        }
        let lack = match self.space.extend(written.0, until) {
            Ok(None) => self.listing.extend(),
            other => other,
        };
        match lack {
            Ok(None) => Ok(Room::Enough),
            Ok(Some(lack)) => Ok(Room::Disk(lack)),
            Err(source) => Err(WriteError::Directory { path: self.directory.path(), source }),
        }
    }

    pub(super) fn put_header(&mut self, file: &IndexedFile, mtime: u64) -> io::Result<()> {
        let path = format!("{}/{}", self.options.root, file.path);
        let header = header::file(&path, file.bytes, mtime);
        self.stream()?.write_all(&header)
    }

    /// Stores the one directory with an entry: its mode keeps others out of all of it.
    pub(super) fn put_root(&mut self, mtime: u64) -> io::Result<()> {
        let root = format!("{}/", self.options.root);
        self.stream()?.write_all(&header::directory(&root, mtime))
    }

    /// Stores a text of our own.
    pub(super) fn put_json(&mut self, path: &str, text: &[u8], mtime: Timestamp) -> io::Result<()> {
        let bytes = text.len() as u64;
        let file = IndexedFile { path: path.to_owned(), bytes, cut: false };
        self.put_header(&file, mtime.unix_seconds())?;
        let stream = self.stream()?;
        stream.write_all(text)?;
        stream.write_all(header::padding(bytes))?;
        self.listing.add(&hex(&Sha256::digest(text)), &file)
    }

    /// Stores `index.json`, whose list of files is copied from the disk.
    pub(super) fn put_index(&mut self, index: &Index) -> io::Result<()> {
        let text = serde_json::to_string(index)?;
        // `files` is the last field, and empty here.
        let (before, after) = text.split_at(text.len() - "]}".len());
        let bytes = text.len() as u64 + self.listing.bytes(Form::Rows);
        let file = IndexedFile { path: layout::INDEX.to_owned(), bytes, cut: false };
        self.put_header(&file, index.ended.unix_seconds())?;
        let mut sink = Hashing { hash: Sha256::new(), stream: self.stream.as_mut() };
        sink.write_all(before.as_bytes())?;
        self.listing.write(Form::Rows, &mut sink)?;
        sink.write_all(after.as_bytes())?;
        let sha256 = hex(&sink.hash.finalize());
        self.stream()?.write_all(header::padding(bytes))?;
        self.listing.add(&sha256, &file)
    }

    /// Stores `SHA256SUMS`, copied from the disk.
    pub(super) fn put_sums(&mut self, mtime: Timestamp) -> io::Result<()> {
        let bytes = self.listing.bytes(Form::Sums);
        let file = IndexedFile { path: layout::SUMS.to_owned(), bytes, cut: false };
        self.put_header(&file, mtime.unix_seconds())?;
        let Some(stream) = &mut self.stream else { return Ok(()) };
        self.listing.write(Form::Sums, stream)?;
        stream.write_all(header::padding(bytes))
    }
}

/// Hashes what passes through it.
struct Hashing<'a> {
    hash: Sha256,
    stream: Option<&'a mut Compressor>,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hash.update(bytes);
        match &mut self.stream {
            Some(stream) => stream.write(bytes),
            None => Err(io::Error::other("the stream has ended")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
