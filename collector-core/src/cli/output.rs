//! Prints results on stdout and remarks on stderr.
//!
//! A reader that closed stdout early, such as `head`, is no error and leaves nothing to do.

use std::io::{self, Write};

use super::exit::{Exit, Failure};

/// Prints a line of the result.
pub(super) fn print_line(line: &str) -> Result<(), Failure> {
    print_text(&format!("{line}\n"))
}

/// Prints a text, as it is.
pub(super) fn print_text(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Internal, format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a remark for the person at the terminal.
pub(super) fn print_note(line: &str) {
    // Nobody is left to tell when stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
