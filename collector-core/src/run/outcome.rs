//! What one collector delivered in one sample, and which word stands for it.
//!
//! Values and rules only: how a worker's call ended comes in, an [`Outcome`] with its reason comes
//! out. Nothing here talks to a worker.

use std::time::Duration;

use plugin_api::abi::{StatusCode, level, status};
use plugin_api::host::Tried;

use super::spool::Spooled;
use crate::manifest::Secrets;
use crate::units::{Bytes, Outcome, format_duration};

/// Problems kept of one sample; more are counted only.
const MAX_PROBLEMS: usize = 32;
/// Lines of the log kept of one sample; more are counted only.
const MAX_LOG_LINES: usize = 100;
/// Bytes kept of one problem or line.
const MAX_MESSAGE_BYTES: usize = 2000;
/// What is kept of a trial: it spoils one thing, and sees the plugin return.
const MAX_TRIED: usize = 4;
/// Bytes kept of all problems of one sample, and as many of the log; more are counted only. A sample
/// has up to 64 rows, and all of it is in memory at once when it is written.
const MAX_BYTES: usize = 16 << 10;

/// Something that could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The word for it.
    pub outcome: Outcome,
    /// What, where, and what would help.
    pub message: String,
}

/// A line a plugin logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `error`, `warn`, `info` or `debug`.
    pub level: &'static str,
    /// The text.
    pub message: String,
}

/// What one sample of one collector took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// From the request to the end.
    pub wall: Duration,
    /// Processor time of the worker; unknown when it did not live to tell.
    pub cpu: Option<Duration>,
    /// The most memory the worker has had resident so far; unknown when it is gone.
    pub max_rss: Option<Bytes>,
}

/// One artifact, held until it is written.
#[derive(Debug)]
pub struct Artifact {
    /// Its name below the collector's directory.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Whether the end is missing.
    pub cut: bool,
    /// Its bytes.
    pub content: Spooled,
}

/// What became of the worker in a call, whatever its plugin says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fate {
    /// It answered, or was ended for what it took, or was not called.
    #[default]
    Answered,
    /// It could not load the library.
    NotLoaded,
    /// It was lost: it died, had not finished at its deadline, broke the protocol, or could not be
    /// started.
    Lost,
}

/// What one collector delivered in one sample: a row of the bundle and its artifacts.
#[derive(Debug)]
pub struct Delivery {
    /// The word for the whole.
    pub outcome: Outcome,
    /// One sentence, unless the outcome is `ok`.
    pub reason: Option<String>,
    /// What became of the worker.
    pub fate: Fate,
    /// Each thing that could not be delivered.
    pub problems: Vec<Problem>,
    /// The plugin's log.
    pub log: Vec<LogLine>,
    /// What its host told of a trial, if it was on one.
    pub tried: Vec<Tried>,
    /// What was delivered, in that order.
    pub artifacts: Vec<Artifact>,
    /// What it took.
    pub cost: Cost,
    /// The end of what the worker printed; in a capture, when the outcome is not `ok`.
    pub stderr: Option<String>,
}

impl Delivery {
    /// A row without artifacts, for a collector that was not asked.
    #[must_use]
    pub fn without_artifacts(outcome: Outcome, reason: impl Into<String>) -> Self {
        Delivery {
            outcome,
            reason: Some(reason.into()),
            fate: Fate::Answered,
            problems: Vec::new(),
            log: Vec::new(),
            tried: Vec::new(),
            artifacts: Vec::new(),
            cost: Cost::default(),
            stderr: None,
        }
    }

    /// Masks every secret in its texts. Artifacts are kept byte for byte.
    pub(crate) fn mask(&mut self, secrets: &Secrets) {
        let problems = self.problems.iter_mut().map(|it| &mut it.message);
        let lines = self.log.iter_mut().map(|it| &mut it.message);
        let texts = self.reason.iter_mut().chain(&mut self.stderr);
        texts.chain(problems).chain(lines).for_each(|text| *text = secrets.mask(text));
    }
}

/// How a call of a worker ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The plugin returned a status.
    Returned(StatusCode),
    /// The plugin could not be loaded.
    NotLoaded(String),
    /// `create` returned this status, not OK.
    NotCreated(StatusCode),
    /// It had not finished at the deadline.
    Deadline(Duration),
    /// The worker ended by itself; how, in words.
    Died(String),
    /// It delivered more than this limit.
    TooLarge(Bytes),
    /// The output directory could not hold what arrived; why, in words.
    NoSpace(String),
    /// It and what it had started used more memory than this limit.
    TooMuchMemory { limit: Bytes, n_processes: usize },
    /// It had more processes than this limit.
    TooManyProcesses { n: usize, limit: usize },
    /// It was ended because the capture was.
    Stopped,
    /// It broke the protocol, or the core could not start or serve it; how, in words.
    Broken(String),
}

impl End {
    /// What became of the worker.
    pub(crate) fn fate(&self) -> Fate {
        match self {
            End::NotLoaded(_) => Fate::NotLoaded,
            End::Deadline(_) | End::Died(_) | End::Broken(_) => Fate::Lost,
            End::Returned(_)
            | End::NotCreated(_)
            | End::TooLarge(_)
            | End::NoSpace(_)
            | End::TooMuchMemory { .. }
            | End::TooManyProcesses { .. }
            | End::Stopped => Fate::Answered,
        }
    }
}

/// Problems and log of one call, bounded.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) problems: Vec<Problem>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) tried: Vec<Tried>,
    n_problem_bytes: usize,
    n_line_bytes: usize,
    n_problems_left_out: usize,
    n_lines_left_out: usize,
}

