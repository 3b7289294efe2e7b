//! `collector plugin check`: whether a plugin keeps its contract, a line for each thing that was
//! looked at.

mod file;
mod verdict;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::single::as_path;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::print_line;
use crate::plan::GlibcVersion;
use crate::units::parse_duration;
use verdict::{Check, Verdict};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plugin's library
    file: PathBuf,
    /// A YAML file with what would stand under `config` in a manifest; `-` is standard input
    ///
    /// Without it, the defaults of the plugin's schema, or the first of its examples.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How long one sample may take, as `limits.timeout` of a manifest
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    timeout: Option<Duration>,
    /// The newest version of glibc that it may need, such as 2.17
    #[arg(long, value_name = "VERSION", value_parser = GlibcVersion::parse)]
    max_glibc: Option<GlibcVersion>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All checks of a plugin, as JSON.
#[derive(Serialize)]
struct Report<'a> {
    plugin: &'a str,
    passed: bool,
    checks: &'a [Check],
}

/// Checks and prints.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let path = as_path(&arguments.file)?;
    let mut checks = Vec::new();
    for check in file::checks(&path, arguments.max_glibc) {
        tell(arguments, check, &mut checks)?;
    }
    let n_of = |verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    let (n_failed, n_warned) = (n_of(Verdict::Fail), n_of(Verdict::Warn));
    if arguments.json {
        let report = Report { plugin: &path, passed: n_failed == 0, checks: &checks };
        let json = serde_json::to_string_pretty(&report)
            .map_err(|error| Failure::new(Exit::Internal, error))?;
        print_line(&json)?;
    } else {
        let n = checks.len();
        let word = if n_failed == 0 { "passed" } else { "FAILED" };
        print_line(&format!("{word}: {n} checks, {n_failed} failed, {n_warned} with a warning"))?;
    }
    Ok(if n_failed == 0 { Exit::Complete } else { Exit::Refused })
}

/// Prints the line of a check as soon as it is there, unless JSON is asked for.
fn tell(arguments: &Arguments, check: Check, checks: &mut Vec<Check>) -> Result<(), Failure> {
    if !arguments.json {
        print_line(&check.line())?;
    }
    checks.push(check);
    Ok(())
}
