//! What a plugin sees of the host while it works: a log, a clock, and a place for artifacts.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use crate::abi::{self, StatusCode};
use crate::runtime::HostView;
use crate::{Error, Status};

/// How much of a file is read at a time. `/proc` gives a page at most; a large file is read in few
/// calls.
const BUFFER_BYTES: usize = 64 * 1024;

thread_local! {
    /// The reused buffer of [`Context::copy`].
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// An error that is told by a problem too.
    Error,
    /// Something the reader of the bundle should know, such as a source this kernel lacks.
    Warn,
    /// What was done.
    Info,
    /// For the author.
    Debug,
}

/// The host, during one call of the plugin. Any thread may use it while the call lasts.
#[derive(Debug)]
pub struct Context {
    host: HostView,
    tally: Mutex<Tally>,
}

/// What the plugin has told so far, to know the status of the whole.
#[derive(Debug, Default)]
struct Tally {
    whole_artifacts: usize,
    first_problem: Option<Status>,
    denied: bool,
}

impl Context {
    pub(crate) fn new(host: HostView) -> Self {
        Context { host, tally: Mutex::default() }
    }

    /// Writes a line to the log of this sample.
    pub fn log(&self, level: Level, message: &str) {
        let level = match level {
            Level::Error => abi::level::ERROR,
            Level::Warn => abi::level::WARN,
            Level::Info => abi::level::INFO,
            Level::Debug => abi::level::DEBUG,
        };
        self.host.log(level, message);
    }

    /// Records that something could not be delivered; the plugin goes on with the rest.
    pub fn problem(&self, error: &Error) {
        self.host.fail(error.status().code(), error.message());
        let mut tally = self.tally();
        tally.first_problem.get_or_insert(error.status());
        tally.denied |= error.status() == Status::Denied;
    }

    /// Whether the plugin should return soon: the deadline has passed or the capture ends.
    #[must_use]
    pub fn stopping(&self) -> bool {
        self.host.should_stop()
    }

    /// [`stopping`](Context::stopping) as a function of its own, for use while the call lasts.
    #[cfg(feature = "http")]
    pub(crate) fn stop_signal(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let host = self.host;
        move || host.should_stop()
    }

    /// Time until the deadline of this call, if there is one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        match self.host.remaining_ms() {
            abi::NO_DEADLINE => None,
            ms => Some(Duration::from_millis(ms)),
        }
    }

    /// Starts an artifact. `name` is relative, `[A-Za-z0-9._-]` with `/` between parts, at most
    /// 200 bytes, and unique in the sample; `media_type` tells the reading side what it is.
    ///
    /// # Errors
    ///
    /// The host refuses the name, or takes no more.
    pub fn artifact(&self, name: &str, media_type: &str) -> Result<Artifact<'_>, Error> {
        match self.host.artifact_begin(name, media_type) {
            Ok(handle) => {
                Ok(Artifact { context: self, name: name.to_owned(), handle, ended: false })
            }
            Err(status) => Err(refused(status, name)),
        }
    }

    /// Copies the file at `path` into an artifact, as it is, and says how many bytes it had.
    ///
    /// Each byte is read once, into a reused buffer. A file that cannot be opened or read at all
    /// leaves no artifact, so that an unreadable file never looks like an empty one.
    ///
    /// # Errors
    ///
    /// [`Error::reading`] for the file; [`Status::Quota`] when the host takes no more.
    pub fn copy(&self, path: impl AsRef<Path>, name: &str, media_type: &str) -> Result<u64, Error> {
        let path = path.as_ref();
        let reading = |error: io::Error| Error::reading(path, &error);
        let mut file = File::open(path).map_err(reading)?;
        BUFFER.with_borrow_mut(|buffer| {
            buffer.resize(BUFFER_BYTES, 0);
            let mut n = read_some(&mut file, buffer).map_err(reading)?;
            let mut artifact = self.artifact(name, media_type)?;
            let mut total = 0;
            while n > 0 {
                artifact.append(&buffer[..n])?;
                total += n as u64;
                n = read_some(&mut file, buffer).map_err(reading)?;
            }
            artifact.finish()?;
            Ok(total)
        })
    }

    /// The status of the whole call: denied if anything was, else partial if anything was
    /// delivered, else the first problem's.
    pub(crate) fn status(&self) -> StatusCode {
        let tally = self.tally();
        match tally.first_problem {
            None => abi::status::OK,
            Some(_) if tally.denied => abi::status::DENIED,
            Some(_) if tally.whole_artifacts > 0 => abi::status::PARTIAL,
            Some(first) => first.code(),
        }
    }

    fn tally(&self) -> std::sync::MutexGuard<'_, Tally> {
        // A tally is never left half-changed, so a panic elsewhere does not spoil it.
        self.tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Reads once, again if a signal came first.
pub(crate) fn read_some(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// One artifact being written. Dropped without [`finish`](Artifact::finish) it is kept and marked
/// as cut, so `?` and a panic leave none open.
#[derive(Debug)]
pub struct Artifact<'c> {
    context: &'c Context,
    name: String,
    handle: u64,
    ended: bool,
}

impl Artifact<'_> {
    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// [`Status::Quota`] when the limit of this collector and sample is reached.
    pub fn append(&mut self, data: &[u8]) -> Result<(), Error> {
        match self.context.host.artifact_write(self.handle, data) {
            abi::status::OK => Ok(()),
            status => Err(refused(status, &self.name)),
        }
    }

    /// Ends the artifact: it is whole.
    ///
    /// # Errors
    ///
    /// The host could not keep it.
    pub fn finish(mut self) -> Result<(), Error> {
        self.ended = true;
        match self.context.host.artifact_end(self.handle, abi::status::OK) {
            abi::status::OK => {
                self.context.tally().whole_artifacts += 1;
                Ok(())
            }
            status => Err(refused(status, &self.name)),
        }
    }
}

impl Write for Artifact<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.append(data)?;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Artifact<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // The host knows what it kept; a cut artifact has no better end than this.
            let _ = self.context.host.artifact_end(self.handle, abi::status::PARTIAL);
        }
    }
}

/// The error of a callback about the artifact `name` that the host did not answer with OK.
fn refused(status: StatusCode, name: &str) -> Error {
    match status {
        abi::status::QUOTA => Error::new(
            Status::Quota,
            format!("artifact {name}: the limit of this collector is reached"),
        ),
        abi::status::STOPPED => Error::new(Status::Stopped, format!("artifact {name}: stopped")),
        other => Error::failed(format!("artifact {name}: the host answered status {other}")),
    }
}
