//! Puts the lines of several threads back into order.
//!
//! Units of work are numbered as they are taken; each thread writes its unit when all before it
//! are written. A thread holds one unit, in a buffer of bounded size: when that is full before
//! the unit is done, it waits for its turn, writes, and goes on. So memory does not depend on
//! the amount of data, and a process with most of the descriptors needs no special case.

use std::io::{BufWriter, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use plugin_api::{Artifact, Error};

/// Small units are gathered up to this, so that each small process is not a message of its own to
/// the host.
const GATHER_BYTES: usize = 64 * 1024;

/// The artifact, and whose turn it is.
#[derive(Debug)]
pub(crate) struct Output<'c> {
    state: Mutex<State<'c>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<'c> {
    artifact: BufWriter<Artifact<'c>>,
    turn: u64,
    /// A write failed or a thread panicked: nothing more is written.
    closed: bool,
    failure: Option<Error>,
}

/// Nothing more is written; the output knows why.
#[derive(Debug)]
pub(crate) struct Closed;

impl<'c> Output<'c> {
    pub(crate) fn new(artifact: Artifact<'c>) -> Self {
        let artifact = BufWriter::with_capacity(GATHER_BYTES, artifact);
        let state = State { artifact, turn: 0, closed: false, failure: None };
        Output { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The right to write unit `number`. Dropped before it is [`finished`](Turn::finish) it closes
    /// the output, so that a thread that panics leaves no other waiting.
    pub(crate) fn turn(&self, number: u64) -> Turn<'_, 'c> {
        Turn { output: self, number, finished: false }
    }

    /// The artifact with everything written, for its end.
    pub(crate) fn into_artifact(self) -> Result<Artifact<'c>, Error> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.failure {
            Some(failure) => Err(failure),
            None => state.artifact.into_inner().map_err(|error| error.into_error().into()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'c>> {
        // A panic while this is held closes the output through the `Turn` that is dropped.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Output::turn`].
#[derive(Debug)]
pub(crate) struct Turn<'o, 'c> {
    output: &'o Output<'c>,
    number: u64,
    finished: bool,
}

impl Turn<'_, '_> {
    /// Writes some lines of the unit, when its turn has come.
    pub(crate) fn write(&self, lines: &[u8]) -> Result<(), Closed> {
        let state = self.output.lock();
        let mut state = self
            .output
            .changed
            .wait_while(state, |state| state.turn != self.number && !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(Closed);
        }
        if let Err(error) = state.artifact.write_all(lines) {
            state.closed = true;
            state.failure = Some(error.into());
            self.output.changed.notify_all();
            return Err(Closed);
        }
        Ok(())
    }

    /// Writes the last lines of the unit and passes the turn on.
    pub(crate) fn finish(mut self, lines: &[u8]) -> Result<(), Closed> {
        self.write(lines)?;
        self.finished = true;
        self.output.lock().turn += 1;
        self.output.changed.notify_all();
        Ok(())
    }
}

impl Drop for Turn<'_, '_> {
    fn drop(&mut self) {
        if !self.finished {
            self.output.lock().closed = true;
            self.output.changed.notify_all();
        }
    }
}
