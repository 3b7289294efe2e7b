//! `smaps_rollup` of a few processes: their memory with shared pages divided among the sharers.
//!
//! Reading it is dear, see the top of the plugin: so it comes last, of few, and within a [`Budget`].

use std::cmp::Reverse;
use std::time::Instant;

use plugin_api::{Context, Error, Level, Status, may_read_all_processes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::faults::Faults;
use crate::procfs::Files;
use crate::records::Records;
use crate::scan::Size;

/// The processes to store `smaps_rollup` of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rollups {
    /// The largest of the stored ones.
    #[default]
    Largest,
    /// All stored ones.
    All,
    /// None.
    None,
}

impl Rollups {
    /// The pids, the largest process first.
    pub(crate) fn choose(self, mut sizes: Vec<Size>, n_largest: usize) -> Vec<u32> {
        sizes.sort_unstable_by_key(|it| (Reverse(it.resident_pages), it.pid));
        match self {
            Rollups::All => {}
            Rollups::None => sizes.clear(),
            Rollups::Largest => sizes.truncate(n_largest),
        }
        sizes.iter().map(|it| it.pid).collect()
    }
}

/// What one round read.
#[derive(Debug, Default)]
struct Round {
    texts: Vec<(u32, Vec<u8>)>,
    faults: Faults,
    /// How many processes the deadline left no time for.
    n_unread: usize,
    /// How many processes the round itself left out.
    n_left_out: usize,
}

/// Stores `smaps_rollup` of `pids`, the most important first, and tells what is missing. Stores
/// nothing if the last round was too short a time ago.
///
/// # Errors
///
/// The host takes no more.
pub(crate) fn store(
    context: &Context,
    files: &mut Files<'_>,
    pids: &[u32],
    budget: &mut Budget,
) -> Result<(), Error> {
    if pids.is_empty() {
        return Ok(());
    }
    let began = Instant::now();
    if let Some(wait) = budget.wait(began) {
        let message = format!(
            "smaps_rollup: not read this time, to take less than 1 % of a processor; the next may \
             come in {} s",
            wait.as_millis().div_ceil(1000)
        );
        context.log(Level::Info, &message);
        return Ok(());
    }
    let mut round = Round::default();
    round.read(context, files, pids, budget, began);
    budget.spend(began, Instant::now());
    round.store(context, pids.len())
}

impl Round {
    fn read(
        &mut self,
        context: &Context,
        files: &mut Files<'_>,
        pids: &[u32],
        budget: &Budget,
        began: Instant,
    ) {
        for (index, &pid) in pids.iter().enumerate() {
            if context.stopping() {
                self.n_unread = pids.len() - index;
                break;
            }
            if index > 0 && budget.is_over(began, Instant::now()) {
                self.n_left_out = pids.len() - index;
                break;
            }
            let error = match files.read(pid, "smaps_rollup") {
                Ok(text) => {
                    self.faults.read();
                    // Empty is that of a process which has just let go of its memory.
                    if !text.is_empty() {
                        self.texts.push((pid, text.to_owned()));
                    }
                    continue;
                }
                Err(error) => error,
            };
            if files.is_lacking(pid, "smaps_rollup") {
                let since = "kernels have it since 4.14 with CONFIG_PROC_PAGE_MONITOR";
                context.log(Level::Warn, &format!("{error}; {since}"));
                break;
            }
            self.faults.add(error, pid, || files.name(pid));
        }
    }

    fn store(mut self, context: &Context, n_processes: usize) -> Result<(), Error> {
        self.faults.tell(
            context,
            "smaps_rollup",
            n_processes,
            "other users' take CAP_SYS_PTRACE, and a security module may deny even that: run as \
             root, in a container with this capability added, to add them",
            may_read_all_processes(),
        );
        if self.n_left_out > 0 {
            let message = format!(
                "smaps_rollup of {} of {n_processes} processes left out, the smallest: no read is \
                 begun after 1 s, to do no harm",
                self.n_left_out
            );
            context.log(Level::Warn, &message);
        }
        if self.n_unread > 0 {
            let message = format!(
                "the time was up: smaps_rollup of {} of {n_processes} processes not read",
                self.n_unread
            );
            context.problem(&Error::new(Status::Stopped, message));
        }
        self.texts.sort_unstable_by_key(|(pid, _)| *pid);
        let mut records = Records::new(context, "smaps_rollup", "text/x-linux-pid-smaps-rollup");
        for (pid, text) in &self.texts {
            records.push(*pid, text)?;
        }
        records.end(self.n_unread == 0)
    }
}
