//! Compares every file of a bundle with what the bundle says of it: `sample.json` for each
//! sample, `SHA256SUMS` for the whole.
//!
//! It finds damage and changes by mistake. It proves nothing against somebody who changes files
//! and sums alike.

use std::fs::File as StdFile;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::index::Sample;
use super::layout::{self, Place, sums_line};
use super::reader::{BundleReader, Entry, ReadError, Tail};
use super::unfinished::{Facts, Unfinished};
use crate::units::hex;

/// What a bundle turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Finished samples.
    pub samples: u64,
    /// Files.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// How it ends.
    pub tail: Tail,
    /// The first file that is not what the bundle says: its name, and in what way.
    pub damage: Option<(String, String)>,
}

impl Verdict {
    /// Whether everything is there and as it was written.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.tail == Tail::Whole && self.damage.is_none()
    }
}

/// Reads the whole bundle and compares. In a bundle that was cut off, finished samples are
/// compared with their `sample.json`.
///
/// # Errors
///
/// Those of reading, and [`ReadError::File`] where no temporary file can be made.
pub fn verify(path: &Path) -> Result<Verdict, ReadError> {
    let mut reader = BundleReader::open(path)?;
    let temporary = |source| ReadError::File { path: std::env::temp_dir(), source };
    let sums = BufWriter::new(tempfile::tempfile().map_err(temporary)?);
    let mut state =
        State { sums, open: Unfinished::default(), samples: 0, files: 0, bytes: 0, damage: None };
    let tail = reader.walk(|entry| state.visit(entry))?;
    let State { samples, files, bytes, mut damage, open, .. } = state;
    if damage.is_none()
        && tail == Tail::Whole
        && let Some((sample, files)) = open.samples().first_key_value()
    {
        let file = files.keys().next().map_or("", |it| it);
        let name = format!("{}/{sample}/{file}", layout::SAMPLES);
        damage = Some((name, format!("no {} comes after it", layout::SAMPLE)));
    }
    Ok(Verdict { samples, files, bytes, tail, damage })
}

struct State {
    /// What `SHA256SUMS` should be, on disk: it grows with the bundle.
    sums: BufWriter<StdFile>,
    /// Files of samples that did not end yet.
    open: Unfinished,
    samples: u64,
    files: u64,
    bytes: u64,
    damage: Option<(String, String)>,
}

impl State {
    fn visit(&mut self, entry: &mut Entry<'_>) -> Result<(), ReadError> {
        let name = entry.name().clone();
        match name.place() {
            Place::Sums => self.compare_sums(entry).map_err(|error| broken(entry, error))?,
            Place::Sample { sample } => {
                let text = entry.content(layout::MAX_JSON)?;
                let parsed = serde_json::from_slice(&text);
                self.add(name.as_str(), &text).map_err(|error| broken(entry, error))?;
                match parsed {
                    Ok(row) => self.compare_sample(sample, name.as_str(), &row),
                    Err(error) => {
                        self.note(name.as_str(), format!("it cannot be understood: {error}"))
                    }
                }
                self.samples += 1;
            }
            place => {
                let (bytes, sha256) = hash(entry).map_err(|error| broken(entry, error))?;
                let line = sums_line(&sha256, name.as_str());
                self.sums.write_all(line.as_bytes()).map_err(|error| broken(entry, error))?;
                self.bytes += bytes;
                if let Place::Artifact { sample, collector, artifact } = place {
                    self.open.begin(sample, entry)?;
                    self.open.add(sample, format!("{collector}/{artifact}"), (bytes, sha256));
                }
            }
        }
        self.files += 1;
        Ok(())
    }

    fn add(&mut self, name: &str, text: &[u8]) -> io::Result<()> {
        self.bytes += text.len() as u64;
        self.sums.write_all(sums_line(&hex(&Sha256::digest(text)), name).as_bytes())
    }

    fn compare_sample(&mut self, sample: &str, name: &str, row: &Sample) {
        let mut there = self.open.end(sample);
        let place = |file: &str| format!("{}/{sample}/{file}", layout::SAMPLES);
        for file in row.rows.iter().flat_map(|it| &it.files) {
            match there.remove(&file.name) {
                None => {
                    self.note(&place(&file.name), format!("{name} lists it, and it is missing"))
                }
                Some((bytes, _)) if bytes != file.bytes => self.note(
                    &place(&file.name),
                    format!("it has {bytes} bytes, and {name} says {}", file.bytes),
                ),
                Some((_, sha256)) if sha256 != file.sha256 => {
                    self.note(&place(&file.name), format!("its SHA-256 is not the one in {name}"));
                }
                Some(_) => {}
            }
        }
        if let Some((file, _)) = there.first_key_value() {
            self.note(&place(file), format!("{name} does not list it"));
        }
    }

    /// Compares the lines as they should be with the lines there are. Of those no more is read at
    /// once than a line of ours has.
    fn compare_sums(&mut self, entry: &mut Entry<'_>) -> io::Result<()> {
        let mut expected = self.sums.get_ref().try_clone()?;
        self.sums.flush()?;
        expected.rewind()?;
        let mut expected = BufReader::new(expected);
        let mut actual = BufReader::new(entry);
        let (mut should, mut is) = (String::new(), Vec::new());
        loop {
            should.clear();
            let n_bytes = expected.read_line(&mut should)?;
            let n_bytes = if n_bytes == 0 { 1 } else { n_bytes as u64 };
            is.clear();
            actual.by_ref().take(n_bytes).read_to_end(&mut is)?;
            if is == should.as_bytes() && is.is_empty() {
                return Ok(());
            }
            if is != should.as_bytes() {
                self.note_sums(should.trim_end(), &is);
                return Ok(());
            }
        }
    }

    fn note_sums(&mut self, should: &str, is: &[u8]) {
        let sums = layout::SUMS;
        let is = is.strip_suffix(b"\n").unwrap_or(is);
        match layout::parse_sums_line(should) {
            Err(_) => self.note(sums, "it lists a file that is missing".to_owned()),
            Ok((_, name)) if is.get(64..) == Some(&should.as_bytes()[64..]) => {
                self.note(name, format!("its SHA-256 is not the one in {sums}"));
            }
            Ok((_, name)) => self.note(name, format!("{sums} does not list it at its place")),
        }
    }

    fn note(&mut self, name: &str, what: String) {
        self.damage.get_or_insert_with(|| (name.to_owned(), what));
    }
}

/// Reads `content` to its end.
pub(super) fn hash(content: &mut dyn Read) -> io::Result<Facts> {
    let mut hash = Sha256::new();
    // There can be millions of small files.
    let mut buffer = [0; 16 << 10];
    let mut bytes = 0;
    loop {
        match content.read(&mut buffer) {
            Ok(0) => return Ok((bytes, hex(&hash.finalize()))),
            Ok(n_read) => {
                hash.update(&buffer[..n_read]);
                bytes += n_read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// An error of reading or of the temporary file; where the bundle ended, `walk` knows.
fn broken(entry: &Entry<'_>, source: io::Error) -> ReadError {
    ReadError::File { path: entry.bundle().to_owned(), source }
}

#[cfg(test)]
mod tests;
