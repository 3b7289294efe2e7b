//! The first pass over a bundle that was cut: which samples are finished, which of their files
//! are what `sample.json` says, and where it ends.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::path::Path;

use chrono::TimeDelta;
use sha2::digest::Output;
use sha2::{Digest, Sha256};

use super::Loss;
use crate::bundle::index::{CollectorCost, Index, Sample};
use crate::bundle::layout::{self, EntryName, Place, RootName, sums_line};
use crate::bundle::reader::{BundleReader, Entry, ReadError, Tail};
use crate::bundle::unfinished::Unfinished;
use crate::bundle::verify::hash;
use crate::units::Timestamp;
use crate::units::hex;

/// Names, eight bytes each: their hashes by a key nobody outside knows.
#[derive(Debug, Default)]
pub(super) struct Names {
    hashes: HashSet<u64>,
    hasher: RandomState,
}

impl Names {
    fn add(&mut self, name: &str) {
        self.hashes.insert(self.hasher.hash_one(name));
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.hashes.contains(&self.hasher.hash_one(name))
    }
}

/// What the second pass needs to know.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) root: RootName,
    /// Whole entries, without index and checksums.
    pub(super) n_entries: u64,
    /// Of the names and hashes of these.
    pub(super) digest: Output<Sha256>,
    /// Directories of the finished samples.
    finished: Names,
    /// Files that are not what `sample.json` says, and files it lists that are not there.
    pub(super) left_out: Names,
    /// Files whose end is missing, as `sample.json` says.
    pub(super) cut: Names,
    /// When the capture ended, as far as one can tell: with its index or its last sample.
    pub(super) ended: Timestamp,
    pub(super) duration_ms: u64,
    pub(super) cost: Option<CollectorCost>,
    pub(super) loss: Loss,
    /// Whether the end of the stream is there.
    ends_well: bool,
}

impl Survey {
    /// Whether the file is what it should be: its end is there, and every sample is whole.
    pub(super) fn is_complete(&self) -> bool {
        self.ends_well && self.loss.n_misfits == 0 && self.loss.n_unfinished == 0
    }

    pub(super) fn proper_name(&self) -> String {
        format!("{}{}", self.root, layout::SUFFIX)
    }

    /// The entry after which the root directory has its own.
    pub(super) fn root_follows(&self) -> Place<'static> {
        if self.loss.has_manifest { Place::Manifest } else { Place::Capture }
    }

    /// Whether the entry `name` goes into the new bundle.
    pub(super) fn keeps(&self, name: &EntryName) -> bool {
        let mut parts = name.as_str().split('/');
        match (parts.next(), parts.next()) {
            (Some(layout::SAMPLES), Some(sample)) => {
                self.finished.has(sample) && !self.left_out.has(name.as_str())
            }
            _ => true,
        }
    }
}

/// Reads the bundle to its end.
///
/// # Errors
///
/// What keeps it from being opened, and a file that cannot be read. An entry that no bundle has is
/// a place where it ends.
pub(super) fn survey(path: &Path) -> Result<Survey, ReadError> {
    let mut reader = BundleReader::open(path)?;
    let mut pass = Pass {
        survey: Survey {
            root: reader.root().clone(),
            n_entries: 0,
            digest: Output::<Sha256>::default(),
            finished: Names::default(),
            left_out: Names::default(),
            cut: Names::default(),
            ended: reader.capture().started,
            duration_ms: 0,
            cost: None,
            loss: Loss::default(),
            ends_well: false,
        },
        digest: Sha256::new(),
        open: Unfinished::default(),
    };
    let place = match reader.walk(|entry| pass.visit(entry)) {
        Ok(Tail::Whole) => {
            pass.survey.ends_well = true;
            "not cut off, but not whole".to_owned()
        }
        Ok(Tail::Cut(left)) => format!("cut off {}", left.place),
        Ok(Tail::Damaged { left, why }) => format!("damaged {} ({why})", left.place),
        Err(ReadError::Refused { entry, reason, .. }) => {
            format!("damaged {} (entry `{}`: {reason})", reader.place(), entry.escape_default())
        }
        Err(ReadError::TooLarge { what, bytes, .. }) => {
            format!("damaged {} ({what} would have {bytes})", reader.place())
        }
        Err(error) => return Err(error),
    };
    let Pass { mut survey, digest, open, .. } = pass;
    survey.loss.place = place;
    for (sample, files) in open.samples() {
        survey.loss.add_unfinished(sample, files.len() as u64);
    }
    survey.digest = digest.finalize();
    Ok(survey)
}

