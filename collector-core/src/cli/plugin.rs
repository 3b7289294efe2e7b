//! `collector plugin`: the plugins there are, what each says about itself, and what its author
//! needs to begin it, to try and to check it.
//!
//! What is listed and described is read from the notes in the files, and no plugin is loaded. Those
//! that run do so in their workers.

mod check;
mod describe;
mod glibc;
mod list;
mod new;
mod run;
mod single;

use std::path::PathBuf;

use clap::Subcommand;

use super::exit::{Exit, Failure};
use crate::plan::locate::Places;

/// Shows the plugins there are; begins, runs and checks one for its author.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Example:
  collector plugin list
  collector plugin describe fd-scan"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the plugins of every directory that is searched
    ///
    /// A file that cannot be loaded is listed too, with the reason.
    #[command(after_help = "Example:
  collector plugin list --directory ./plugins")]
    List {
        #[command(flatten)]
        search: Search,
    },
    /// Shows everything a plugin says about itself
    ///
    /// Its options with their defaults, what it reads and needs, what it does to the target, what
    /// it writes, and a manifest that runs it. These are the author's claims. The plugin may be for
    /// another machine, or be one that this machine would refuse: the page says so.
    #[command(after_help = "Example:
  collector plugin describe go-pprof
  collector plugin describe ./libacme_storage.so

Exit codes: 0 shown; 3 no such plugin, or nothing in the file that describes it.")]
    Describe {
        /// The plugin's name, or with a `/` the path of its library
        plugin: String,
        #[command(flatten)]
        search: Search,
    },
    /// Checks that a plugin keeps its contract
    ///
    /// Prints a line for each check: `ok`, `warn` or `FAIL`, what was found, and how to mend it.
    /// First its file is looked at without loading it; then it runs in workers, by hosts that are
    /// older, that refuse, and that want it to stop.
    #[command(after_help = "Examples:
  collector plugin check target/release/libacme_storage.so --max-glibc 2.17
  collector plugin check ./acme.so --config acme.yaml --json

Exit codes: 0 nothing failed; 3 something failed; 130, 143, 129 ended by a signal.")]
    Check(check::Arguments),
    /// Says which glibc libraries and programs need
    ///
    /// Reads their headers and runs nothing; a file may be for another machine. With --max-glibc it
    /// fails for what needs a newer one, and names the symbols.
    #[command(after_help = "Example:
  collector plugin glibc out/collector out/*.so --max-glibc 2.17

Exit codes: 0 none needs a newer one; 3 one does, or cannot be read.")]
    Glibc(glibc::Arguments),
    /// Runs one plugin in its worker, and shows what it delivers
    ///
    /// Prints each sample with its outcome, artifacts, problems and log. The worker, its limits and
    /// rights are those of a capture; no bundle is written.
    #[command(after_help = "Examples:
  collector plugin run target/debug/libacme_storage.so --show
  collector plugin run ./acme.so --config acme.yaml --samples 3 --output out
  collector plugin run ./acme.so --debugger

Exit codes: 0 all samples are ok; 3 the plugin or its configuration was refused before the start;
4 some outcome is not ok, or destroy failed; 130, 143, 129 ended by a signal.")]
    Run(run::Arguments),
    /// Writes a new plugin: a project that builds, with tests and a manifest
    ///
    /// The project is a plugin that works: it counts the files of a directory. All it needs of
    /// this program is in it: the contract, and for Rust the SDK.
    #[command(after_help = "Example:
  collector plugin new acme-storage --lang c
  cd acme-storage && make && make test

Exit codes: 0 written; 2 the name cannot be used, or is a file here already.")]
    New {
        /// The plugin's name, and the directory to make: a-z, 0-9 and dashes
        name: String,
        /// The language
        #[arg(long = "lang", value_name = "LANG")]
        language: new::Language,
    },
}

/// Where to look besides the standard places.
#[derive(Debug, clap::Args)]
struct Search {
    /// Look here first; may be given more than once
    #[arg(long = "directory", value_name = "DIR")]
    directories: Vec<PathBuf>,
}

impl Search {
    fn places(&self) -> Places {
        Places::standard(&self.directories)
    }
}

/// Runs the subcommand.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.command {
        Command::List { search } => list::run(&search.places()),
        Command::Describe { plugin, search } => describe::run(plugin, &search.places()),
        Command::Check(arguments) => check::run(arguments),
        Command::Glibc(arguments) => glibc::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::New { name, language } => new::run(name, *language),
    }
}
