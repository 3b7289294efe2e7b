//! Records a plan as a bundle: the one place where the collecting half meets the writer.
//!
//! The values of a capture are turned into those of the stored format by hand, so that neither
//! side is bound by the other's shape.

mod convert;

use std::fmt;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::layout::{RootName, sample_directory};
use super::writer::{self, BundleWriter, WriteError, WriterOptions};
use crate::plan::Plan;
use crate::run::{
    self, Artifact, Ended, Full, Inbox, Instruments, Observer, Sample, SampleHead, Sink, SinkError,
    Spool, Stamp, Start, capture,
};
use crate::units::{Bytes, HostFacts, Outcome, Timestamp};

/// A capture to be recorded.
#[expect(missing_debug_implementations, reason = "two trait objects, which have none")]
pub struct Recording<'a> {
    /// What runs.
    pub plan: &'a Plan,
    /// The host it runs on.
    pub host: &'a HostFacts,
    /// The manifest as used, secrets masked.
    pub manifest_yaml: &'a str,
    /// The command as it was typed, secrets masked.
    pub command_line: Vec<String>,
    /// The program that becomes a worker; `/proc/self/exe`, but for tests.
    pub program: PathBuf,
    /// Clocks and meters.
    pub instruments: &'a dyn Instruments,
    /// Who is told of the progress.
    pub observer: &'a dyn Observer,
}

/// A bundle that was written.
#[derive(Debug)]
pub struct Recorded {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: Bytes,
    /// Finished samples in it.
    pub n_samples: u64,
    /// Rows by outcome.
    pub totals: std::collections::BTreeMap<Outcome, u64>,
    /// Why the capture ended.
    pub ended: Ended,
    /// Rows whose outcome is not `ok`.
    pub n_not_ok: u64,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.n_samples == 1 { "" } else { "s" };
        write!(f, "{} sample{s}, {}", self.n_samples, self.bytes)?;
        for (outcome, n) in &self.totals {
            write!(f, ", {n} {outcome}")?;
        }
        match &self.ended {
            Ended::Finished => Ok(()),
            ended => write!(f, "; ended early: {}", convert::detail(ended).unwrap_or_default()),
        }
    }
}

/// Why a capture left no complete bundle.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The bundle could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The bundle could not be written to, in the middle of the capture.
    #[error(transparent)]
    Broken(Box<dyn std::error::Error + Send + Sync>),
    /// The capture could not go on, and the bundle could not be completed.
    #[error("the capture ended: {ended}")]
    Incomplete {
        /// Why the capture ended.
        ended: String,
        /// Why the bundle could not be completed.
        source: WriteError,
    },
}

/// Takes the capture and writes its bundle.
///
/// # Errors
///
/// See [`RecordError`]; the error names the `.partial` file where one was left.
pub fn record(recording: &Recording<'_>, inbox: Inbox) -> Result<Recorded, RecordError> {
    let plan = recording.plan;
    let (start, writer) = create(recording)?;
    let spool = Spool::new(writer.disk().clone());
    let setup = run::Setup {
        collectors: &plan.collectors,
        every: plan.schedule.every(),
        // One sample has no span: its only tick is at the start.
        span: plan.schedule.span().unwrap_or(Duration::ZERO),
        program: &recording.program,
        page_size: recording.host.page_size,
        spool: &spool,
        instruments: recording.instruments,
        observer: recording.observer,
        secrets: &plan.secrets,
    };
    let mut sink = Writing(writer);
    let finished = capture(&setup, Start(start), inbox, &mut sink);
    let ending = writer::Ending {
        reason: convert::reason(&finished.ended),
        detail: convert::detail(&finished.ended),
        ended: Timestamp::new(finished.at.wall),
        duration_ms: convert::millis(finished.duration),
        cost: convert::own_cost(recording.instruments.own_cost()),
    };
    match sink.0.finish(ending) {
        Ok(done) => Ok(Recorded {
            path: done.path,
            bytes: done.bytes,
            n_samples: done.samples,
            totals: done.totals,
            ended: finished.ended,
            n_not_ok: finished.n_not_ok,
        }),
        Err(source) => Err(match (convert::detail(&finished.ended), finished.ended, source) {
            (_, Ended::Broken(error), WriteError::GivenUp { .. }) => RecordError::Broken(error),
            (Some(ended), _, source) => RecordError::Incomplete { ended, source },
            (None, _, source) => source.into(),
        }),
    }
}

/// Creates the bundle and gives the moment in its name. A name is taken when another capture began
/// in the same second: then this one begins in the next.
fn create(recording: &Recording<'_>) -> Result<(Stamp, BundleWriter), WriteError> {
    let plan = recording.plan;
    let mut n_tries_left = 3;
    loop {
        let start = recording.instruments.now();
        let options = WriterOptions {
            directory: plan.output.directory.clone(),
            root: RootName::new(&recording.host.hostname, plan.case.as_deref(), start.wall),
            compression: plan.output.compression,
            max_bytes: plan.output.max_bytes,
            min_free: plan.output.min_free,
        };
        let first_entry = convert::capture(recording, start);
        n_tries_left -= 1;
        match BundleWriter::create(options, &first_entry, recording.manifest_yaml) {
            Err(WriteError::Exists { .. }) if n_tries_left > 0 => {
                let past_second = start.wall.timestamp_subsec_millis().min(999);
                thread::sleep(Duration::from_millis(u64::from(1000 - past_second)));
            }
            created => return created.map(|writer| (start, writer)),
        }
    }
}

/// The writer as a capture's sink.
struct Writing(BundleWriter);

impl Sink for Writing {
    fn append(
        &mut self,
        sample: &SampleHead,
        collector: &str,
        artifact: &mut Artifact,
    ) -> Result<(), SinkError> {
        let file = convert::file(collector, artifact);
        let directory = sample_directory(sample.named);
        let mtime = Timestamp::new(sample.began.wall);
        let mut content = artifact.content.reader().map_err(|error| {
            SinkError::Unstorable(format!("what was held of it cannot be read: {error}"))
        })?;
        self.0.append(&directory, &file, mtime, &mut content).map_err(sink_error)
    }

    fn end_sample(&mut self, sample: &Sample) -> Result<run::Room, SinkError> {
        let directory = sample_directory(sample.head.named);
        let row = convert::sample(sample);
        let room = match sample.missed {
            true => self.0.pass_sample(&directory, &row),
            false => self.0.end_sample(&directory, &row),
        };
        Ok(match full(room.map_err(sink_error)?) {
            Some(full) => run::Room::Full(full),
            None => run::Room::Enough,
        })
    }
}

fn sink_error(error: WriteError) -> SinkError {
    match error {
        WriteError::NoRoom { room, .. } => match full(room) {
            Some(full) => SinkError::Full(full),
            None => SinkError::Unstorable(error.to_string()),
        },
        error if error.is_final() => SinkError::Broken(Box::new(error)),
        error => SinkError::Unstorable(error.to_string()),
    }
}

fn full(room: writer::Room) -> Option<Full> {
    match room {
        writer::Room::Enough => None,
        writer::Room::Size { .. } => Some(Full::Size(room.to_string())),
        writer::Room::Disk(_) | writer::Room::Removed => Some(Full::Disk(room.to_string())),
    }
}
