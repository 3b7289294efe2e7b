//! One check of a plugin: what was found, and what to do about it.

use serde::Serialize;

use crate::plan::shown::plain;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli::plugin) enum Verdict {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warn,
    /// The plugin breaks its contract, or would be refused.
    Fail,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::cli::plugin) struct Check {
    /// Its name, for scripts.
    #[serde(rename = "check")]
    pub(super) name: &'static str,
    #[serde(rename = "result")]
    pub(in crate::cli::plugin) verdict: Verdict,
    /// What was found, in words.
    pub(super) found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

impl Check {
    /// The check `name` found this, and it is well.
    pub(super) fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Check { name, verdict: Verdict::Ok, found: found.into(), fix: None }
    }

    /// The check `name` found this, and `fix` says what should be done.
    pub(super) fn warn(name: &'static str, found: impl Into<String>, fix: &str) -> Self {
        let fix = Some(fix.to_owned());
        Check { name, verdict: Verdict::Warn, found: found.into(), fix }
    }

    /// The check `name` found this, and `fix` says what must be done.
    pub(super) fn fail(name: &'static str, found: impl Into<String>, fix: &str) -> Self {
        Check { verdict: Verdict::Fail, ..Check::warn(name, found, fix) }
    }

    /// The check `name` found what `error` says: as all errors of this program, with the remedy
    /// after the last semicolon.
    pub(super) fn refused(name: &'static str, error: &impl ToString) -> Self {
        let text = error.to_string();
        match text.rsplit_once("; ") {
            Some((found, fix)) => Check::fail(name, found, fix),
            None => Check { verdict: Verdict::Fail, ..Check::ok(name, text) },
        }
    }

    /// The same, said of `what`.
    pub(in crate::cli::plugin) fn about(self, what: &str) -> Self {
        Check { found: format!("{what}: {}", self.found), ..self }
    }

    /// Its line, for people.
    pub(in crate::cli::plugin) fn line(&self) -> String {
        let fix = self.fix.as_ref().map_or(String::new(), |fix| format!("; {fix}"));
        plain(&format!("{:<4}  {:<13} {}{fix}", self.verdict.as_str(), self.name, self.found))
    }
}
