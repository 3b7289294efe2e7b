//! The documented exit codes (`docs/exit-codes.md`), and the error that carries one.

use std::error::Error;
use std::process::ExitCode;

/// What the program's exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: everything asked for was done.
    Complete,
    /// 1: a bug of this program.
    Internal,
    /// 2: the arguments do not fit.
    Usage,
    /// 3: the manifest, or every plugin in it, was refused before the start.
    Refused,
    /// 4: a bundle was written, but some outcome is not `ok`.
    Incomplete,
    /// 5: no bundle was written.
    NoBundle,
    /// 6: a bundle is unreadable or damaged.
    Unreadable,
    /// 128 + n: ended by signal n; the bundle was written.
    Signal(u8),
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Complete => 0,
            Exit::Internal => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
            Exit::Incomplete => 4,
            Exit::NoBundle => 5,
            Exit::Unreadable => 6,
            Exit::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// An error that ends a command, with the exit code it ends with.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened; its causes are printed after it.
    pub error: Box<dyn Error>,
}

impl Failure {
    /// `error` ends the command with `exit`.
    pub fn new(exit: Exit, error: impl Into<Box<dyn Error>>) -> Self {
        Failure { exit, error: error.into() }
    }
}
