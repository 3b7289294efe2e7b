//! `smaps_rollup` of a few processes: their memory with shared pages divided among the sharers.
//!
//! To write it the kernel walks the page tables of the process, some 25 ms for a GiB in pages of
//! 4 KiB, so it is read last and of few.

use std::cmp::Reverse;

use plugin_api::{Context, Error, Level, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// The pids, ascending.
    pub(crate) fn choose(self, mut sizes: Vec<Size>, n_largest: usize) -> Vec<u32> {
        match self {
            Rollups::All => {}
            Rollups::None => sizes.clear(),
            Rollups::Largest => {
                sizes.sort_unstable_by_key(|it| (Reverse(it.resident_pages), it.pid));
                sizes.truncate(n_largest);
            }
        }
        let mut pids: Vec<u32> = sizes.iter().map(|it| it.pid).collect();
        pids.sort_unstable();
        pids
    }
}

/// Stores `smaps_rollup` of `pids` and tells what is missing.
///
/// # Errors
///
/// The host takes no more.
pub(crate) fn store(context: &Context, files: &mut Files<'_>, pids: &[u32]) -> Result<(), Error> {
    let mut records = Records::new(context, "smaps_rollup", "text/x-linux-pid-smaps-rollup");
    let mut faults = Faults::default();
    let mut n_unread = 0;
    for (index, &pid) in pids.iter().enumerate() {
        if context.stopping() {
            n_unread = pids.len() - index;
            break;
        }
        let error = match files.read(pid, "smaps_rollup") {
            Ok(text) => {
                // Empty is that of a process which has just let go of its memory.
                if !text.is_empty() {
                    records.push(pid, text)?;
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
        faults.add(error);
    }
    faults.tell(
        context,
        "smaps_rollup",
        pids.len(),
        "other users' take CAP_SYS_PTRACE, and a security module may deny even that: run as root, \
         in a container with this capability added, to add them",
    );
    if n_unread > 0 {
        context.problem(&Error::new(
            Status::Stopped,
            format!(
                "the time was up: smaps_rollup of {n_unread} of {} processes not read",
                pids.len()
            ),
        ));
    }
    records.end(n_unread == 0)
}
