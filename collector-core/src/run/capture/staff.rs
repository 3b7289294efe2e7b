//! The workers a capture needs, one thread each.

use std::sync::mpsc::Sender;

use super::types::{CaptureError, Setup};
use crate::plan::{PlannedCollector, PluginFile};
use crate::run::wire;
use crate::run::worker::{Event, Setup as WorkerSetup, Worker};

/// Starts a thread per collector whose plugin was not refused; each loads its plugin at once.
pub(super) fn start_workers(
    setup: &Setup<'_>,
    events: &Sender<Event>,
) -> Result<Vec<Option<Worker>>, CaptureError> {
    let start = |(index, collector): (usize, &PlannedCollector)| match &collector.library {
        Err(_) => Ok(None),
        Ok(library) => {
            Worker::start(worker_setup(setup, index, collector, library), events.clone())
                .map(Some)
                .map_err(|source| CaptureError::Thread {
                    collector: collector.name.clone(),
                    source,
                })
        }
    };
    setup.collectors.iter().enumerate().map(start).collect()
}

fn worker_setup(
    setup: &Setup<'_>,
    index: usize,
    collector: &PlannedCollector,
    library: &PluginFile,
) -> WorkerSetup {
    let needs = &library.description.needs;
    WorkerSetup {
        collector: index,
        program: setup.program.clone(),
        start: wire::Start {
            library: library.path.clone().into_os_string(),
            sha256: library.sha256.clone(),
            pinned: collector.pinned,
            config_json: collector.config_json.clone(),
            max_bytes: collector.limits.max_bytes.0,
            max_memory: collector.limits.max_memory.0,
            capabilities: needs.caps.clone(),
            reads_other_processes: needs.proc_other_pids,
        },
        limits: collector.limits,
        page_size: setup.page_size,
        spool: setup.spool.clone(),
    }
}
