//! `sample.json`: what came of one tick of the schedule, one row per collector that was due.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Outcome, Timestamp};

/// `sample.json`, the last entry of its sample: where it stands, the sample is complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// Number of the tick, from 0.
    pub index: u64,
    /// When the sample was taken, by the wall clock. The sample's directory is named by the moment
    /// it was due, counted from the first tick, so that names are unique and in order even when
    /// the clock is set.
    pub time: Timestamp,
    /// The same moment in milliseconds since the start of the capture, by a clock that nobody
    /// sets and that stands still while the host sleeps (`CLOCK_MONOTONIC`). Rates of growth are
    /// computed from it.
    pub monotonic_ms: u64,
    /// The same moment in milliseconds since the start of the capture, by a clock that goes on
    /// while the host sleeps (`CLOCK_BOOTTIME`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boottime_ms: Option<u64>,
    /// Milliseconds from the tick until the last collector was done.
    pub duration_ms: u64,
    /// One row per collector that was due, in the order of the plan.
    pub rows: Vec<Row>,
}

/// How one collector fared in one sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// The collector's name in the plan.
    pub collector: String,
    /// How it fared.
    pub outcome: Outcome,
    /// Why the outcome is not `ok`: one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Each source that could not be read, or not wholly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// What the plugin had to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<LogLine>,
    /// Milliseconds from the tick until it began. Missing: it did not begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_ms: Option<u64>,
    /// What it cost. Missing: it did not run, or this could not be measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// What it delivered, in the order of the entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// The end of what its worker wrote to stdout and stderr, where the outcome is not `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stderr: Option<String>,
}

/// One source that could not be read, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// The word for it.
    pub outcome: Outcome,
    /// Which source, and what the system said.
    pub message: String,
}

/// One line a plugin logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// The text.
    pub message: String,
}

/// How much a line of a log matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Something is wrong.
    Error,
    /// Something may be wrong.
    Warn,
    /// Worth knowing.
    Info,
    /// For the author of the plugin.
    Debug,
}

/// One file of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    /// Its name within the sample: `<collector>/<artifact>`.
    pub name: String,
    /// What it is, as the plugin says: a reader is chosen by this and never by the name.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
    /// Whether its end is missing, because a limit or a deadline came. Missing: no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// What one sample of one collector cost the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    /// Milliseconds from its beginning to its end.
    pub wall_ms: u64,
    /// Microseconds of processor time of its worker, user and system. Missing: the worker did not
    /// live to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_us: Option<u64>,
    /// The most resident memory its worker had so far, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_rss_bytes: Option<u64>,
}
