//! What a worker and all it has started may take of the machine: memory and processes.
//!
//! Its bytes are counted where they arrive, in `call`; files it makes are bounded by `limits`.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustix::io::Errno;

use super::family::{self, Family, Look};
use super::outcome::End;
use super::process::Process;
use crate::units::Bytes;

/// How often the memory of a worker that collects is looked at.
pub(crate) const INTERVAL: Duration = Duration::from_millis(200);
/// The least time between two looks at the family of one that does not: it has nothing to do.
pub(crate) const IDLE_REST: Duration = Duration::from_secs(2);
/// Most processes of one worker, itself included. A plugin that runs a program needs two.
const MAX_PROCESSES: usize = 64;

/// Watches one worker.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    last: Option<Arc<Look>>,
    /// Whether the family had too much memory at the last look.
    had_too_much: bool,
}

impl Watch {
    /// How the worker's call ends because it takes too much; `None` when it does not. Its own
    /// memory is looked at each time, its family only where nobody has looked for `rest`, and not
    /// at all without it: a look may take `LOOK_TIME`.
    pub(crate) fn look(
        &mut self,
        process: &Process,
        max_memory: Bytes,
        page_size: u64,
        rest: Option<Duration>,
    ) -> Option<End> {
        if process.resident(page_size).is_some_and(|used| used > max_memory) {
            return Some(End::TooMuchMemory { limit: max_memory, n_processes: 1 });
        }
        let look = family::look(rest?);
        if !look.is_other(self.last.as_ref()) {
            return None;
        }
        let family = look.family(process.id());
        self.last = Some(look);
        let n_processes = family.members.len();
        if n_processes > MAX_PROCESSES {
            return Some(End::TooManyProcesses { n: n_processes, limit: MAX_PROCESSES });
        }
        // A process that is about to become another program shows its parent's memory for a
        // moment, so one look convicts nobody.
        let has_too_much = has_more_than(&family, max_memory, page_size);
        let had_too_much = std::mem::replace(&mut self.had_too_much, has_too_much);
        (has_too_much && had_too_much)
            .then_some(End::TooMuchMemory { limit: max_memory, n_processes })
    }
}

/// Whether the family has more than `limit` resident, what it shares counted once.
fn has_more_than(family: &Family, limit: Bytes, page_size: u64) -> bool {
    // Proportional shares cost a walk over the pages: they are asked for when the sum is too much.
    let most = family.pages.saturating_mul(page_size);
    most > limit.0
        && family.members.len() > 1
        && proportional(family).is_none_or(|shares| shares > limit.0)
}

/// Bytes of the family, each page divided by the number of its users; `None` where the kernel does
/// not tell.
fn proportional(family: &Family) -> Option<u64> {
    let mut sum: u64 = 0;
    for pid in &family.members {
        match fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) {
            Ok(text) => sum = sum.saturating_add(share(&text)?),
            // It has ended since, or was dead.
            Err(error) if Errno::from_io_error(&error) == Some(Errno::SRCH) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => return None,
        }
    }
    // Before Linux 4.14 nobody has such a file.
    (sum > 0).then_some(sum)
}

/// `Pss` of a `smaps_rollup` in bytes.
fn share(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proportional_share_is_read() {
        let text =
            "55d0-7ffe ---p 0 00:00 0 [rollup]\nRss:  84 kB\nPss:   12 kB\nPss_Dirty: 8 kB\n";
        assert_eq!(share(text), Some(12 * 1024));
        assert_eq!(share("Rss: 84 kB\n"), None);
    }

    #[test]
    fn what_a_family_shares_is_counted_once() {
        let own = std::process::id();
        // This process twice over: the sum of both is too much, and so is its share.
        let family = Family { members: vec![own, own], pages: 1 << 40 };
        let share = proportional(&family).expect("this process may read its own") / 2;
        assert!(has_more_than(&family, Bytes(share / 2), 4096));
        assert!(!has_more_than(&family, Bytes(share * 100), 4096));
    }
}
