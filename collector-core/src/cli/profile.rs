//! `collector profile`: what `go tool pprof -top` says of a profile, without Go.

mod source;

use clap::{Args, Subcommand};

use super::output::print_text;
use super::{Exit, Failure};
use crate::analysis::profile::{self, Profile, SortBy, TopOptions};
use crate::report::profile::{profile_json, profile_text};

/// Lists the functions of a Go program that hold memory, CPU time or goroutines.
///
/// Says the same as `go tool pprof -top` of the same profiles, and needs no Go.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  collector profile top heap.pb.gz
  collector profile diff monday-heap.pb.gz friday-heap.pb.gz")]
pub(super) struct ProfileArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists the functions of a profile, those with most first
    ///
    /// Several profiles are added up. A PROFILE is a file, or BUNDLE:ENTRY for a file inside a
    /// bundle, named as `collector bundle list --files` shows it.
    #[command(after_help = "Examples:
  collector profile top heap.pb.gz
  collector profile top -n 10 \\
      web1-20261123T024512Z.tar.zst:samples/20261123T024512.123Z/go-pprof/heap.pb.gz
  collector profile top --cum goroutine.pb.gz         # who waits, not what for

Columns: flat is the function's own, cum with all it calls; sum% adds flat% up. Functions below
0.5 % of the whole are left out, as by pprof.")]
    Top {
        /// The profiles
        #[arg(required = true, value_name = "PROFILE")]
        profiles: Vec<String>,
        #[command(flatten)]
        how: How,
    },
    /// Lists what NEW has more than BASE, function by function
    ///
    /// As `go tool pprof -top -base BASE NEW`: NEW less BASE, with a minus where it went down. The
    /// program may have been built anew in between.
    #[command(after_help = "Examples:
  collector profile diff monday-heap.pb.gz friday-heap.pb.gz
  B=web1-20261123T024512Z.tar.zst
  collector profile diff $B:samples/20261123T024512.123Z/go-pprof/heap.pb.gz \\
      $B:samples/20261123T084512.123Z/go-pprof/heap.pb.gz

Percentages are of all changes, up and down, added up without their signs.")]
    Diff {
        /// The earlier profile
        base: String,
        /// The later profile
        new: String,
        #[command(flatten)]
        how: How,
    },
}

/// What to list, and how.
#[derive(Debug, Args)]
struct How {
    /// The values to list, by name or number, such as `alloc_space` [default: the profile's own
    /// choice, or the last]
    #[arg(long, value_name = "TYPE")]
    sample_index: Option<String>,
    /// At most so many functions; 0 is all
    #[arg(
        short,
        long = "nodecount",
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    n: usize,
    /// Those first that have most with all they call
    #[arg(long)]
    cum: bool,
    /// Print JSON, with whole values
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: ProfileArguments) -> Result<Exit, Failure> {
    let (profile, how) = match arguments.action {
        Action::Top { profiles, how } => {
            let profiles = profiles.iter().map(|it| source::read(it)).collect::<Result<_, _>>()?;
            (profile::merge(profiles), how)
        }
        Action::Diff { base, new, how } => {
            let base = source::read(&base)?;
            (profile::subtract(source::read(&new)?, base), how)
        }
    };
    let profile = profile.map_err(|error| Failure::new(Exit::Usage, error))?;
    print_text(&list(profile, &how)?)?;
    Ok(Exit::Complete)
}

fn list(profile: Profile, how: &How) -> Result<String, Failure> {
    let options = TopOptions {
        sample_index: how.sample_index.clone(),
        node_count: Some(how.n).filter(|it| *it > 0),
        sort_by: if how.cum { SortBy::Cum } else { SortBy::Flat },
    };
    let top = profile::top(profile, &options).map_err(|error| Failure::new(Exit::Usage, error))?;
    if !how.json {
        return Ok(profile_text(&top));
    }
    let json = serde_json::to_string_pretty(&profile_json(&top));
    json.map(|it| it + "\n").map_err(|error| Failure::new(Exit::Internal, error))
}
