//! What a plugin says when something could not be delivered.
//!
//! An error is a status, which decides the outcome in the bundle, and a sentence for the customer:
//! what, where, and what would help.

use std::fmt;
use std::io;
use std::path::Path;

use crate::abi::{self, StatusCode};

/// Why something was not delivered, as the host understands it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// An error of the plugin, or an answer it does not understand.
    Failed,
    /// The configuration cannot be used. For [`Plugin::new`](crate::Plugin::new).
    BadConfig,
    /// Permission is missing.
    Denied,
    /// What it reads is not there: no such process, a refused connection, an older kernel.
    Unavailable,
    /// It ended early because [`Context::stopping`](crate::Context::stopping) said so.
    Stopped,
    /// A limit of the host was reached.
    Quota,
    /// Some of it was delivered.
    Partial,
}

impl Status {
    pub(crate) fn code(self) -> StatusCode {
        match self {
            Status::Failed => abi::status::FAILED,
            Status::BadConfig => abi::status::BAD_CONFIG,
            Status::Denied => abi::status::DENIED,
            Status::Unavailable => abi::status::UNAVAILABLE,
            Status::Stopped => abi::status::STOPPED,
            Status::Quota => abi::status::QUOTA,
            Status::Partial => abi::status::PARTIAL,
        }
    }
}

/// A status and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    status: Status,
    message: String,
}

impl Error {
    /// An error with any status.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Error { status, message: message.into() }
    }

    /// [`Status::Failed`]: an error of the plugin, or an answer it does not understand.
    pub fn failed(message: impl Into<String>) -> Self {
        Error::new(Status::Failed, message)
    }

    /// [`Status::BadConfig`]: the configuration cannot be used; say which key and what it takes.
    pub fn bad_config(message: impl Into<String>) -> Self {
        Error::new(Status::BadConfig, message)
    }

    /// [`Status::Denied`]: permission is missing; say what would grant it.
    pub fn denied(message: impl Into<String>) -> Self {
        Error::new(Status::Denied, message)
    }

    /// [`Status::Unavailable`]: what is read is not there; say how it can be made available.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Error::new(Status::Unavailable, message)
    }

    /// The error of reading `path`, its status taken from the kind of `source`: permission is
    /// denied, a missing file or a process that is gone is unavailable, all else failed.
    #[must_use]
    pub fn reading(path: &Path, source: &io::Error) -> Self {
        const ESRCH: i32 = 3;
        let status = match source.kind() {
            io::ErrorKind::PermissionDenied => Status::Denied,
            io::ErrorKind::NotFound => Status::Unavailable,
            _ if source.raw_os_error() == Some(ESRCH) => Status::Unavailable,
            _ => Status::Failed,
        };
        Error::new(status, format!("{}: {source}", path.display()))
    }

    /// The same error with `advice` after its sentence.
    #[must_use]
    pub fn advise(mut self, advice: &str) -> Self {
        self.message.push_str("; ");
        self.message.push_str(advice);
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        io::Error::other(error)
    }
}

impl From<io::Error> for Error {
    /// Gives back an [`Error`] that went through `io::Write`; another error is [`Status::Failed`].
    fn from(error: io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(ours) => ours,
            Err(other) => Error::failed(other.to_string()),
        }
    }
}
