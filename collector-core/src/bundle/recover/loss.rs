//! What a recovered bundle does not have, in words: for its index and for the person who reads it.

use std::fmt;

use crate::bundle::index::EndReason;
use crate::bundle::layout;

/// Names that are told one by one; of the rest there is a count.
const TOLD: usize = 20;

/// What was lost.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Loss {
    /// Where the bundle was cut or damaged.
    pub place: String,
    /// Samples that are whole.
    pub samples: u64,
    /// Whether `manifest.yaml` is there.
    pub has_manifest: bool,
    /// Samples that were not finished, the first twenty.
    pub unfinished: Vec<Unfinished>,
    /// All samples that were not finished.
    pub n_unfinished: u64,
    /// Files of finished samples that are not what they should be, the first twenty.
    pub misfits: Vec<Misfit>,
    /// All such files.
    pub n_misfits: u64,
    /// How the capture had ended, where its own index is whole.
    pub capture_ended: Option<EndReason>,
}

/// A sample that was left out, because it was not finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Its directory.
    pub sample: String,
    /// Files of it that were whole.
    pub files: u64,
}

/// A file of a finished sample that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Its name relative to the root.
    pub name: String,
    /// What is wrong with it.
    pub why: String,
}

impl Loss {
    pub(super) fn add_unfinished(&mut self, sample: &str, files: u64) {
        self.n_unfinished += 1;
        if self.unfinished.len() < TOLD {
            self.unfinished.push(Unfinished { sample: sample.to_owned(), files });
        }
    }

    pub(super) fn add_misfit(&mut self, name: &str, why: &str) {
        self.n_misfits += 1;
        if self.misfits.len() < TOLD {
            self.misfits.push(Misfit { name: name.to_owned(), why: why.to_owned() });
        }
    }
}

/// One sentence, as it stands in the index.
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |n: u64| if n == 1 { "" } else { "s" };
        write!(f, "{}; {} finished sample{} kept", self.place, self.samples, s(self.samples))?;
        if self.n_unfinished > 0 {
            write!(
                f,
                "; left out: {} unfinished sample{}",
                self.n_unfinished,
                s(self.n_unfinished)
            )?;
            let files = self.unfinished.iter().map(|it| it.files).sum();
            let least = if self.n_unfinished > TOLD as u64 { "at least " } else { "" };
            write!(f, " with {least}{files} whole file{}", s(files))?;
        }
        if self.n_misfits > 0 {
            let n = self.n_misfits;
            write!(f, "; left out: {n} file{} that did not fit `{}`", s(n), layout::SAMPLE)?;
        }
        if !self.has_manifest {
            write!(f, "; {} is missing", layout::MANIFEST)?;
        }
        if let Some(reason) = self.capture_ended {
            write!(f, "; the capture itself had ended ({})", reason.as_str())?;
        }
        Ok(())
    }
}
