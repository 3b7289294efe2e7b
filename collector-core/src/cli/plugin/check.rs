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
use crate::plan::inspect::Refusal;
use crate::plan::{Description, ElfFault, GlibcVersion, PluginFile, config, inspect};
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
    let mut checks = Vec::new();
    let mut tell = |check| tell(arguments, check, &mut checks);
    let plugin = match as_path(&arguments.plugin, &arguments.search) {
        Ok(path) => {
            check_file(arguments, &path, &mut tell)?;
            path
        }
        Err(Failure { exit: Exit::Refused, error }) => {
            tell(Check::refused("file", &error))?;
            arguments.plugin.display().to_string()
        }
        Err(failure) => return Err(failure),
    };
    let n_of = |verdict| checks.iter().filter(|check| check.verdict == verdict).count();
    let (n_failed, n_warned) = (n_of(Verdict::Fail), n_of(Verdict::Warn));
    if arguments.json {
        let report = Report { plugin: &plugin, passed: n_failed == 0, checks: &checks };
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

/// Takes a check; ends all when it cannot be printed.
type Tell<'a> = &'a mut dyn FnMut(Check) -> Result<(), Failure>;

/// All checks of the file at `path`; those for which it is run where it may be loaded.
fn check_file(arguments: &Arguments, path: &str, tell: Tell<'_>) -> Result<(), Failure> {
    let checks = file::checks(path, arguments.max_glibc);
    let loadable = inspect(path.as_ref(), None);
    let unheard = loadable.as_ref().err().and_then(|refusal| unheard(&checks, refusal));
    for check in checks.into_iter().chain(unheard) {
        tell(check)?;
    }
    // What is refused is not loaded here either; a line says why.
    loadable.map_or(Ok(()), |library| run_it(arguments, path, library, tell))
}

/// The check of a file that is refused where none of `checks` says why: it was another file when
/// they looked. What is for another machine is no fault of it, and they have told that.
fn unheard(checks: &[Check], refusal: &Refusal) -> Option<Check> {
    let is_told = checks.iter().any(|check| check.verdict == Verdict::Fail);
    let is_foreign = matches!(refusal, Refusal::Elf(ElfFault::Machine { .. }));
    (!is_told && !is_foreign).then(|| Check::refused("load", refusal))
}

/// All checks for which the plugin is run.
fn run_it(
    arguments: &Arguments,
    path: &str,
    library: PluginFile,
    tell: Tell<'_>,
) -> Result<(), Failure> {
    const NAME: &str = "config";
    let defaults = Limits::default();
    let limits = Limits { timeout: arguments.timeout.unwrap_or(defaults.timeout), ..defaults };
    let about = library.description.clone();
    let (single, from) = match &arguments.config {
        Some(config) => match Single::plan(path, Some(config), limits) {
            Ok(single) => (single, "the configuration".to_owned()),
            Err(Failure { exit: Exit::Refused, error }) => {
                return tell(Check::refused(NAME, &error));
            }
            Err(failure) => return Err(failure),
        },
        None => match fitting(&about) {
            Some((json, from)) => (Single::unchecked(library, json, limits)?, from),
            None => {
                return tell(Check::fail(
                    NAME,
                    "was not run: neither its defaults nor an example fit its schema",
                    "give a configuration with --config, or add an example that works",
                ));
            }
        },
    };
    tell(Check::ok(NAME, format!("is run with {from}")))?;
    let bench = Bench::new(single)?;
    match behavior::checks(&bench, &about, &from, tell)? {
        Some(model) => trials::checks(&bench, &about, &model, tell),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn unheard_of(checks: &[Check], refusal: &Refusal) -> Option<String> {
        unheard(checks, refusal).map(|check| check.line())
    }

    /// A file that changes between two looks would else have passed without a run.
    #[test]
    fn a_refusal_that_no_check_tells_is_one() {
        let well = [Check::ok("file", "is there")];
        let told = unheard_of(&well, &Refusal::Changed).expect("a check");
        assert!(
            told.starts_with("FAIL  load          it changed while it was looked at"),
            "{told}"
        );
        let failed = [Check::fail("stack", "asks for much", "ask for less")];
        assert_eq!(unheard_of(&failed, &Refusal::Changed), None);
        let foreign = ElfFault::Machine { file: "riscv64".to_owned(), ours: "x86_64" };
        assert_eq!(unheard_of(&well, &foreign.into()), None);
    }
}