impl Notes {
    pub(crate) fn problem(&mut self, code: StatusCode, message: &str) {
        let message = shortened(message);
        let n_bytes = self.n_problem_bytes + message.len();
        if self.problems.len() < MAX_PROBLEMS && n_bytes <= MAX_BYTES {
            // A problem that is none is the plugin's mistake, and still a problem.
            let outcome = of_status(code).filter(|it| *it != Outcome::Ok);
            let outcome = outcome.unwrap_or(Outcome::Failed);
            self.problems.push(Problem { outcome, message });
            self.n_problem_bytes = n_bytes;
        } else {
            self.n_problems_left_out += 1;
        }
    }

    pub(crate) fn line(&mut self, code: u32, message: &str) {
        let level = match code {
            level::ERROR => "error",
            level::WARN => "warn",
            level::INFO => "info",
            _ => "debug",
        };
        let message = shortened(message);
        let n_bytes = self.n_line_bytes + message.len();
        if self.log.len() < MAX_LOG_LINES && n_bytes <= MAX_BYTES {
            self.log.push(LogLine { level, message });
            self.n_line_bytes = n_bytes;
        } else {
            self.n_lines_left_out += 1;
        }
    }

    pub(crate) fn tried(&mut self, tried: Tried) {
        if self.tried.len() < MAX_TRIED {
            self.tried.push(tried);
        }
    }

    /// Says how many were left out, once nothing more comes.
    pub(crate) fn close(&mut self) {
        let left_out = [(self.n_problems_left_out, "problems"), (self.n_lines_left_out, "lines")];
        for (n, what) in left_out.into_iter().filter(|(n, _)| *n > 0) {
            self.log.push(LogLine { level: "warn", message: format!("{n} more {what} left out") });
        }
    }
}

/// The word for `end`, with one sentence where it is not `ok`.
pub(crate) fn judge(end: &End, notes: &Notes, cut: bool) -> (Outcome, Option<String>) {
    let first_problem = notes.problems.first().map(|problem| problem.message.clone());
    let over_quota = notes.problems.iter().find(|problem| problem.outcome == Outcome::Quota);
    let told = |outcome: Outcome| {
        let silent = || format!("the plugin said `{outcome}` and nothing more");
        (outcome, Some(first_problem.clone().unwrap_or_else(silent)))
    };
    let said = |outcome, reason: String| (outcome, Some(reason));
    match end {
        End::Returned(_) if over_quota.is_some() => {
            (Outcome::Quota, over_quota.map(|problem| problem.message.clone()))
        }
        End::Returned(code) => match of_status(*code) {
            Some(Outcome::Ok) if cut || !notes.problems.is_empty() => told(Outcome::Partial),
            Some(Outcome::Ok) => (Outcome::Ok, None),
            Some(outcome) => told(outcome),
            None => said(Outcome::Failed, format!("the plugin returned the unknown status {code}")),
        },
        End::NotLoaded(reason) => said(Outcome::Refused, shortened(reason)),
        End::NotCreated(code) => match of_status(*code) {
            // A collector that cannot work with its configuration never will.
            _ if *code == status::BAD_CONFIG => told(Outcome::Refused),
            Some(outcome) if outcome != Outcome::Ok => told(outcome),
            _ => told(Outcome::Failed),
        },
        End::Deadline(timeout) => said(
            Outcome::Timeout,
            format!("not finished after {}; what had arrived is kept", format_duration(*timeout)),
        ),
        End::Died(how) => said(Outcome::Crashed, format!("the worker {how}")),
        End::TooLarge(limit) => said(
            Outcome::Quota,
            format!("delivered more than {limit}; raise limits.max_bytes to get all"),
        ),
        End::NoSpace(why) => {
            said(Outcome::Quota, format!("the output directory cannot hold what arrives: {why}"))
        }
        End::TooMuchMemory { limit, n_processes } => {
            let of = match n_processes {
                1 => String::new(),
                n => format!(" in {n} processes"),
            };
            let advice = "raise limits.max_memory if that is right";
            said(Outcome::Quota, format!("used more than {limit} of memory{of}; {advice}"))
        }
        End::TooManyProcesses { n, limit } => said(
            Outcome::Quota,
            format!(
                "had {n} processes, the limit is {limit}; a plugin should wait for the end of each \
                 that it starts"
            ),
        ),
        End::Stopped => said(Outcome::Skipped, "stopped: the capture was ended".to_owned()),
        End::Broken(how) => said(Outcome::Failed, how.clone()),
    }
}

/// The word for a status; `None` for one this program does not know.
fn of_status(code: StatusCode) -> Option<Outcome> {
    Some(match code {
        status::OK => Outcome::Ok,
        status::FAILED | status::BAD_CONFIG => Outcome::Failed,
        status::DENIED => Outcome::Denied,
        status::UNAVAILABLE => Outcome::Unavailable,
        status::STOPPED | status::PARTIAL => Outcome::Partial,
        status::QUOTA => Outcome::Quota,
        _ => return None,
    })
}

/// `text` with U+FFFD for each control character: those would grow sixfold in JSON. Ends of lines
/// and tabs stay; a secret of several lines is known by them.
pub(super) fn without_controls(text: &str) -> String {
    let is_kept = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars().map(|c| if is_kept(c) { c } else { '\u{fffd}' }).collect()
}

/// `message` without control characters, cut at the limit, on a character.
fn shortened(message: &str) -> String {
    let mut kept = without_controls(message);
    if kept.len() > MAX_MESSAGE_BYTES {
        kept.truncate(kept.floor_char_boundary(MAX_MESSAGE_BYTES));
        kept.push_str(&format!("… ({} bytes in all)", message.len()));
    }
    kept
}

#[cfg(test)]
mod tests;
