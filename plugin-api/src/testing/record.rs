//! A host that keeps what the plugin says.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::abi::{self, StatusCode};
use crate::host::Callbacks;
use crate::names;

/// What a plugin did in one call. Shown as text for snapshots: the status, then problems, log and
/// artifacts.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The status the plugin returned.
    pub status: StatusCode,
    /// Problems: status and sentence.
    pub problems: Vec<(StatusCode, String)>,
    /// Lines of the log: level and text.
    pub log: Vec<(u32, String)>,
    /// Artifacts in the order they were begun; the first of each name, as in a bundle.
    pub artifacts: Vec<RecordedArtifact>,
}

/// One artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedArtifact {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// The status it was ended with; `None` if it never was.
    pub end: Option<StatusCode>,
}

impl Recorded {
    /// The artifact of that name.
    #[must_use]
    pub fn artifact(&self, name: &str) -> Option<&RecordedArtifact> {
        self.artifacts.iter().find(|artifact| artifact.name == name)
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "status: {}", status_name(self.status))?;
        for (status, message) in &self.problems {
            writeln!(f, "problem: {}: {message}", status_name(*status))?;
        }
        for (level, message) in &self.log {
            writeln!(f, "log {level}: {message}")?;
        }
        for artifact in &self.artifacts {
            let end = match artifact.end {
                Some(abi::status::OK) => "",
                Some(_) => ", cut",
                None => ", never ended",
            };
            writeln!(f, "== {} ({}{end})", artifact.name, artifact.media_type)?;
            f.write_str(&String::from_utf8_lossy(&artifact.content))?;
            if artifact.content.last().is_some_and(|last| *last != b'\n') {
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

fn status_name(status: StatusCode) -> String {
    let name = match status {
        abi::status::OK => "ok",
        abi::status::FAILED => "failed",
        abi::status::BAD_CONFIG => "bad config",
        abi::status::DENIED => "denied",
        abi::status::UNAVAILABLE => "unavailable",
        abi::status::STOPPED => "stopped",
        abi::status::QUOTA => "quota",
        abi::status::PARTIAL => "partial",
        other => return format!("status {other}"),
    };
    name.to_owned()
}

/// The host behind [`collect`](super::collect).
#[derive(Debug, Default)]
pub(super) struct Recorder {
    recorded: Mutex<Recorded>,
    /// How often the plugin may still ask whether to stop before it is told so; `None` for always.
    asks_left: Mutex<Option<usize>>,
    deadline: Option<Instant>,
}

impl Recorder {
    /// A host whose calls have to end within `limit` from now.
    pub(super) fn within(limit: Duration) -> Self {
        Recorder { deadline: Some(Instant::now() + limit), ..Recorder::default() }
    }

    /// A host whose time is up when it was asked `n_asks` times.
    pub(super) fn stopping_after(n_asks: usize) -> Self {
        Recorder { asks_left: Mutex::new(Some(n_asks)), ..Recorder::default() }
    }

    /// What was recorded since the last time.
    pub(super) fn take(&self, status: StatusCode) -> Recorded {
        let mut recorded = std::mem::take(&mut *self.lock());
        let mut names = BTreeSet::new();
        recorded.artifacts.retain(|artifact| names.insert(artifact.name.clone()));
        Recorded { status, ..recorded }
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().expect("no callback panics while it records")
    }

    /// Does `act` with the artifact of `handle` for the callback `call`.
    fn with(&self, call: &str, handle: u64, act: impl FnOnce(&mut RecordedArtifact)) -> StatusCode {
        let mut recorded = self.lock();
        let artifact = usize::try_from(handle)
            .ok()
            .and_then(|handle| handle.checked_sub(1))
            .and_then(|index| recorded.artifacts.get_mut(index))
            .filter(|artifact| artifact.end.is_none());
        match artifact {
            Some(artifact) => {
                act(artifact);
                abi::status::OK
            }
            None => {
                let message = format!("{call}: no open artifact {handle}");
                recorded.problems.push((abi::status::FAILED, message));
                abi::status::FAILED
            }
        }
    }
}

impl Callbacks for Recorder {
    fn log(&self, level: u32, message: &str) {
        self.lock().log.push((level, message.to_owned()));
    }

    fn fail(&self, status: StatusCode, message: &str) {
        self.lock().problems.push((status, message.to_owned()));
    }

    fn should_stop(&self) -> bool {
        if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return true;
        }
        let mut asks_left = self.asks_left.lock().expect("no callback panics while it counts");
        match &mut *asks_left {
            None => false,
            Some(0) => true,
            Some(n) => {
                *n -= 1;
                false
            }
        }
    }

    fn remaining_ms(&self) -> u64 {
        self.deadline.map_or(abi::NO_DEADLINE, |deadline| {
            let left = deadline.saturating_duration_since(Instant::now());
            u64::try_from(left.as_millis()).unwrap_or(abi::NO_DEADLINE)
        })
    }

    fn artifact_begin(&self, name: &str, media_type: &str) -> Result<u64, StatusCode> {
        if let Err(why) = names::check_artifact(name).and(names::check_media_type(media_type)) {
            self.fail(abi::status::FAILED, &format!("artifact_begin: {why}"));
            return Err(abi::status::FAILED);
        }
        let mut recorded = self.lock();
        // As the host does: it is taken, and left out in the end.
        if recorded.artifact(name).is_some() {
            recorded.problems.push((abi::status::FAILED, names::delivered_twice(name)));
        }
        recorded.artifacts.push(RecordedArtifact {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            content: Vec::new(),
            end: None,
        });
        Ok(recorded.artifacts.len() as u64)
    }

    fn artifact_write(&self, handle: u64, data: &[u8]) -> StatusCode {
        self.with("artifact_write", handle, |artifact| artifact.content.extend_from_slice(data))
    }

    fn artifact_end(&self, handle: u64, status: StatusCode) -> StatusCode {
        self.with("artifact_end", handle, |artifact| artifact.end = Some(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_that_is_not_open_is_told_as_by_the_host() {
        let host = Recorder::default();
        let handle = host.artifact_begin("a", "text/plain").expect("a handle");
        assert_eq!(host.artifact_end(handle, abi::status::OK), abi::status::OK);
        assert_eq!(host.artifact_write(4711, b"x"), abi::status::FAILED);
        assert_eq!(host.artifact_write(handle, b"x"), abi::status::FAILED);
        assert_eq!(host.artifact_end(handle, abi::status::OK), abi::status::FAILED);
        assert_eq!(
            host.take(abi::status::OK).to_string(),
            "status: ok\n\
             problem: failed: artifact_write: no open artifact 4711\n\
             problem: failed: artifact_write: no open artifact 1\n\
             problem: failed: artifact_end: no open artifact 1\n\
             == a (text/plain)\n"
        );
    }
}
