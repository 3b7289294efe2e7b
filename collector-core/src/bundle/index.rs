//! The three JSON files of a bundle, as types: [`Capture`], [`Sample`], [`Index`].
//!
//! These are types of the edge: they are filled in and taken apart by hand where they are
//! written and read. Fields are only added, and then they are optional: a reader ignores what it
//! does not know, and a field that is missing was not known. A change that breaks this raises
//! [`Layout::major`].

mod capture;
mod end;
mod sample;

use schemars::{Schema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};

pub use capture::{Capture, Library, Limits, PlannedItem, Rights, Schedule, Tool};
pub use end::{CollectorCost, EndReason, Index, IndexedFile};
pub use sample::{Cost, File, LogLevel, LogLine, Problem, Row, Sample};

/// The version of a bundle's layout.
///
/// A reader takes every minor version of the majors it knows, and refuses a newer major.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Layout {
    /// Raised when an old reader would read a new bundle wrongly.
    pub major: u32,
    /// Raised when something was added that an old reader may ignore.
    pub minor: u32,
}

impl Layout {
    /// The version this program writes, and the newest it knows.
    pub const CURRENT: Layout = Layout { major: 1, minor: 0 };

    /// Whether this program can read a bundle of this layout.
    #[must_use]
    pub fn is_readable(self) -> bool {
        self.major == Self::CURRENT.major
    }
}

/// The JSON Schema of `capture.json`.
#[must_use]
pub fn capture_schema() -> Schema {
    schema_of::<Capture>()
}

/// The JSON Schema of `sample.json`.
#[must_use]
pub fn sample_schema() -> Schema {
    schema_of::<Sample>()
}

/// The JSON Schema of `index.json`.
#[must_use]
pub fn index_schema() -> Schema {
    schema_of::<Index>()
}

/// The schema of what is written, which is what somebody else's reader needs.
fn schema_of<T: schemars::JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests;
