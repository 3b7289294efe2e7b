//! `collector plugin glibc`: which version of glibc libraries and programs need, read from their
//! headers. For all that a vendor ships, also what is no plugin.

use std::path::PathBuf;

use super::check::{Verdict, glibc};
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::print_line;
use crate::plan::GlibcVersion;
use crate::plan::inspect::glibc_demand;
use crate::plan::shown::Shown;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Libraries and programs, of this machine or another
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The newest version of glibc that they may need, such as 2.17
    #[arg(long, value_name = "VERSION", value_parser = GlibcVersion::parse)]
    max_glibc: Option<GlibcVersion>,
}

/// Prints a line for each file.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut is_well = true;
    for path in &arguments.files {
        let file = Shown(path);
        let line = match glibc_demand(path) {
            Ok((demand, machine)) => {
                let check = glibc::check(&demand, arguments.max_glibc);
                is_well &= check.verdict == Verdict::Ok;
                check.about(&format!("{file} ({machine})"))
            }
            Err(refusal) => {
                is_well = false;
                glibc::unreadable(&refusal).about(&file.to_string())
            }
        };
        print_line(&line.line())?;
    }
    Ok(if is_well { Exit::Complete } else { Exit::Refused })
}
