//! Names inside a bundle, and the name of the bundle itself, as types that cannot hold a bad one.
//!
//! The same rules bind the writer and the reader: a name from a plugin, from a manifest and from
//! a stranger's bundle all become an [`EntryName`] before anything else looks at them. Nothing
//! here touches a file.

mod sums;

use std::fmt;

use chrono::{DateTime, Utc};

pub use sums::{SumsLineError, parse_sums_line, sums_line};

/// What follows the root's name in the name of a finished bundle.
pub const SUFFIX: &str = ".tar.zst";
/// What follows the root's name while the bundle is being written, and after a crash.
pub const PARTIAL_SUFFIX: &str = ".tar.zst.partial";
/// What follows the root's name while a bundle is being recovered. It differs from
/// [`PARTIAL_SUFFIX`], which is what the name of the file that is recovered ends with.
pub const RECOVERING_SUFFIX: &str = ".tar.zst.recovering";
/// The first entry.
pub const CAPTURE: &str = "capture.json";
/// The second entry.
pub const MANIFEST: &str = "manifest.yaml";
/// The directory of samples.
pub const SAMPLES: &str = "samples";
/// The last entry of each sample.
pub const SAMPLE: &str = "sample.json";
/// The last entry but one.
pub const INDEX: &str = "index.json";
/// The last entry.
pub const SUMS: &str = "SHA256SUMS";

/// Bytes an entry's name may have. The longest the writer makes is below 400: root, sample,
/// collector, and an artifact's name of 200 bytes.
pub const MAX_NAME: usize = 512;
/// Bytes that `capture.json` and each `sample.json` may have. They are kept in memory: the writer
/// stores no more, and the reader takes no more.
pub const MAX_JSON: u64 = 16 << 20;
/// Bytes one component may have: what Linux file systems take.
pub const MAX_COMPONENT: usize = 255;
/// Bytes of host and case that enter a bundle's name; the rest is cut.
const MAX_HOST: usize = 64;
const MAX_CASE: usize = 40;

/// Why a text is no name of an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a name a bundle may hold: {reason}", name.escape_default())]
pub struct NameError {
    /// The text, cut to [`MAX_NAME`] bytes or so.
    pub name: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// The path of a file inside a bundle: relative, with `/` between components.
///
/// A component consists of `A-Z a-z 0-9 . _ @ + -`, is not `.` or `..`, and does not begin with
/// `-`, so that no shell, no `tar` and no file system takes it for anything but a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(String);

impl EntryName {
    /// Checks `name`.
    ///
    /// # Errors
    ///
    /// Whatever breaks a rule above, and names of more than [`MAX_NAME`] bytes or with a
    /// component of more than [`MAX_COMPONENT`].
    pub fn new(name: &str) -> Result<Self, NameError> {
        let reason = if name.is_empty() {
            "it is empty"
        } else if name.len() > MAX_NAME {
            "it is longer than 512 bytes"
        } else if name.starts_with('/') {
            "it is absolute"
        } else if let Some(reason) = name.split('/').find_map(fault_of_component) {
            reason
        } else {
            return Ok(EntryName(name.to_owned()));
        };
        let shown = name.chars().take(MAX_NAME).collect();
        Err(NameError { name: shown, reason })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What this entry is, for a name relative to the root.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        let mut parts = self.0.splitn(4, '/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(CAPTURE), None, ..) => Place::Capture,
            (Some(MANIFEST), None, ..) => Place::Manifest,
            (Some(INDEX), None, ..) => Place::Index,
            (Some(SUMS), None, ..) => Place::Sums,
            (Some(SAMPLES), Some(sample), Some(SAMPLE), None) => Place::Sample { sample },
            (Some(SAMPLES), Some(sample), Some(collector), Some(artifact)) => {
                Place::Artifact { sample, collector, artifact }
            }
            _ => Place::Other,
        }
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What an entry is, told by its name relative to the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// `capture.json`.
    Capture,
    /// `manifest.yaml`.
    Manifest,
    /// `samples/<sample>/<collector>/<artifact>`; an artifact's name may have `/` in it.
    Artifact {
        /// The sample's directory.
        sample: &'a str,
        /// The collector's name.
        collector: &'a str,
        /// The artifact's name.
        artifact: &'a str,
    },
    /// `samples/<sample>/sample.json`.
    Sample {
        /// The sample's directory.
        sample: &'a str,
    },
    /// `index.json`.
    Index,
    /// `SHA256SUMS`.
    Sums,
    /// Something a later minor version of the layout added.
    Other,
}

/// The name of a bundle's root directory: `<host>[-<case>]-<UTC start>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootName(String);

impl RootName {
    /// The root of a capture of `host`, for the ticket `case`, started at `started`.
    ///
    /// What may not stand in a name becomes `-`; host and case are cut to 64 and 40 bytes.
    #[must_use]
    pub fn new(host: &str, case: Option<&str>, started: DateTime<Utc>) -> Self {
        let mut name = sanitize(host, MAX_HOST).unwrap_or_else(|| "host".to_owned());
        if let Some(case) = case.and_then(|case| sanitize(case, MAX_CASE)) {
            name.push('-');
            name.push_str(&case);
        }
        RootName(format!("{name}-{}", started.format("%Y%m%dT%H%M%SZ")))
    }

    /// The root's name as a bundle has it: one component, of any form.
    ///
    /// # Errors
    ///
    /// As for [`EntryName::new`], and for more than one component.
    pub fn from_bundle(name: &str) -> Result<Self, NameError> {
        let checked = EntryName::new(name)?;
        if checked.0.contains('/') {
            return Err(NameError { name: checked.0, reason: "it has more than one component" });
        }
        Ok(RootName(checked.0))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RootName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The directory of the sample taken at `at`, below `samples/`: `20261123T024512.123Z`. Names of
/// one capture sort in the order of time.
#[must_use]
pub fn sample_directory(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%S%.3fZ").to_string()
}

fn fault_of_component(component: &str) -> Option<&'static str> {
    if component.is_empty() {
        Some("it has an empty component")
    } else if component == "." || component == ".." {
        Some("`.` and `..` are not allowed")
    } else if component.starts_with('-') {
        Some("a component begins with `-`")
    } else if component.len() > MAX_COMPONENT {
        Some("a component is longer than 255 bytes")
    } else if !component.bytes().all(is_allowed) {
        Some("only A-Z a-z 0-9 . _ @ + - and / are allowed")
    } else {
        None
    }
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._@+-".contains(&byte)
}

fn sanitize(text: &str, limit: usize) -> Option<String> {
    let replaced: String = text
        .chars()
        .map(|it| match u8::try_from(it) {
            Ok(byte) if is_allowed(byte) => it,
            _ => '-',
        })
        .take(limit)
        .collect();
    let trimmed = replaced.trim_matches(['-', '.']);
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests;
