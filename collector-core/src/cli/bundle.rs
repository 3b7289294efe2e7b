//! `collector bundle`: looks into bundles without a `tar` at hand, and says what is wrong with one.

mod entry;
mod list;
mod recover;

use std::error::Error;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

pub(super) use self::entry::with_entry;
use super::{Exit, Failure};
use crate::bundle::extract::{ExtractError, extract};
use crate::bundle::reader::{Left, ReadError, Tail};
use crate::bundle::verify::verify;
use crate::units::{Bytes, plain, short};

/// Lists, shows, unpacks and checks bundles.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  collector bundle list web1-20261123T024512Z.tar.zst
  collector bundle verify web1-20261123T024512Z.tar.zst")]
pub(super) struct BundleArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Shows what a bundle holds: the host, every sample, and what could not be read
    #[command(after_help = "Example:\n  collector bundle list web1-20261123T024512Z.tar.zst")]
    List {
        /// The bundle, finished or `.partial`
        bundle: PathBuf,
        /// Also every file with its size and media type
        #[arg(long)]
        files: bool,
    },
    /// Writes one file of a bundle to stdout
    #[command(
        after_help = "Example:\n  collector bundle cat web1-20261123T024512Z.tar.zst \\\n      samples/20261123T024512.123Z/meminfo/meminfo"
    )]
    Cat {
        /// The bundle, finished or `.partial`
        bundle: PathBuf,
        /// The file's name as `list --files` shows it
        entry: String,
    },
    /// Unpacks a bundle into a new directory
    ///
    /// Follows no link and overwrites no file. Files are readable by their owner only.
    #[command(
        after_help = "Example:\n  collector bundle extract web1-20261123T024512Z.tar.zst -C /tmp"
    )]
    Extract {
        /// The bundle, finished or `.partial`
        bundle: PathBuf,
        /// Where to make the directory; made when missing
        #[arg(short = 'C', value_name = "DIR", default_value = ".")]
        directory: PathBuf,
    },
    /// Compares every file of a bundle with its checksums
    #[command(after_help = "Example:\n  collector bundle verify web1-20261123T024512Z.tar.zst")]
    Verify {
        /// The bundle, finished or `.partial`
        bundle: PathBuf,
    },
    /// Makes a proper bundle of one that was cut off
    ///
    /// Every finished sample is kept, byte for byte; the index says where the bundle was cut and
    /// what was left out. The bundle's path is printed on stdout, what was lost on stderr. The
    /// file itself stays as it is, and no other file is overwritten. A bundle that is complete is
    /// not written again: its own path is printed.
    #[command(after_help = "Example:
  collector bundle recover web1-20261123T024512Z.tar.zst.partial

Exit codes: 0 there is a proper bundle, also when it lacks samples that were not finished; 5 none
could be written; 6 the file is no bundle, or not even its first entry is whole.")]
    Recover {
        /// The file that was cut off
        #[arg(value_name = "FILE.partial")]
        file: PathBuf,
        /// Where to write the bundle; made when missing [default: beside the file]
        #[arg(short = 'C', value_name = "DIR")]
        directory: Option<PathBuf>,
    },
}

/// Runs the command. The result goes to `stdout`, remarks to `stderr`.
pub(super) fn run(arguments: BundleArguments) -> Result<Exit, Failure> {
    let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr().lock());
    match run_with(arguments.action, &mut stdout, &mut stderr) {
        Ok(exit) => Ok(exit),
        Err(Stop::Failure(failure)) => Err(failure),
        // Whoever read stdout has seen enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Complete),
        Err(Stop::Output(error)) => Err(Failure::new(Exit::Internal, error)),
    }
}

/// Why a command ends early.
#[derive(Debug)]
enum Stop {
    Failure(Failure),
    /// stdout cannot be written to.
    Output(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        unreadable(error)
    }
}

fn unreadable(error: impl Error + 'static) -> Stop {
    Stop::Failure(Failure::new(Exit::Unreadable, error))
}

fn run_with(action: Action, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<Exit, Stop> {
    match action {
        Action::List { bundle, files } => {
            let tail = list::list(&bundle, files, stdout)?;
            tell(&bundle, &tail, stderr)
        }
        Action::Cat { bundle, entry } => cat(&bundle, &entry, stdout),
        Action::Extract { bundle, directory } => {
            let extracted = extract(&bundle, &directory).map_err(|error| match error {
                ExtractError::Read(error) => unreadable(error),
                // `-C` names a place where that directory cannot be made.
                error @ ExtractError::Exists { .. } => {
                    Stop::Failure(Failure::new(Exit::Usage, error))
                }
                error => Stop::Failure(Failure::new(Exit::Internal, error)),
            })?;
            writeln!(stdout, "{}", extracted.path.display())?;
            tell(&bundle, &extracted.tail, stderr)
        }
        Action::Verify { bundle } => {
            let verdict = verify(&bundle)?;
            if let Some((name, what)) = &verdict.damage {
                let text = format!("{} is damaged: {name}: {what}", bundle.display());
                return Err(Stop::Failure(Failure::new(Exit::Unreadable, short(&text))));
            }
            if verdict.is_good() {
                writeln!(
                    stdout,
                    "{}: good: {} in {} of {}",
                    bundle.display(),
                    count(verdict.samples, "sample"),
                    count(verdict.files, "file"),
                    Bytes(verdict.bytes)
                )?;
            }
            tell(&bundle, &verdict.tail, stderr)
        }
        Action::Recover { file, directory } => {
            recover::recover(&file, directory.as_deref(), stdout, stderr)
        }
    }
}

fn cat(bundle: &Path, name: &str, stdout: &mut dyn Write) -> Result<Exit, Stop> {
    with_entry(bundle, name, |entry| {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(n_read) => stdout.write_all(&buffer[..n_read])?,
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(unreadable(entry.ended()));
                }
                Err(source) => {
                    return Err(unreadable(ReadError::File { path: bundle.to_owned(), source }));
                }
            }
        }
        stdout.flush()?;
        Ok(Exit::Complete)
    })
}

/// Says how the bundle ends, where that is not as it should be.
fn tell(bundle: &Path, tail: &Tail, stderr: &mut dyn Write) -> Result<Exit, Stop> {
    let (left, what) = match tail {
        Tail::Whole => return Ok(Exit::Complete),
        Tail::Cut(left) => (left, format!("was cut off {}", left.place)),
        Tail::Damaged { left, why } => (left, format!("is damaged {}: {why}", left.place)),
    };
    let Left { samples, files, .. } = *left;
    // Nobody is left to tell where stderr is closed.
    let _ = writeln!(
        stderr,
        "warning: {} {what}; {} and {} are whole (hint: `collector bundle recover {0}` makes a bundle of them)",
        plain(&bundle.display().to_string()),
        count(samples, "sample"),
        count(files, "file"),
    );
    Ok(Exit::Unreadable)
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
