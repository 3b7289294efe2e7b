//! `index.json`: how the capture ended, and what the bundle holds.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Outcome, Timestamp};

/// `index.json`, the last entry but one: without it the bundle was cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Index {
    /// Why the capture ended.
    pub reason: EndReason,
    /// The same in a sentence, for example which signal, from whom, or which limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When it ended, by the wall clock.
    pub ended: Timestamp,
    /// Milliseconds from the start of the capture to its end, by a clock that nobody sets.
    pub duration_ms: u64,
    /// Finished samples.
    pub samples: u64,
    /// Rows of all samples by their outcome. An outcome that never came is left out.
    pub totals: BTreeMap<Outcome, u64>,
    /// What the collector itself cost, beside its workers. Missing: not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CollectorCost>,
    /// Every file before this one, in the order of the entries. The hashes are in `SHA256SUMS`.
    ///
    /// This program writes the list and does not read it back: it can be as long as the bundle,
    /// and `sample.json` says the same of each sample.
    #[serde(default, skip_deserializing)]
    pub files: Vec<IndexedFile>,
}

/// Why a capture ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EndReason {
    /// The schedule was done.
    Finished,
    /// Somebody ended it: Ctrl-C, SIGTERM or SIGHUP.
    Signal,
    /// The disk was about to have less free space than the manifest wants.
    Disk,
    /// The bundle was about to be larger than the manifest allows.
    Size,
    /// The collector met an error of its own.
    Error,
    /// The bundle was cut off, and mended later: this index was made from what was left.
    Cut,
}

impl EndReason {
    /// The word as it stands in the bundle.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            EndReason::Finished => "finished",
            EndReason::Signal => "signal",
            EndReason::Disk => "disk",
            EndReason::Size => "size",
            EndReason::Error => "error",
            EndReason::Cut => "cut",
        }
    }
}

/// What the collector itself cost, beside its workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CollectorCost {
    /// Microseconds of processor time, user and system, until the index was written.
    pub cpu_us: u64,
    /// The most resident memory it had, in bytes.
    pub max_rss_bytes: u64,
}

/// One file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexedFile {
    /// Its path relative to the root directory.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Whether its end is missing. Missing: no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}
