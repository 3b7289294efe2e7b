//! The workers a capture needs, one thread each.

use std::sync::mpsc::Sender;

use super::types::{CaptureError, Setup};
use crate::plan::PlannedCollector;
use crate::run::worker::{Event, Setup as WorkerSetup, Worker};

/// Starts a thread per collector whose plugin was not refused; each loads its plugin at once.
pub(super) fn start_workers(
    setup: &Setup<'_>,
    events: &Sender<Event>,
) -> Result<Vec<Option<Worker>>, CaptureError> {
    let start = |(index, collector): (usize, &PlannedCollector)| match &collector.library {
        Err(_) => Ok(None),
        Ok(library) => {
            let Setup { program, page_size, spool, .. } = setup;
            let of_plan = WorkerSetup::new(collector, library, program, *page_size, spool);
            let worker = WorkerSetup { collector: index, ..of_plan };
            Worker::start(worker, events.clone()).map(Some).map_err(|source| CaptureError::Thread {
                collector: collector.name.clone(),
                source,
            })
        }
    };
    setup.collectors.iter().enumerate().map(start).collect()
}
