//! Which of the processes are the collector's own: they are no suspects. What they take is one
//! figure of each kind, for the account.
//!
//! A bundle tells the process of the collector that wrote it; its workers are the children of that.
//! Two things make that number worth a second look: it is of the collector's pid namespace, and the
//! processes may have been listed by the procfs of another one; and bundles of earlier versions do
//! not have it. In both cases the collector is known by what it does.

use std::collections::BTreeSet;

use super::texts::Texts;
use crate::analysis::series::{Key, Observed, OwnFigure};

/// The numbers of the collector and its workers.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// As the bundle tells it.
    core: Option<u32>,
    pids: BTreeSet<u32>,
}

impl Own {
    /// The samples that come are of the collector with this process.
    pub(super) fn begin(&mut self, core: Option<u32>) {
        self.core = core;
    }

    /// Looks for them among the processes of a sample.
    pub(super) fn take(&mut self, texts: &Texts<'_>) {
        let (writers, parents) = (writers(texts), parents(texts));
        self.pids = match self.core {
            // Another process that has a file of that name open is a suspect like all others.
            Some(core) if writers.contains(&core) || parents.contains(&core) => [core].into(),
            _ => {
                let stats = texts.stats.unwrap_or_default().iter();
                let cores = stats.filter(|it| it.command == "collector").map(|it| it.pid);
                writers.into_iter().chain(cores.filter(|it| parents.contains(it))).collect()
            }
        };
        let stats = texts.stats.unwrap_or_default().iter();
        let workers = stats.filter(|it| self.pids.contains(&it.parent)).map(|it| it.pid);
        let workers: Vec<u32> = workers.collect();
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

/// Those that have a bundle open as it is called while it is written.
fn writers(texts: &Texts<'_>) -> BTreeSet<u32> {
    let Some(descriptors) = texts.descriptors else { return BTreeSet::new() };
    let writes = descriptors.by_holder().filter(|(_, rows)| {
        let mut links = rows.iter().filter_map(|it| it.link());
        links.any(|it| it.ends_with(".tar.zst.partial"))
    });
    writes.map(|(holder, _)| holder.pid).collect()
}

/// Those that have children such as workers, which the kernel calls `exe`, since they are started
/// from `/proc/self/exe`.
fn parents(texts: &Texts<'_>) -> BTreeSet<u32> {
    let stats = texts.stats.unwrap_or_default().iter();
    stats.filter(|it| it.command == "exe").map(|it| it.parent).collect()
}

/// Adds what is told. A sum of nothing is none, and not 0.
fn add(sum: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *sum = Some(sum.unwrap_or(0).saturating_add(more));
    }
}
