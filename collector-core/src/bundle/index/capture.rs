//! `capture.json`: what was asked, of which host, with which program and plugins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Layout;
use crate::units::{HostFacts, Timestamp};

/// `capture.json`, the first entry of a bundle, written before the first sample is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Capture {
    /// Version of the bundle's layout. Stays the first field for ever.
    pub layout: Layout,
    /// Names this capture among all captures: 32 hexadecimal digits.
    pub bundle_id: String,
    /// The program that wrote the bundle.
    pub tool: Tool,
    /// The command as it was typed, secrets masked.
    pub command_line: Vec<String>,
    /// The ticket this capture belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// When the capture began. Every other time in the bundle is also given relative to it, on a
    /// clock that nobody sets.
    pub started: Timestamp,
    /// When samples were to be taken.
    pub schedule: Schedule,
    /// The host, at the start.
    pub host: HostFacts,
    /// Every collector that was asked for, in the order of the rows of each sample, also those
    /// that could not be loaded.
    pub plan: Vec<PlannedItem>,
}

/// The program that wrote a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `collector`.
    pub name: String,
    /// Its version, such as `0.1.0`.
    pub version: String,
    /// Its process, in its own pid namespace: with the processes that it started, its workers, this
    /// is what a report does not suspect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
}

/// When samples were to be taken. All three missing: one sample.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Schedule {
    /// Milliseconds from one tick to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_ms: Option<u64>,
    /// Milliseconds the capture was to last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// Number of samples that were to be taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
}

/// One collector of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedItem {
    /// Its name: unique in the manifest, and its directory in each sample.
    pub collector: String,
    /// The plugin, as the manifest names it: a name or a path.
    pub plugin: String,
    /// Milliseconds between its samples, where they differ from the schedule's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_ms: Option<u64>,
    /// What it was allowed to use.
    pub limits: Limits,
    /// The version the plugin gives itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugin_version: Option<String>,
    /// The shared library that was found for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<Library>,
    /// What its worker may do. Missing: it will not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<Rights>,
    /// Why it will not run at all: one sentence. Missing: it was loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What a collector may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Milliseconds for one sample.
    pub timeout_ms: u64,
    /// Bytes of artifacts in one sample.
    pub max_bytes: u64,
    /// Bytes of resident memory of its worker.
    pub max_memory_bytes: u64,
}

/// What a worker keeps of the rights of the collector. The log of its first sample says what of
/// this the kernel gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rights {
    /// The capabilities its plugin names. Of those that `host` has it keeps these and no other.
    pub capabilities: Vec<String>,
    /// Whether it asks the kernel to forbid it every write to a file (Landlock). A plugin that
    /// reads other processes does not, because that would hide them.
    pub landlock: bool,
}

/// The file a plugin was loaded from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Library {
    /// Its absolute path on the host.
    pub path: String,
    /// SHA-256 of its content, 64 hexadecimal digits.
    pub sha256: String,
}
