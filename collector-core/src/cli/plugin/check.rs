//! `collector plugin check`: whether a plugin keeps its contract, a line for each thing that was
//! looked at.

mod behavior;
mod bench;
mod file;
pub(super) mod glibc;
mod trials;
mod verdict;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::Search;
use super::single::{Single, as_path};
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::print_line;
use crate::manifest::Limits;
use crate::plan::{Description, GlibcVersion, PluginFile, config, inspect};
use crate::units::parse_duration;
use bench::Bench;
use verdict::Check;
pub(super) use verdict::Verdict;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plugin's library, or the name of a plugin that `plugin list` shows
    #[arg(value_name = "FILE|NAME")]
    plugin: PathBuf,
    #[command(flatten)]
    search: Search,
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
    let path = as_path(&arguments.plugin, &arguments.search)?;
    let mut checks = Vec::new();
    let mut tell = |check| tell(arguments, check, &mut checks);
    for check in file::checks(&path, arguments.max_glibc) {
        tell(check)?;
    }
    // What is refused is not loaded here either; its line says why.
    if let Ok(library) = inspect(path.as_ref(), None) {
        run_it(arguments, &path, library, &mut tell)?;
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
        let passed = match n_failed {
            0 => format!("passed: all of {n} checks"),
            n_failed => format!("FAILED: {n_failed} of {n} checks"),
        };
        print_line(&format!("{passed}, warnings: {n_warned}"))?;
    }
    Ok(if n_failed == 0 { Exit::Complete } else { Exit::Refused })
}

/// All checks for which the plugin is run.
fn run_it(
    arguments: &Arguments,
    path: &str,
    library: PluginFile,
    tell: &mut dyn FnMut(Check) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let defaults = Limits::default();
    let limits = Limits { timeout: arguments.timeout.unwrap_or(defaults.timeout), ..defaults };
    let about = library.description.clone();
    let (single, from) = match &arguments.config {
        Some(config) => {
            let single = Single::plan(path, Some(config), limits)?;
            (single, "the configuration".to_owned())
        }
        None => match fitting(&about) {
            Some((json, from)) => (Single::unchecked(library, json, limits)?, from),
            None => {
                return tell(Check::warn(
                    "load",
                    "was not loaded: no configuration is known that fits its schema",
                    "give one with --config, or add an example that works",
                ));
            }
        },
    };
    let bench = Bench::new(single)?;
    match behavior::checks(&bench, &about, &from, tell)? {
        Some(first) => trials::checks(&bench, &about, &first, tell),
        None => Ok(()),
    }
}

/// A configuration that fits the schema, and where it is from: the defaults alone, or the first
/// example that does.
fn fitting(about: &Description) -> Option<(String, String)> {
    let complete = |config: &Value| config::complete(&about.config_schema, config).ok();
    if let Some(defaults) = complete(&Value::Null) {
        return Some((defaults.to_string(), "its defaults".to_owned()));
    }
    about
        .examples
        .iter()
        .enumerate()
        .find_map(|(at, example)| Some((complete(example)?.to_string(), format!("examples[{at}]"))))
}

/// Prints the line of a check as soon as it is there, unless JSON is asked for.
fn tell(arguments: &Arguments, check: Check, checks: &mut Vec<Check>) -> Result<(), Failure> {
    if !arguments.json {
        print_line(&check.line())?;
    }
    checks.push(check);
    Ok(())
}
