//! A host that is not as it should be, to see what a plugin makes of it.
//!
//! It stands before a host that is, and passes on what it does not spoil. That it did spoil
//! something is told to that host by a way of its own, which no plugin has: what a plugin logs can
//! neither fill it nor be taken for it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Callbacks;
use crate::abi::StatusCode;

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

/// What a host has spoiled, and when the plugin came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It refused a call. Of those that it refuses, only the first is told.
    Refused {
        /// Which callback.
        callback: Refusable,
        /// Which call of those that can be refused, from 1.
        call: u64,
    },
    /// The plugin wrote to or ended an artifact that is not open; only the first is told.
    Misused {
        /// The handle that it gave.
        handle: u64,
    },
    /// `should_stop` answered 1 for the first time.
    Stopped {
        /// At which of its calls, from 1.
        ask: u64,
    },
    /// The plugin's function has returned after that.
    Returned {
        /// How many milliseconds after.
        after_ms: u64,
    },
}

/// The callbacks that [`Trial::Refuses`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusable {
    /// `artifact_begin`
    Begin,
    /// `artifact_write`
    Write,
    /// `artifact_end`
    End,
}

impl fmt::Display for Refusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusable::Begin => "artifact_begin",
            Refusable::Write => "artifact_write",
            Refusable::End => "artifact_end",
        })
    }
}

/// Words that follow "the host".
impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tried::Refused { callback, call } => write!(f, "refused call {call}, {callback}"),
            Tried::Misused { handle } => {
                write!(f, "was given the handle {handle}, which is not open")
            }
            Tried::Stopped { ask } => write!(f, "wanted it to stop at ask {ask}"),
            Tried::Returned { after_ms } => write!(f, "saw it return {after_ms} ms later"),
        }
    }
}

/// A host that `inner` stands behind.
#[derive(Debug)]
pub struct Trying<'c, C> {
    inner: &'c C,
    trial: Option<Trial>,
    n_calls: AtomicU64,
    n_asks: AtomicU64,
    stopped: OnceLock<Instant>,
    /// The handles of open artifacts, as far as this host has seen.
    open: Mutex<Vec<u64>>,
    misused: OnceLock<()>,
}

impl<'c, C: Callbacks> Trying<'c, C> {
    /// A host like `inner`, but for `trial`.
    #[must_use]
    pub fn new(inner: &'c C, trial: Option<Trial>) -> Self {
        let (n_calls, n_asks) = (AtomicU64::new(0), AtomicU64::new(0));
        let (stopped, misused) = (OnceLock::new(), OnceLock::new());
        Trying { inner, trial, n_calls, n_asks, stopped, open: Mutex::default(), misused }
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
            let after_ms = u64::try_from(stopped.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.inner.tried(Tried::Returned { after_ms });
        }
    }

    /// Whether a call was refused.
    pub fn has_refused(&self) -> bool {
        let n_calls = self.n_calls.load(Ordering::Relaxed);
        matches!(self.trial, Some(Trial::Refuses { first, .. }) if n_calls >= first)
    }

    /// Counts a call, and gives the answer when it is one to refuse. Only the first is told.
    fn refusal(&self, callback: Refusable) -> Option<StatusCode> {
        let Some(Trial::Refuses { first, last, answer }) = self.trial else { return None };
        let call = self.n_calls.fetch_add(1, Ordering::Relaxed) + 1;
        if call == first {
            self.inner.tried(Tried::Refused { callback, call });
        }
        (first..=last).contains(&call).then_some(answer)
    }

    /// Tells when `handle` is not that of an open artifact.
    fn look_at(&self, handle: u64) {
        let is_open = self.trial.is_none() || self.open().contains(&handle);
        if !is_open && self.misused.set(()).is_ok() {
            self.inner.tried(Tried::Misused { handle });
        }
    }

    fn open(&self) -> MutexGuard<'_, Vec<u64>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
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
            self.inner.tried(Tried::Stopped { ask: now });
        }
        true
    }

    fn remaining_ms(&self) -> u64 {
        self.inner.remaining_ms()
    }

    fn artifact_begin(&self, name: &str, media_type: &str) -> Result<u64, StatusCode> {
        match self.refusal(Refusable::Begin) {
            Some(answer) => Err(answer),
            None => self.inner.artifact_begin(name, media_type).inspect(|handle| {
                if self.trial.is_some() {
                    self.open().push(*handle);
                }
            }),
        }
    }

    fn artifact_write(&self, handle: u64, data: &[u8]) -> StatusCode {
        self.look_at(handle);
        self.refusal(Refusable::Write).unwrap_or_else(|| self.inner.artifact_write(handle, data))
    }

    fn artifact_end(&self, handle: u64, code: StatusCode) -> StatusCode {
        self.look_at(handle);
        self.open().retain(|it| *it != handle);
        // A refused end is an end: a host closes the artifact all the same.
        let ended = self.inner.artifact_end(handle, code);
        self.refusal(Refusable::End).unwrap_or(ended)
    }
}
