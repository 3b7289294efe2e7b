//! What a worker is made of: values, decided before it starts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::manifest::Limits;
use crate::plan::{PlannedCollector, PluginFile};
use crate::run::process::END_TIME;
use crate::run::spool::Spool;
use crate::run::wire::Start;

/// What a worker is made of.
#[derive(Debug)]
pub(crate) struct Setup {
    /// Position of the collector in the plan.
    pub(crate) collector: usize,
    /// The program that becomes the worker.
    pub(crate) program: PathBuf,
    pub(crate) start: Start,
    pub(crate) limits: Limits,
    pub(crate) page_size: u64,
    pub(crate) spool: Spool,
    /// How long the plugin's `destroy` may take.
    pub(crate) end_time: Duration,
}

impl Setup {
    /// For `collector`, whose plugin is `library`: the first of a plan. `program` becomes the
    /// worker.
    pub(crate) fn new(
        collector: &PlannedCollector,
        library: &PluginFile,
        program: &Path,
        page_size: u64,
        spool: &Spool,
    ) -> Self {
        let needs = &library.description.needs;
        Setup {
            collector: 0,
            program: program.to_owned(),
            start: Start {
                library: library.path.clone().into_os_string(),
                sha256: library.sha256.clone(),
                pinned: collector.pinned,
                config_json: collector.config_json.clone(),
                max_bytes: collector.limits.max_bytes.0,
                max_memory: collector.limits.max_memory.0,
                capabilities: needs.caps.clone(),
                reads_other_processes: needs.proc_other_pids,
                debugger: false,
                trial: None,
            },
            limits: collector.limits,
            page_size,
            spool: spool.clone(),
            end_time: END_TIME,
        }
    }
}
