//! Stores what the kernel says of each process's memory: `status`, `stat`, `timers` and
//! `smaps_rollup` of `/proc/PID`, in up to four artifacts of those names.
//!
//! An artifact is a sequence of records in ascending order of pid, one for each process:
//!
//! ```text
//! ==> 4242/status 1423 <==
//! Name:   dolt
//! ...
//! ```
//!
//! A header line `==> PID/FILE BYTES <==`, then exactly that many bytes as the kernel gave them,
//! then one line feed that is not counted. A reader goes by the number of bytes; the rest is for
//! the eye, as in the output of `tail`. The media types are `text/x-linux-pid-status`,
//! `text/x-linux-pid-stat`, `text/x-linux-pid-timers` and `text/x-linux-pid-smaps-rollup`.
//!
//! A process is the same in two samples if pid and start time, the 22nd field of `stat`, are. One
//! that ended while it was read is in none of the artifacts or in the first of them only; that is
//! no problem and a line of the log counts it. Kernel threads have no memory of their own and so
//! no record in `smaps_rollup`.
//!
//! To write `smaps_rollup` the kernel walks the page tables of the process: 21 to 43 ms for a GiB
//! resident in pages of 4 KiB, while it holds `mmap_lock`. So this plugin limits itself, whatever
//! the schedule and the machine: the largest process is read first, after 1 s no further one is
//! begun, and after a round that took a time T the next one comes 100 x T after its end at the
//! earliest, which is less than 1 % of one processor. The first sample has a round. A sample
//! without one, and processes left out of one, are lines of the log.
//!
//! `timers` is read of the processes of users that have many signals waiting (`timers`).
//!
//! Processes that are denied even to root are a line of the log too, as long as some can be read:
//! a security module protects them, and nobody who runs this can do anything about it.
//!
//! Nothing is added up here, and no command line or environment is read.

use std::path::PathBuf;

use plugin_api::{Context, Error, Plugin, Processes, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::budget::Budget;
use crate::rollup::Rollups;
use crate::scan::Scan;

mod budget;
mod faults;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod procfs;
mod records;
mod rollup;
mod scan;
mod stat;
mod timers;

/// What to read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Where procfs is mounted: `/host/proc` in a container that sees the host's.
    #[serde(default = "default_procfs")]
    procfs: PathBuf,
    /// The processes to store, by pid or by command name as in `/proc/PID/comm`; in a name
    /// `*` stands for any characters and `?` for one. Empty for all.
    #[serde(default)]
    #[schemars(extend("default" = []))]
    processes: Processes,
    /// The processes to store `smaps_rollup` of. Reading it makes the kernel walk all memory of
    /// the process: so none is begun after 1 s, all take less than 1 % of a processor, and not
    /// every sample has it.
    #[serde(default)]
    smaps_rollup: Rollups,
    /// How many are the largest, by resident memory.
    #[serde(default = "default_largest")]
    largest: usize,
    /// At most so many processes are looked at, those of the lowest pids.
    #[serde(default = "default_max_processes")]
    #[schemars(range(min = 1))]
    max_processes: usize,
}

fn default_procfs() -> PathBuf {
    "/proc".into()
}

fn default_largest() -> usize {
    3
}

/// As many as the kernel's default of `pid_max`.
fn default_max_processes() -> usize {
    32768
}

struct ProcessMemory {
    config: Config,
    budget: Budget,
}

impl Plugin for ProcessMemory {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        Ok(ProcessMemory { config, budget: Budget::default() })
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let config = &self.config;
        let mut files = procfs::Files::new(&config.procfs);
        let pids = files.pids(config.max_processes)?;
        let scan = Scan { context, processes: &config.processes, pids: &pids };
        // `None`: the time was up, and is so for what follows.
        if let Some(stored) = scan.store(&mut files)? {
            timers::store(context, &mut files, &stored.with_timers)?;
            let chosen = config.smaps_rollup.choose(stored.sizes, config.largest);
            rollup::store(context, &mut files, &chosen, &mut self.budget)?;
        }
        Ok(())
    }
}

collector_plugin!(ProcessMemory, "../plugin.json");

#[cfg(test)]
mod tests;