struct Pass {
    survey: Survey,
    digest: Sha256,
    /// Whole files of samples that did not end yet.
    open: Unfinished,
}

impl Pass {
    fn visit(&mut self, entry: &mut Entry<'_>) -> Result<(), ReadError> {
        let name = entry.name().clone();
        let broken = |entry: &Entry<'_>, source| {
            Err(ReadError::File { path: entry.bundle().to_owned(), source })
        };
        let sha256 = match name.place() {
            Place::Index => {
                // One that cannot be understood tells nothing.
                if let Ok(index) = entry.json::<Index>() {
                    self.survey.ended = index.ended;
                    self.survey.duration_ms = index.duration_ms;
                    self.survey.cost = index.cost;
                    self.survey.loss.capture_ended = Some(index.reason);
                }
                return Ok(());
            }
            Place::Sums => return Ok(()),
            Place::Sample { sample } => {
                let text = entry.content(layout::MAX_JSON)?;
                self.end_sample(sample, &name, &text);
                hex(&Sha256::digest(&text))
            }
            Place::Artifact { sample, collector, artifact } => {
                if !self.survey.finished.has(sample) {
                    self.open.begin(sample, entry)?;
                }
                let facts = match hash(entry) {
                    Ok(facts) => facts,
                    Err(source) => return broken(entry, source),
                };
                let sha256 = facts.1.clone();
                if !self.open.add(sample, format!("{collector}/{artifact}"), facts) {
                    self.leave_out(name.as_str(), "it comes after its `sample.json`");
                }
                sha256
            }
            place => {
                let sha256 = match hash(entry) {
                    Ok((_, sha256)) => sha256,
                    Err(source) => return broken(entry, source),
                };
                if place == Place::Manifest {
                    self.survey.loss.has_manifest = true;
                }
                sha256
            }
        };
        self.digest.update(sums_line(&sha256, name.as_str()));
        self.survey.n_entries += 1;
        Ok(())
    }

    /// Compares the files of a sample with its `sample.json`.
    fn end_sample(&mut self, sample: &str, name: &EntryName, text: &[u8]) {
        let mut there = self.open.end(sample);
        let row: Sample = match serde_json::from_slice(text) {
            Ok(row) => row,
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let why = format!("it cannot be understood (line {line}, column {column})");
                self.survey.loss.add_misfit(name.as_str(), &why);
                self.survey.loss.add_unfinished(sample, there.len() as u64);
                return;
            }
        };
        let place = |file: &str| format!("{}/{sample}/{file}", layout::SAMPLES);
        for file in row.rows.iter().flat_map(|it| &it.files) {
            let why = match there.remove(&file.name) {
                None => "it is missing",
                Some((bytes, _)) if bytes != file.bytes => "it has not its length",
                Some((_, sha256)) if sha256 != file.sha256 => "its SHA-256 is another",
                Some(_) => {
                    if file.cut {
                        self.survey.cut.add(&place(&file.name));
                    }
                    continue;
                }
            };
            self.leave_out(&place(&file.name), why);
        }
        for file in there.keys() {
            self.leave_out(&place(file), "`sample.json` does not list it");
        }
        self.survey.finished.add(sample);
        self.survey.loss.samples += 1;
        if self.survey.loss.capture_ended.is_none() {
            let length = TimeDelta::try_milliseconds(row.duration_ms.min(1 << 50).cast_signed());
            let ended = length.and_then(|it| row.time.date_time().checked_add_signed(it));
            let ended = Timestamp::new(ended.unwrap_or(row.time.date_time()));
            let since_start = row.monotonic_ms.saturating_add(row.duration_ms);
            self.survey.ended = self.survey.ended.max(ended);
            self.survey.duration_ms = self.survey.duration_ms.max(since_start);
        }
    }

    fn leave_out(&mut self, name: &str, why: &str) {
        self.survey.left_out.add(name);
        self.survey.loss.add_misfit(name, why);
    }
}
