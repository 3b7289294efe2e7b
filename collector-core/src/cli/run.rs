//! `collector run`: takes a capture and prints the bundle's path.

use std::path::PathBuf;
use std::time::Duration;

use super::exit::{Exit, Failure};
use super::interrupt;
use super::output::print_line;
use super::progress::Progress;
use super::{check, overview};
use crate::bundle::record::{Recording, record};
use crate::manifest::{Manifest, Overrides};
use crate::plan::host::check_proc;
use crate::plan::{Machine, Plan};
use crate::run::{self, Ended, Inbox};
use crate::units::parse_duration;

/// Collects what a manifest asks for and writes one bundle.
///
/// Without a manifest: the host's memory, slab caches, processes and open files, once. The last
/// line on stdout is the bundle's path. Ctrl-C ends the capture after the sample in progress and
/// leaves a proper bundle; a second Ctrl-C does not wait.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sudo collector run
  sudo collector run acme.yaml --case ACME-1234
  collector run --pprof http://127.0.0.1:6060 --every 10s --for 5m

Exit codes: 0 all outcomes are ok; 3 the manifest or every plugin was refused; 4 the bundle was
written, but some outcome is not ok; 5 no bundle was written; 130, 143, 129 a signal ended the
capture and the bundle was written.")]
pub(super) struct Arguments {
    /// The manifest; `-` is standard input
    manifest: Option<PathBuf>,
    /// Time between two samples, such as 10s
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    every: Option<Duration>,
    /// How long to collect, such as 5m; needs --every or the manifest's
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration, conflicts_with = "samples")]
    span: Option<Duration>,
    /// How many samples to take
    #[arg(long, value_name = "N")]
    samples: Option<u64>,
    /// A Go program's base URL, such as http://127.0.0.1:6060; its profiles are collected too
    #[arg(long, value_name = "URL")]
    pprof: Vec<String>,
    /// A metrics page, such as http://127.0.0.1:9090/metrics; it is collected too
    #[arg(long, value_name = "URL")]
    metrics: Vec<String>,
    /// The ticket; becomes part of the bundle's name
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// The directory for the bundle
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Only show what would be collected; no plugin is loaded and nothing is written
    #[arg(long)]
    dry_run: bool,
    /// Print nothing but the bundle's path and errors
    #[arg(long)]
    quiet: bool,
}

/// Takes the capture.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let manifest = manifest(arguments)?;
    let machine = Machine::here();
    let plan = Plan::make(&manifest, &machine);
    if arguments.dry_run {
        return check::show(&plan);
    }
    check_proc().map_err(|error| Failure::new(Exit::NoBundle, error))?;
    if plan.refused().count() == plan.collectors.len() {
        let reasons = plan.refused().map(|(collector, refused)| {
            format!("\n  {}: {}", collector.name, refused.message.replace('\n', "\n  "))
        });
        let text = format!(
            "every plugin was refused, so nothing is left to collect:{}",
            reasons.collect::<String>()
        );
        return Err(Failure::new(Exit::Refused, text));
    }
    let inbox = Inbox::new();
    let watch = interrupt::watch(inbox.interrupter())
        .map_err(|error| Failure::new(Exit::NoBundle, error))?;
    let progress = Progress::new(arguments.quiet, plan.schedule.n_samples());
    progress.say(&overview::of(&plan));
    let recording = Recording {
        plan: &plan,
        host: &machine.host,
        manifest_yaml: &manifest
            .masked_yaml()
            .map_err(|error| Failure::new(Exit::Internal, error))?,
        command_line: std::env::args_os()
            .map(|argument| plan.secrets.mask(&argument.to_string_lossy()))
            .collect(),
        program: PathBuf::from("/proc/self/exe"),
        instruments: &run::Machine,
        observer: &progress,
    };
    let recorded = record(&recording, inbox);
    watch.end();
    let recorded = recorded.map_err(|error| Failure::new(Exit::NoBundle, error))?;
    progress.close(&recorded.to_string());
    let exit = match (&recorded.ended, recorded.n_not_ok) {
        (Ended::Signal(signal), _) => Exit::Signal(u8::try_from(*signal).unwrap_or(0)),
        (Ended::Finished, 0) => Exit::Complete,
        _ => Exit::Incomplete,
    };
    let path = recorded.path.display().to_string();
    print_line(&path).map_err(|failure| {
        Failure::new(failure.exit, format!("the bundle is {path}, but: {}", failure.error))
    })?;
    Ok(exit)
}

/// The manifest as the options change it.
fn manifest(arguments: &Arguments) -> Result<Manifest, Failure> {
    let mut manifest = match &arguments.manifest {
        Some(path) => Manifest::load(path, &|name| std::env::var(name).ok())
            .map_err(|error| Failure::new(Exit::Refused, error))?,
        None => Manifest::builtin(),
    };
    let overrides = Overrides {
        every: arguments.every,
        span: arguments.span,
        samples: arguments.samples,
        case: arguments.case.clone(),
        output_directory: arguments.output.clone(),
        pprof_urls: arguments.pprof.clone(),
        metrics_urls: arguments.metrics.clone(),
    };
    // What an option says is a matter of the command line, not of the file.
    manifest.apply(&overrides).map_err(|error| Failure::new(Exit::Usage, error))?;
    Ok(manifest)
}
