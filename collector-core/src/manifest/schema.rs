//! The manifest as it is written: the types `serde` reads, and the source of its JSON Schema.
//!
//! Nothing here has a meaning yet: `resolve` checks these values and turns them into the public
//! types. A key that is absent stays `None`, so that each default stands in one place. The doc
//! comments are the descriptions in `collector schema manifest`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scalar::{Interval, Size};

/// What to collect, when, and where bundles go.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a mapping that begins with `version: 1`")]
#[schemars(title = "collector manifest, version 1")]
pub(super) struct Manifest {
    /// Version of the manifest's format.
    #[schemars(range(min = 1, max = 1))]
    pub(super) version: u32,
    /// Ticket or other reference; becomes part of the bundle's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9._-]*$"))]
    pub(super) case: Option<String>,
    /// Where the bundle goes and how large it may grow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<Output>,
    /// When samples are taken. Absent: one sample, at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) schedule: Option<Schedule>,
    /// Limits for every collector that does not set its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limits: Option<Limits>,
    /// Directories searched for plugins before the standard places; relative ones start at the
    /// manifest's directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = []))]
    pub(super) plugin_directories: Option<Vec<String>>,
    /// What to collect, at least one.
    #[schemars(length(min = 1, max = 64))]
    pub(super) collectors: Vec<Collector>,
}

/// Where the bundle goes and how large it may grow.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a mapping such as `directory: /var/tmp`")]
pub(super) struct Output {
    /// Directory of the bundle, from the current directory; created with mode 0700 when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "."))]
    pub(super) directory: Option<String>,
    /// The bundle stops growing here, and says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "2GiB"))]
    pub(super) max_bytes: Option<Size>,
    /// The capture stops before the disk has less free space than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "1GiB"))]
    pub(super) min_free: Option<Size>,
    /// Level of zstd: higher is smaller and slower.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 19), extend("default" = 3))]
    pub(super) compression: Option<i32>,
}

/// When samples are taken: `every` with `for` or with `samples`, or none of them for one sample.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a mapping such as `every: 10s` with `for: 5m`")]
#[schemars(extend("oneOf" = [
    { "maxProperties": 0 },
    { "required": ["every", "for"], "maxProperties": 2 },
    { "required": ["every", "samples"], "maxProperties": 2 },
]))]
pub(super) struct Schedule {
    /// Time between two samples, at least 10ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) every: Option<Interval>,
    /// How long to take samples; not together with `samples`.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub(super) span: Option<Interval>,
    /// How many samples to take; not together with `for`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub(super) samples: Option<u64>,
}

/// What one collector may use.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a mapping such as `timeout: 30s`")]
pub(super) struct Limits {
    /// Longest time for one sample; then the collector is stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "30s"))]
    pub(super) timeout: Option<Interval>,
    /// Most bytes a collector may deliver in one sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "256MiB"))]
    pub(super) max_bytes: Option<Size>,
    /// Most memory the collector's worker process may use, at least 1MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "256MiB"))]
    pub(super) max_memory: Option<Size>,
}

/// A plugin with a name and a configuration.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a mapping such as `plugin: meminfo`")]
pub(super) struct Collector {
    /// Name of a plugin, or with a `/` the path of its library, relative to the manifest's
    /// directory.
    #[schemars(length(min = 1))]
    pub(super) plugin: String,
    /// Directory in the bundle, unique in the manifest. Absent: the plugin's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32), regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub(super) name: Option<String>,
    /// Own interval, at least 10ms. Absent: that of the schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) every: Option<Interval>,
    /// Limits of this collector; what it leaves out comes from the manifest's `limits`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limits: Option<Limits>,
    /// SHA-256 the plugin's file must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9A-Fa-f]{64}$"))]
    pub(super) sha256: Option<String>,
    /// Configuration of the plugin, of the shape `collector plugin describe` shows. `${VAR}` and
    /// `${VAR:-default}` are expanded in its texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub(super) config: Option<serde_yaml::Value>,
}

/// The JSON Schema of a manifest.
pub(super) fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Manifest).to_value()
}
