//! `collector plugin`: the plugins there are, and what each says about itself.
//!
//! Everything is read from the notes in their files; no plugin is loaded.

mod describe;
mod list;

use std::path::PathBuf;

use clap::Subcommand;

use super::exit::{Exit, Failure};
use crate::plan::locate::Places;

/// Shows the plugins there are, without loading them.
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
    /// it writes, and an entry for a manifest. These are the author's claims.
    #[command(after_help = "Example:
  collector plugin describe go-pprof
  collector plugin describe ./libacme_storage.so

Exit codes: 0 shown; 3 the plugin would be refused.")]
    Describe {
        /// The plugin's name, or with a `/` the path of its library
        plugin: String,
        #[command(flatten)]
        search: Search,
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
    }
}
