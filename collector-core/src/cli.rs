//! The command line: arguments, dispatch, and the one place where an error becomes an exit code.
//!
//! Each command is a file below; it gets its parsed arguments and gives an [`Exit`]. Only this
//! module and its commands print.

mod bundle;
mod check;
mod exit;
mod interrupt;
mod output;
mod overview;
mod plugin;
mod profile;
mod progress;
mod report;
mod run;
mod schema;

use clap::{Parser, Subcommand};

pub use exit::{Exit, Failure};

use crate::run::child;
use crate::units::{plain, short};

/// Collects a diagnostic bundle of a Linux host, and reads it back.
#[derive(Debug, Parser)]
#[command(
    name = "collector",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Examples:
  sudo collector run
  collector report web1-20261123T024512Z.tar.zst"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// The commands, in the order a customer meets them.
#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Check(check::Arguments),
    Plugin(plugin::Arguments),
    Bundle(bundle::BundleArguments),
    Report(report::Arguments),
    Profile(profile::ProfileArguments),
    Schema(schema::Arguments),
}

/// Parses the arguments of this process, runs the command and says how it went.
///
/// A failure is printed to stderr as `error: what: why`, causes on the same line.
#[must_use]
pub fn main() -> Exit {
    // Before anything else: a worker has no use for the rest of this program, and its memory is
    // the customer's.
    if let Some(parent) = child::parent_of_worker(std::env::args_os()) {
        child::main(parent);
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            // A closed stdout or stderr leaves nobody to tell.
            let _ = usage.print();
            return if usage.use_stderr() { Exit::Usage } else { Exit::Complete };
        }
    };
    match dispatch(arguments.command) {
        Ok(exit) => exit,
        Err(failure) => {
            print_failure(&failure);
            failure.exit
        }
    }
}

fn dispatch(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Plugin(arguments) => plugin::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Bundle(arguments) => bundle::run(arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Profile(arguments) => profile::run(arguments),
    }
}

#[expect(clippy::print_stderr, reason = "the one place that prints errors")]
fn print_failure(failure: &Failure) {
    // Paths and what a file says are in it. The errors of this program may have several lines.
    let what = failure.error.to_string();
    let mut text = what.split('\n').map(plain).collect::<Vec<_>>().join("\n");
    let mut cause = failure.error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {}", short(&error.to_string())));
        cause = error.source();
    }
    eprintln!("error: {text}");
}

#[cfg(test)]
mod tests;
