//! A host that is not as it should be, to see what a plugin makes of it.
//!
//! It stands before a host that is, and passes on what it does not spoil. That it did spoil
//! something is a line of the log.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Callbacks;
use crate::abi::{StatusCode, level};

/// What a line of the log begins with that tells of a [`Trial`].
pub const TOLD: &str = "trial: ";

/// What is wrong with a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trial {
    /// It is of this minor, and what lies behind its table is no address of anything.
    OldHost {
        /// The minor; the host's own at most.
        minor: u32,
    },
    /// It refuses some calls of those that can be: of `artifact_begin`, `artifact_write` and
    /// `artifact_end`, counted together from 1. Those before and after are served.
    Refuses {
        /// The first that it refuses.
        first: u64,
        /// The last.
        last: u64,
        /// What it answers.
        answer: StatusCode,
    },
    /// It wants the plugin to stop.
    Stops {
        /// From which call of `should_stop` on, from 1.
        ask: u64,
    },
    /// It calls `destroy` with NULL before it calls `create`.
    DestroysNothing,
}

/// A host that `inner` stands behind.
#[derive(Debug)]
pub struct Trying<'c, C> {
    inner: &'c C,
    trial: Option<Trial>,
    n_calls: AtomicU64,
    n_asks: AtomicU64,
    stopped: OnceLock<Instant>,
}

impl<'c, C: Callbacks> Trying<'c, C> {
    /// A host like `inner`, but for `trial`.
    #[must_use]
    pub fn new(inner: &'c C, trial: Option<Trial>) -> Self {
        let (n_calls, n_asks) = (AtomicU64::new(0), AtomicU64::new(0));
        Trying { inner, trial, n_calls, n_asks, stopped: OnceLock::new() }
    }

    /// The host behind it.
    pub fn inner(&self) -> &'c C {
        self.inner
    }

    pub(super) fn trial(&self) -> Option<Trial> {
        self.trial
    }

    /// A function of the plugin has returned: tells how long after it was to stop.
    pub fn returned(&self) {
        if let Some(stopped) = self.stopped.get() {
            self.tell(&format!("returned {} ms later", stopped.elapsed().as_millis()));
        }
    }

    fn tell(&self, what: &str) {
        self.inner.log(level::DEBUG, &format!("{TOLD}{what}"));
    }

    /// Whether a call was refused.
    pub fn has_refused(&self) -> bool {
        let n_calls = self.n_calls.load(Ordering::Relaxed);
        matches!(self.trial, Some(Trial::Refuses { first, .. }) if n_calls >= first)
    }

    /// Counts a call, and gives the answer when it is one to refuse. Only the first is told.
    fn refusal(&self, name: &str) -> Option<StatusCode> {
        let Some(Trial::Refuses { first, last, answer }) = self.trial else { return None };
        let call = self.n_calls.fetch_add(1, Ordering::Relaxed) + 1;
        if call == first {
            self.tell(&format!("refused call {call}, {name}"));
        }
        (first..=last).contains(&call).then_some(answer)
    }
}

impl<C: Callbacks> Callbacks for Trying<'_, C> {
    fn log(&self, level: u32, message: &str) {
        self.inner.log(level, message);
    }

    fn fail(&self, status: StatusCode, message: &str) {
        self.inner.fail(status, message);
    }

    fn should_stop(&self) -> bool {
        let Some(Trial::Stops { ask }) = self.trial else { return self.inner.should_stop() };
        let now = self.n_asks.fetch_add(1, Ordering::Relaxed) + 1;
        if now < ask {
            return self.inner.should_stop();
        }
        if self.stopped.set(Instant::now()).is_ok() {
            self.tell(&format!("to stop at ask {now}"));
        }
        true
    }

    fn remaining_ms(&self) -> u64 {
        self.inner.remaining_ms()
    }

    fn artifact_begin(&self, name: &str, media_type: &str) -> Result<u64, StatusCode> {
        match self.refusal("artifact_begin") {
            Some(answer) => Err(answer),
            None => self.inner.artifact_begin(name, media_type),
        }
    }

    fn artifact_write(&self, handle: u64, data: &[u8]) -> StatusCode {
        self.refusal("artifact_write").unwrap_or_else(|| self.inner.artifact_write(handle, data))
    }

    fn artifact_end(&self, handle: u64, code: StatusCode) -> StatusCode {
        // A refused end is an end: a host closes the artifact all the same.
        let ended = self.inner.artifact_end(handle, code);
        self.refusal("artifact_end").unwrap_or(ended)
    }
}
