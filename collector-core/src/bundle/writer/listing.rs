//! The list of files written so far, on disk: `index.json` and `SHA256SUMS` are made of it at the
//! end. A capture of a day has more than a million files, so it is not kept in memory.
//!
//! The list is an unnamed file in the output directory; it vanishes with the process.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};

use crate::bundle::index::IndexedFile;
use crate::bundle::layout::sums_line;
use crate::run::{Lack, Space};

/// Bytes that are granted to the list ahead: the lines of many files.
const AHEAD_BYTES: u64 = 16 << 10;

/// The files of a bundle, in the order of their entries.
#[derive(Debug)]
pub(super) struct Listing {
    file: BufWriter<File>,
    space: Space,
    file_bytes: u64,
    rows_bytes: u64,
    sums_bytes: u64,
}

/// One of the two texts made of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The elements of `files` in `index.json`, with commas between them.
    Rows,
    /// The lines of `SHA256SUMS`.
    Sums,
}

impl Listing {
    /// A list kept in the file of `space`, which is empty.
    pub(super) fn new(space: Space) -> io::Result<Self> {
        let file = BufWriter::with_capacity(4096, space.file().try_clone()?);
        Ok(Listing { file, space, file_bytes: 0, rows_bytes: 0, sums_bytes: 0 })
    }

    /// Has the disk keep space for the files to come, or says what is lacking for that.
    pub(super) fn extend(&mut self) -> io::Result<Option<Lack>> {
        self.space.extend(self.file_bytes, self.file_bytes + AHEAD_BYTES)
    }

    /// Adds a file.
    pub(super) fn add(&mut self, sha256: &str, file: &IndexedFile) -> io::Result<()> {
        let row = serde_json::to_string(file)?;
        let comma = u64::from(self.rows_bytes > 0);
        self.rows_bytes += row.len() as u64 + comma;
        self.sums_bytes += sums_line(sha256, &file.path).len() as u64;
        let line = format!("{sha256} {row}\n");
        self.file_bytes += line.len() as u64;
        self.file.write_all(line.as_bytes())
    }

    /// Length of what [`Listing::write`] writes.
    pub(super) fn bytes(&self, form: Form) -> u64 {
        match form {
            Form::Rows => self.rows_bytes,
            Form::Sums => self.sums_bytes,
        }
    }

    /// Writes the list to `output`. More can be added afterwards.
    pub(super) fn write(&mut self, form: Form, output: &mut dyn Write) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::with_capacity(4096, self.file.get_ref());
        let (mut line, mut is_first) = (String::new(), true);
        loop {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                break;
            }
            let broken = || io::Error::new(io::ErrorKind::InvalidData, "the list of files changed");
            let (sha256, row) = line.trim_end().split_once(' ').ok_or_else(broken)?;
            match form {
                Form::Rows if is_first => output.write_all(row.as_bytes())?,
                Form::Rows => write!(output, ",{row}")?,
                Form::Sums => {
                    let file: IndexedFile = serde_json::from_str(row)?;
                    output.write_all(sums_line(sha256, &file.path).as_bytes())?;
                }
            }
            is_first = false;
        }
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Disk;
    use crate::units::Bytes;

    #[test]
    fn both_texts_have_the_promised_length() {
        let directory = File::open(std::env::temp_dir()).expect("a directory");
        let file = Disk::new(directory, Bytes(0)).unnamed_file().expect("a file");
        let mut listing = Listing::new(file).expect("a list");
        for (path, cut) in [("capture.json", false), ("samples/x/a/b", true)] {
            let file = IndexedFile { path: path.to_owned(), bytes: 12, cut };
            listing.add(&"0".repeat(64), &file).expect("added");
        }
        for form in [Form::Rows, Form::Sums] {
            let mut text = Vec::new();
            listing.write(form, &mut text).expect("written");
            assert_eq!(text.len() as u64, listing.bytes(form), "{form:?}");
        }
    }
}
