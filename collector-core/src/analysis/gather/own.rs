//! Which of the processes are the collector's own: they are no suspects.

use std::collections::BTreeSet;

use super::texts::Texts;

/// The numbers of the collector and its workers.
#[derive(Debug, Default)]
pub(super) struct Own {
    pids: BTreeSet<u32>,
}

impl Own {
    /// Looks for them: the one with the bundle open that is being written, and one of this
    /// program's name with workers, which the kernel calls `exe`, since they are started from
    /// `/proc/self/exe`.
    pub(super) fn take(&mut self, texts: &Texts<'_>) {
        self.pids.clear();
        if let Some(descriptors) = texts.descriptors {
            for (holder, rows) in descriptors.by_holder() {
                let is_bundle = |link: &str| link.ends_with(".tar.zst.partial");
                if rows.iter().filter_map(|it| it.link()).any(|it| is_bundle(&it)) {
                    self.pids.insert(holder.pid);
                }
            }
        }
        let Some(stats) = texts.stats else { return };
        let of_workers: BTreeSet<u32> =
            stats.iter().filter(|it| it.command == "exe").map(|it| it.parent).collect();
        let cores = stats.iter().filter(|it| it.command == "collector");
        self.pids.extend(cores.map(|it| it.pid).filter(|pid| of_workers.contains(pid)));
        let workers = stats.iter().filter(|it| self.pids.contains(&it.parent));
        let workers: Vec<u32> = workers.map(|it| it.pid).collect();
        self.pids.extend(workers);
    }

    pub(super) fn has(&self, pid: u32) -> bool {
        self.pids.contains(&pid)
    }
}
