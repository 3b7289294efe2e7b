//! `collector plugin run`: runs one plugin in its worker, and shows what it delivered.
//!
//! The worker, its limits and its rights are those of a capture. No bundle is written.

mod row;

use std::path::PathBuf;
use std::time::Duration;

use super::Search;
use super::single::{self, Single};
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupt;
use crate::cli::output::{print_line, print_note, print_text};
use crate::manifest::Limits;
use crate::run::{Alone, Delivery, Inbox, WorkerEnd};
use crate::units::{Outcome, parse_duration};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plugin's library, or the name of a plugin that `plugin list` shows
    #[arg(value_name = "FILE|NAME")]
    plugin: PathBuf,
    #[command(flatten)]
    search: Search,
    /// A YAML file with what would stand under `config` in a manifest; `-` is standard input
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How many samples to take, one as soon as the one before is done
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    samples: u64,
    /// How long one sample may take, as `limits.timeout` of a manifest
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    timeout: Option<Duration>,
    /// Print the artifacts that are text, up to 64 KiB of each
    #[arg(long)]
    show: bool,
    /// Write the artifacts to DIR/1, DIR/2 and so on, over what is there
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Wait for gdb before the plugin is loaded, and set no time limits
    #[arg(long)]
    debugger: bool,
}

/// Takes the samples and prints each.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let defaults = Limits::default();
    let limits = Limits { timeout: arguments.timeout.unwrap_or(defaults.timeout), ..defaults };
    let path = single::as_path(&arguments.plugin, &arguments.search)?;
    let single = Single::plan(&path, arguments.config.as_deref(), limits)?;
    let inbox = Inbox::new();
    interrupt::watch(inbox.interrupter()).map_err(|error| Failure::new(Exit::Internal, error))?;
    for need in &single.collector().needs {
        print_note(need);
    }
    let setup = single.setup(arguments.debugger);
    let mut alone =
        Alone::start(&setup, &inbox).map_err(|error| Failure::new(Exit::Internal, error))?;
    let mut is_complete = true;
    for number in 1..=arguments.samples {
        let delivery = alone.sample(&say_how_to_attach);
        is_complete &= delivery.outcome == Outcome::Ok;
        let has_crashed = delivery.outcome == Outcome::Crashed;
        show(arguments, number, delivery)?;
        if has_crashed && !arguments.debugger {
            print_note("run it with --debugger to see where it crashed");
        }
        if alone.signal().is_some() {
            break;
        }
    }
    let signal = alone.signal();
    let end = alone.end();
    if let Some(told) = single::told_of_destroy(&end) {
        print_line(&format!("destroy: {told}"))?;
        // What is only slow may be so because of the machine.
        is_complete &= matches!(end, WorkerEnd::Slow { .. });
    }
    Ok(match signal {
        Some(signal) => Exit::Signal(u8::try_from(signal).unwrap_or(0)),
        None if is_complete => Exit::Complete,
        None => Exit::Incomplete,
    })
}

/// Prints a sample, and puts its artifacts where they were asked for.
fn show(arguments: &Arguments, number: u64, mut delivery: Delivery) -> Result<(), Failure> {
    for line in row::lines(number, &delivery) {
        print_line(&line)?;
    }
    for artifact in &mut delivery.artifacts {
        if arguments.show {
            print_text(&row::content(artifact))?;
        }
        if let Some(directory) = &arguments.output {
            row::save(artifact, &directory.join(number.to_string()))
                .map_err(|error| Failure::new(Exit::Internal, error))?;
        }
    }
    Ok(())
}

fn say_how_to_attach(pid: u32) {
    print_note(&format!(
        "the worker {pid} waits for a debugger before it loads the plugin; in another terminal:\n  \
         gdb -p {pid} -ex 'set breakpoint pending on' -ex 'break collector_plugin_entry_v1' \
         -ex continue"
    ));
}
