//! Why a manifest was not used, in words that can be read over the phone.

use std::fmt;
use std::path::PathBuf;

use super::KeyPath;

/// A place in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The manifest as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Why a manifest could not be used.
///
/// The text names the file, the place where there is one, the key, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The file could not be read.
    #[error("cannot read the manifest {}", path.display())]
    Read {
        /// The path as the user gave it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// The file is no manifest at all: a directory, too large, not text.
    #[error("{file}: {reason}")]
    NotAManifest {
        /// The manifest as the user named it.
        file: String,
        /// What it is, and what to do.
        reason: String,
    },

    /// Something in the manifest is not as it must be.
    #[error("{place}: {}{reason}", prefix(path))]
    Invalid {
        /// Where it stands.
        place: Place,
        /// The key it is about; the root when it is about the whole file.
        path: KeyPath,
        /// What is wrong and what to do.
        reason: String,
    },

    /// An option of the command line does not fit the manifest.
    #[error("{option}: {reason}")]
    Override {
        /// The option, such as `--every`.
        option: &'static str,
        /// What is wrong and what to do.
        reason: String,
    },

    /// The copy for the bundle could not be written out.
    #[error("cannot write the manifest out as YAML")]
    Write {
        /// What the YAML library said.
        source: serde_yaml::Error,
    },
}

fn prefix(path: &KeyPath) -> String {
    let path = path.to_string();
    if path.is_empty() { path } else { format!("{path}: ") }
}
