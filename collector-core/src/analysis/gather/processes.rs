//! The memory, threads and dead children of each process.

use std::collections::HashMap;

use super::own::Own;
use super::tally::Tally;
use super::texts::Texts;
use super::{name, process};
use crate::analysis::finding::Process;
use crate::analysis::readers::Amount;
use crate::analysis::series::{Key, Observed, ProcessFigure};

/// What parents did not ask for.
#[derive(Debug, Default)]
pub(super) struct Parents {
    zombies: Tally<Process>,
    /// What a process does not tell is not 0, so nobody is looked at.
    figures: Tally<Process>,
}

impl Parents {
    pub(super) fn take(
        &mut self,
        observed: &mut Observed,
        sample: usize,
        texts: &Texts<'_>,
        own: &Own,
    ) {
        // Without its start a process cannot be told from the next one of that number.
        let Some(stats) = texts.stats else { return };
        let started: HashMap<u32, u64> = stats.iter().map(|it| (it.pid, it.start_ticks)).collect();
        for it in stats {
            let process = process(it.pid, it.start_ticks);
            name(observed, &process, &it.command);
            self.zombies.look(&process, sample);
            if it.is_zombie()
                && !own.has(it.parent)
                && let Some(start) = started.get(&it.parent)
            {
                let parent = super::process(it.parent, *start);
                let key = Key::Of(parent.clone(), ProcessFigure::Zombies);
                self.zombies.of(&parent).add(key, sample, 1.0);
            }
        }
        for it in texts.statuses.unwrap_or_default() {
            let Some(start) = started.get(&it.pid).filter(|_| !own.has(it.pid)) else { continue };
            let process = process(it.pid, *start);
            let figures = [
                (ProcessFigure::Anonymous, it.anonymous.map(|it| it.0)),
                (ProcessFigure::File, it.file.map(|it| it.0)),
                (ProcessFigure::Shared, it.shared.map(|it| it.0)),
                (ProcessFigure::PageTables, it.page_tables.map(|it| it.0)),
                // A thread of the kernel is no process with threads.
                (ProcessFigure::Threads, it.resident.and(it.threads)),
            ];
            let known = self.figures.of(&process);
            for (figure, value) in figures {
                if let Some(value) = value {
                    let key = Key::Of(process.clone(), figure);
                    known.add(key, sample, value as f64);
                }
            }
        }
        Self::take_rollups(observed, sample, texts, &started, own);
    }

    /// Memory with shared pages divided, of the few processes that it is told of.
    fn take_rollups(
        observed: &mut Observed,
        sample: usize,
        texts: &Texts<'_>,
        started: &HashMap<u32, u64>,
        own: &Own,
    ) {
        for it in texts.rollups.unwrap_or_default() {
            let Some(start) = started.get(&it.pid).filter(|_| !own.has(it.pid)) else { continue };
            if let Some(Amount::Memory(bytes)) = it.amounts.get("Pss_Anon") {
                let figure = ProcessFigure::ProportionalAnonymous;
                observed.push(Key::Of(process(it.pid, *start), figure), sample, bytes.0 as f64);
            }
        }
    }

    pub(super) fn finish(self, observed: &mut Observed) {
        self.zombies.finish(observed);
        self.figures.finish(observed);
    }
}
