//! The closed set of words for how a collector fared in one sample.
//!
//! The collecting half decides which word it is (`run::outcome`); the reading half only meets the
//! word in a bundle. Both share this type and nothing else.

use std::fmt;

/// How a collector fared in one sample.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Everything it was asked for was delivered.
    Ok,
    /// Some of it was delivered; the rest could not be, for reasons other than permission.
    Partial,
    /// Something could not be read for want of permission. What could be read was delivered.
    Denied,
    /// What it reads is not there: no such process, a refused connection, an older kernel.
    Unavailable,
    /// The plugin reported an error of its own, or broke the contract.
    Failed,
    /// It did not finish before its deadline.
    Timeout,
    /// The worker died.
    Crashed,
    /// It reached a limit of size or memory.
    Quota,
    /// The plugin could not be loaded, or did not take its configuration.
    Refused,
    /// It was not run at this tick: overrun, disk guard, or stopped.
    Skipped,
}

impl Outcome {
    /// Every outcome, in the order they are shown.
    pub const ALL: [Outcome; 10] = [
        Outcome::Ok,
        Outcome::Partial,
        Outcome::Denied,
        Outcome::Unavailable,
        Outcome::Failed,
        Outcome::Timeout,
        Outcome::Crashed,
        Outcome::Quota,
        Outcome::Refused,
        Outcome::Skipped,
    ];

    /// The word, as it stands in bundles and messages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Partial => "partial",
            Outcome::Denied => "denied",
            Outcome::Unavailable => "unavailable",
            Outcome::Failed => "failed",
            Outcome::Timeout => "timeout",
            Outcome::Crashed => "crashed",
            Outcome::Quota => "quota",
            Outcome::Refused => "refused",
            Outcome::Skipped => "skipped",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
