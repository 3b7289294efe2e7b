//! Why nothing, or not all, came from a server: a kind for the plugin, a sentence and advice for
//! the customer.

use std::fmt;

use super::Url;
use crate::{Error, Status};

/// What kind of failure it was, where a plugin has something to add.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Nobody listens there.
    Refused,
    /// The host cannot be resolved or reached, or gave no answer in time.
    Unreachable,
    /// The TLS of both sides does not fit, or the certificate is not trusted.
    Tls,
    /// The answer is not HTTP, or redirects to where it is not followed.
    Answer,
    /// The status is another than 200.
    Http(u16),
    /// A file of the configuration, such as the token's, cannot be used.
    Configuration,
    /// The answer began and did not end.
    Cut,
    /// The host asked to stop.
    Stopped,
}

/// One failed fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    kind: Kind,
    status: Status,
    sentence: String,
    advice: Option<String>,
}

impl Failure {
    pub(super) fn new(kind: Kind, status: Status, sentence: impl Into<String>) -> Self {
        Failure { kind, status, sentence: sentence.into(), advice: None }
    }

    /// The same failure with other advice: what the customer can do.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// The sentence, after the address it is about.
    pub(super) fn at(mut self, url: &Url) -> Self {
        self.sentence = format!("{url}: {}", self.sentence);
        self
    }

    /// The same failure when nothing of the answer is kept.
    pub(super) fn without_data(mut self) -> Self {
        if self.status == Status::Partial {
            self.status = Status::Unavailable;
        }
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the server could not be asked at all, so that asking it for something else is
    /// vain too.
    #[must_use]
    pub fn is_of_server(&self) -> bool {
        matches!(
            self.kind,
            Kind::Refused | Kind::Unreachable | Kind::Tls | Kind::Configuration | Kind::Stopped
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        match &self.advice {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Error::new(failure.status, failure.to_string())
    }
}
