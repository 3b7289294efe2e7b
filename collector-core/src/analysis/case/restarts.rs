//! Programs that were started anew in the capture: one process of a name ends, another begins.

use std::collections::BTreeMap;

use super::Case;
use crate::analysis::finding::Process;
use crate::analysis::series::{Key, ProcessFigure};

/// A namesake with less than this share of a process's memory is something else: a supervisor, a
/// shell.
const AS_LARGE: f64 = 0.25;

/// The first and the last sample that a process was seen in, and the most memory it had.
pub(super) type Lives = BTreeMap<Process, (usize, usize, f64)>;

impl Case<'_> {
    /// The first and the last sample that a process was seen in; `None`: no sample tells of its
    /// memory, as of threads of the kernel and of the collector's own processes.
    #[must_use]
    pub fn life(&self, process: &Process) -> Option<(usize, usize)> {
        self.lives().get(process).map(|(first, last, _)| (*first, *last))
    }

    /// The processes whose memory was seen, in the order of their numbers.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.lives().keys()
    }

    /// The process that a process took the place of: one of the same name, and as large, that was
    /// gone when this one began. `None` where others of them went on, as in a pool of workers.
    #[must_use]
    pub fn predecessor_of(&self, process: &Process) -> Option<&Process> {
        let name = self.observed.commands.get(process)?;
        let (began, _, memory) = *self.lives().get(process)?;
        let earlier = self.lives().iter().filter(|(it, (first, _, most))| {
            *first < began
                && *most >= AS_LARGE * memory
                && *it != process
                && self.observed.commands.get(*it) == Some(name)
        });
        let (last, (_, ended, _)) = earlier.max_by_key(|(_, (_, ended, _))| *ended)?;
        (*ended < began).then_some(last)
    }

    fn lives(&self) -> &Lives {
        self.lives.get_or_init(|| {
            let mut lives = Lives::new();
            for (key, series) in &self.observed.series {
                // What is seen in a scan of descriptors is seen less often.
                if let Key::Of(process, ProcessFigure::Anonymous) = key {
                    let (first, last) = (series.first_sample(), series.last_sample());
                    lives.insert(process.clone(), (first, last, series.range().1));
                }
            }
            lives
        })
    }
}
