//! `collector schema`: prints the JSON Schema of a format this program reads or writes.

use std::io::{self, ErrorKind, Write};

use clap::{Args, ValueEnum};

use super::{Exit, Failure};
use crate::bundle::index;
use crate::manifest;
use crate::report::json;

/// Prints the JSON Schema of a format.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  collector schema manifest > manifest.schema.json")]
pub(super) struct Arguments {
    /// The format
    format: Format,
}

/// The formats with a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// The manifest: what to collect, when, and where bundles go
    Manifest,
    /// `capture.json` of a bundle
    Capture,
    /// `sample.json` of a bundle
    Sample,
    /// `index.json` of a bundle
    Index,
    /// What `collector report --json` prints
    Report,
}

/// Prints the schema.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let schema = match arguments.format {
        Format::Manifest => manifest::json_schema(),
        Format::Capture => index::capture_schema().to_value(),
        Format::Sample => index::sample_schema().to_value(),
        Format::Index => index::index_schema().to_value(),
        Format::Report => json::schema().to_value(),
    };
    match writeln!(io::stdout().lock(), "{schema:#}") {
        // The reader of a pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Complete),
        Err(error) => Err(Failure::new(Exit::Internal, error)),
        Ok(()) => Ok(Exit::Complete),
    }
}
