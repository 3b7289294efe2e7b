//! `collector bundle recover`: makes a proper bundle of one that was cut off, and says what is lost.

use std::io::Write;
use std::path::Path;

use super::{Stop, count};
use crate::bundle::recover::{Loss, RecoverError, Recovery, recover as recover_bundle};
use crate::cli::{Exit, Failure};
use crate::units::short;

/// Recovers `file`. The bundle's path goes to `stdout`, all else to `stderr`.
pub(super) fn recover(
    file: &Path,
    directory: Option<&Path>,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> Result<Exit, Stop> {
    let recovery = recover_bundle(file, directory).map_err(|error| {
        let exit = match error {
            RecoverError::Read(_) => Exit::Unreadable,
            _ => Exit::NoBundle,
        };
        Stop::Failure(Failure::new(exit, error))
    })?;
    // Nobody is left to tell where stderr is closed.
    let mut say = |line: String| drop(writeln!(stderr, "{}", short(&line)));
    let path = match &recovery {
        Recovery::Complete { proper_name } => {
            let name = file.file_name().is_none_or(|it| it != proper_name.as_str());
            let hint = if name { format!(" (hint: name it {proper_name})") } else { String::new() };
            say(format!("{} is complete: nothing was written{hint}", file.display()));
            file
        }
        Recovery::Recovered(recovered) => {
            tell(&recovered.loss, &mut say);
            let samples = count(recovered.samples, "sample");
            say(format!("recovered {samples}, {}", recovered.bytes));
            &recovered.path
        }
    };
    writeln!(stdout, "{}", path.display())?;
    Ok(Exit::Complete)
}

fn tell(loss: &Loss, say: &mut dyn FnMut(String)) {
    say(format!("the bundle is {}", loss.place));
    if let Some(reason) = loss.capture_ended {
        say(format!("the capture itself had ended ({})", reason.as_str()));
    }
    if !loss.has_manifest {
        say("lost: manifest.yaml".to_owned());
    }
    for it in &loss.unfinished {
        let files = count(it.files, "whole file");
        say(format!("left out: sample {} with {files}: it was not finished", it.sample));
    }
    more(loss.n_unfinished, loss.unfinished.len(), "sample", say);
    for it in &loss.misfits {
        say(format!("left out: {}: {}", it.name, it.why));
    }
    more(loss.n_misfits, loss.misfits.len(), "file", say);
}

fn more(all: u64, told: usize, what: &str, say: &mut dyn FnMut(String)) {
    let rest = all.saturating_sub(told as u64);
    if rest > 0 {
        say(format!("left out: {} more", count(rest, what)));
    }
}
