//! Which of the processes are the collector's own: they are no suspects. What they take is one
//! figure of each kind, for the account.

use std::collections::BTreeSet;

use super::texts::Texts;
use crate::analysis::series::{Key, Observed, OwnFigure};

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

    /// Adds up what they have in this sample, as far as it tells.
    pub(super) fn measure(&self, observed: &mut Observed, sample: usize, texts: &Texts<'_>) {
        if self.pids.is_empty() {
            return;
        }
        let statuses = texts.statuses.unwrap_or_default().iter().filter(|it| self.has(it.pid));
        let (mut anonymous, mut page_tables, mut threads) = (None, None, None);
        for it in statuses {
            add(&mut anonymous, it.anonymous.map(|it| it.0));
            add(&mut page_tables, it.page_tables.map(|it| it.0));
            add(&mut threads, it.threads);
        }
        let (mut descriptors, mut deleted) = (None, None);
        for (holder, rows) in texts.descriptors.iter().flat_map(|it| it.by_holder()) {
            if self.has(holder.pid) {
                let blocks = rows.iter().filter_map(|it| it.deleted.as_ref()).map(|it| it.blocks);
                let blocks = blocks.fold(0_u64, u64::saturating_add);
                add(&mut descriptors, Some(rows.len() as u64));
                add(&mut deleted, Some(blocks.saturating_mul(512)));
            }
        }
        for (figure, sum) in [
            (OwnFigure::Anonymous, anonymous),
            (OwnFigure::PageTables, page_tables),
            (OwnFigure::Threads, threads),
            (OwnFigure::Descriptors, descriptors),
            (OwnFigure::DeletedBytes, deleted),
        ] {
            if let Some(sum) = sum {
                observed.push(Key::Own(figure), sample, sum as f64);
            }
        }
    }

    pub(super) fn has(&self, pid: u32) -> bool {
        self.pids.contains(&pid)
    }
}

/// Adds what is told. A sum of nothing is none, and not 0.
fn add(sum: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0).saturating_add(more));
    }
}
