//! The workers a capture needs, one thread each.

use std::sync::mpsc::Sender;

use super::types::Setup;
use crate::plan::PlannedCollector;
use crate::run::process::RAISE_LIMIT;
use crate::run::worker::{Event, Setup as WorkerSetup, Worker};
use crate::units::Outcome;

/// Outcome and reason of every row of a collector that has no worker.
pub(super) type Unstaffed = (Outcome, String);

/// Starts a thread per collector whose plugin was not refused; each loads its plugin at once.
pub(super) fn start_workers(
    setup: &Setup<'_>,
    events: &Sender<Event>,
) -> Vec<Result<Worker, Unstaffed>> {
    let start = |(index, collector): (usize, &PlannedCollector)| match &collector.library {
        Err(refused) => Err((Outcome::Refused, refused.message.clone())),
        Ok(library) => {
            let Setup { program, page_size, spool, .. } = setup;
            let of_plan = WorkerSetup::new(collector, library, program, *page_size, spool);
            let worker = WorkerSetup { collector: index, ..of_plan };
            Worker::start(worker, events.clone()).map_err(|error| {
                (Outcome::Failed, format!("no thread for its worker: {error}; {RAISE_LIMIT}"))
            })
        }
    };
    setup.collectors.iter().enumerate().map(start).collect()
}
