//! What goes into a capture and comes out of it.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::manifest::Secrets;
use crate::plan::PlannedCollector;
use crate::run::instruments::{Instruments, Stamp};
use crate::run::outcome::{Artifact, Delivery, Problem};
use crate::run::spool::Spool;
use crate::run::worker::Event;
use crate::units::Outcome;

/// What a capture needs.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "two trait objects, which have none")]
pub struct Setup<'a> {
    /// What runs, in the order of a sample.
    pub collectors: &'a [PlannedCollector],
    /// Time between two samples of a collector without an interval of its own; `None` is once.
    pub every: Option<Duration>,
    /// Ticks come before this time.
    pub span: Duration,
    /// The program that becomes a worker: `/proc/self/exe`.
    pub program: &'a PathBuf,
    /// Bytes of a page of memory on this machine.
    pub page_size: u64,
    /// Where artifacts are held while they arrive.
    pub spool: &'a Spool,
    /// Clocks and meters.
    pub instruments: &'a dyn Instruments,
    /// Who is told of the progress.
    pub observer: &'a dyn Observer,
    /// What no text of a row may show.
    pub secrets: &'a Secrets,
}

/// A capture's queue of events, made before it starts so that a signal finds it.
#[derive(Debug)]
pub struct Inbox {
    pub(in crate::run) sender: Sender<Event>,
    pub(in crate::run) receiver: Receiver<Event>,
}

impl Inbox {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        let (sender, receiver) = channel();
        Inbox { sender, receiver }
    }

    /// A way to tell the capture of signals, from another thread.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.sender.clone())
    }
}

impl Default for Inbox {
    fn default() -> Self {
        Self::new()
    }
}

/// Tells a capture of signals.
#[derive(Debug, Clone)]
pub struct Interrupter(Sender<Event>);

impl Interrupter {
    /// The process got `signal`: the first ends the capture after the sample in progress, the
    /// second at once. `false` when the capture is over.
    pub fn signal(&self, signal: i32) -> bool {
        self.0.send(Event::Signal(signal)).is_ok()
    }
}

/// A sample's place in the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleHead {
    /// Number of the tick, from 0.
    pub index: u64,
    /// The name of the sample: the wall time of the first tick plus this tick's offset, so that
    /// names are in order and differ even when the wall clock is set or a tick is late.
    pub named: DateTime<Utc>,
    /// When it was taken.
    pub began: Stamp,
    /// Monotonic time since the start of the capture.
    pub since_start: Duration,
    /// `CLOCK_BOOTTIME` since the start of the capture.
    pub boottime_since_start: Duration,
}

/// A finished sample.
#[derive(Debug)]
pub struct Sample {
    /// Its place.
    pub head: SampleHead,
    /// From its tick to the last row.
    pub duration: Duration,
    /// One row per collector that was due, in the order of the plan.
    pub rows: Vec<SampleRow>,
    /// Nobody was asked: the core was held up past the next tick, whose sample follows at once.
    pub missed: bool,
}

/// A row of a sample.
#[derive(Debug)]
pub struct SampleRow {
    /// The collector's name.
    pub collector: String,
    /// From the tick to the request; `None` if it was not asked.
    pub started: Option<Duration>,
    /// How it fared. Its artifacts have been handed on.
    pub delivery: Delivery,
    /// What was stored of it.
    pub files: Vec<StoredFile>,
}

impl SampleRow {
    /// Notes that `artifact` was stored.
    pub(super) fn store(&mut self, artifact: &Artifact) {
        self.files.push(StoredFile {
            name: artifact.name.clone(),
            media_type: artifact.media_type.clone(),
            n_bytes: artifact.content.n_bytes(),
            sha256: artifact.content.sha256(),
            cut: artifact.cut,
        });
    }

    /// Notes that the artifact `name` was not stored; `outcome` is the word for that.
    pub(super) fn leave_out(&mut self, name: &str, outcome: Outcome, why: &str) {
        let message = format!("{name} was collected and not stored: {why}");
        if self.delivery.outcome == Outcome::Ok {
            self.delivery.outcome = outcome;
            self.delivery.reason = Some(message.clone());
        }
        self.delivery.problems.push(Problem { outcome, message });
    }
}

/// An artifact that was handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name below the collector's directory.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Its length.
    pub n_bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Whether its end is missing.
    pub cut: bool,
}

/// Whether the sink can take more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// It can.
    Enough,
    /// It cannot, because of a limit the customer set.
    Full(Full),
}

/// Which limit is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Full {
    /// The size of the bundle; in words.
    Size(String),
    /// The space on the disk; in words.
    Disk(String),
}

impl Full {
    /// The word for what is not stored because of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Full::Size(_) => Outcome::Quota,
            Full::Disk(_) => Outcome::Skipped,
        }
    }

    /// The limit in words.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Full::Size(detail) | Full::Disk(detail) => detail,
        }
    }
}

/// Why the sink did not take something.
#[derive(Debug)]
pub enum SinkError {
    /// This artifact does not fit; smaller ones may.
    Full(Full),
    /// This artifact cannot be stored, in words; others can.
    Unstorable(String),
    /// Nothing more can be stored.
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

/// Where samples go: the writer of a bundle.
pub trait Sink {
    /// Stores one artifact of a sample that is not finished.
    ///
    /// # Errors
    ///
    /// See [`SinkError`].
    fn append(
        &mut self,
        sample: &SampleHead,
        collector: &str,
        artifact: &mut Artifact,
    ) -> Result<(), SinkError>;

    /// Finishes a sample; when this returns, it is safe from a crash. One that was missed is safe
    /// with the next that was not: a core that is behind would fall behind further by waiting for
    /// the disk.
    ///
    /// # Errors
    ///
    /// See [`SinkError`].
    fn end_sample(&mut self, sample: &Sample) -> Result<Room, SinkError>;
}

/// Who is told of the progress. Called on the capture's thread: be quick.
pub trait Observer {
    /// The plugins are being loaded.
    fn preparing(&self) {}
    /// A sample begins with these collectors.
    fn sample_began(&self, _head: &SampleHead, _due: &[&str]) {}
    /// A collector is asked for its part.
    fn collector_began(&self, _collector: &str) {}
    /// A collector is done; its files are not stored yet.
    fn collector_ended(&self, _collector: &str, _delivery: &Delivery) {}
    /// So many samples were missed since the last one that was stored.
    fn samples_missed(&self, _n: u64) {}
    /// A sample is stored.
    fn sample_ended(&self, _sample: &Sample) {}
    /// A signal came; `at_once` for the second.
    fn interrupted(&self, _signal: i32, _at_once: bool) {}
}

/// Why a capture ended.
#[derive(Debug)]
pub enum Ended {
    /// Its schedule was done.
    Finished,
    /// A signal came.
    Signal(i32),
    /// A limit was reached.
    Full(Full),
    /// The sink could not go on.
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

/// The start of a capture, on its clocks; times in the bundle count from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start(pub Stamp);

/// How a capture went.
#[derive(Debug)]
pub struct Finished {
    /// Why it ended.
    pub ended: Ended,
    /// When it ended.
    pub at: Stamp,
    /// Monotonic time from its start to its end.
    pub duration: Duration,
    /// Rows whose outcome is not `ok`.
    pub n_not_ok: u64,
}
