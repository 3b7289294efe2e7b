//! Programs that were started anew in the capture: one process of a name ends, another begins.

use std::collections::BTreeMap;

use super::Case;
use crate::analysis::finding::Process;
use crate::analysis::series::{Key, ProcessFigure};

/// The first and the last sample a process was seen in.
pub(super) type Lives = BTreeMap<Process, (usize, usize)>;

impl Case<'_> {
    /// The first and the last sample that a process was seen in; `None`: no sample tells of its
    /// memory, as of threads of the kernel and of the collector's own processes.
    #[must_use]
    pub fn life(&self, process: &Process) -> Option<(usize, usize)> {
        self.lives().get(process).copied()
    }

    /// The processes whose memory was seen, in the order of their numbers.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.lives().keys()
    }

    /// The process that a process took the place of: one of the same name that was gone when this
    /// one began. `None` where others of the name went on, as in a pool of workers.
    #[must_use]
    pub fn predecessor_of(&self, process: &Process) -> Option<&Process> {
        let name = self.observed.commands.get(process)?;
        let (began, _) = self.life(process)?;
        let is_namesake =
            |it: &&Process| *it != process && self.observed.commands.get(*it) == Some(name);
        let namesakes = self.processes().filter(is_namesake);
        let earlier: Vec<(&Process, (usize, usize))> = namesakes
            .filter_map(|it| Some((it, self.life(it)?)))
            .filter(|(_, (first, _))| *first < began)
            .collect();
        let (last, (_, ended)) = earlier.iter().max_by_key(|(_, (_, ended))| *ended)?;
        (*ended < began).then_some(*last)
    }

    fn lives(&self) -> &Lives {
        self.lives.get_or_init(|| {
            let mut lives = Lives::new();
            for (key, series) in &self.observed.series {
                // What is seen in a scan of descriptors is seen less often.
                if let Key::Of(process, ProcessFigure::Anonymous) = key {
                    lives.insert(process.clone(), (series.first_sample(), series.last_sample()));
                }
            }
            lives
        })
    }
}
