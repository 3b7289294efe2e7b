//! Programs that were started anew in the capture: one process of a name ends, another begins.

use std::collections::BTreeMap;

use super::Case;
use crate::analysis::finding::Process;
use crate::analysis::series::{Key, ProcessFigure};

/// A namesake with less than this share of a process's memory is something else: a supervisor, a
/// shell.
const AS_LARGE: f64 = 0.25;

/// The first and the last sample that a process was seen in, and the most memory it had.
type Life = (usize, usize, f64);
pub(super) type Lives = BTreeMap<Process, Life>;

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
        self.predecessors.get_or_init(|| self.predecessors()).get(process)
    }

    /// Those of all processes that have one. A host may start ten thousand of one name in a
    /// capture, so they are found together and not by looking at all for each.
    fn predecessors(&self) -> BTreeMap<Process, Process> {
        let mut by_command: BTreeMap<&str, Vec<(&Process, Life)>> = BTreeMap::new();
        for (process, life) in self.lives() {
            if let Some(command) = self.observed.commands.get(process) {
                by_command.entry(command).or_default().push((process, *life));
            }
        }
        by_command.into_values().flat_map(of_namesakes).collect()
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

/// Each of these that took the place of another, with that one. The largest is asked first, when
/// only those are known that are large enough for it.
fn of_namesakes(mut all: Vec<(&Process, Life)>) -> Vec<(Process, Process)> {
    all.sort_by(|(_, one), (_, other)| other.2.total_cmp(&one.2));
    let mut firsts: Vec<usize> = all.iter().map(|(_, (first, ..))| *first).collect();
    firsts.sort_unstable();
    firsts.dedup();
    let place = |first: usize| firsts.partition_point(|it| *it < first);
    let mut known = Latest { ends: vec![None; firsts.len()] };
    let mut is_known = 0;
    let mut found = Vec::new();
    for (process, (began, _, memory)) in &all {
        while let Some((it, (first, last, most))) = all.get(is_known)
            && *most >= AS_LARGE * memory
        {
            known.add(place(*first), (*last, it));
            is_known += 1;
        }
        if let Some((_, it)) = known.before(place(*began)).filter(|(ended, _)| ended < began) {
            found.push(((*process).clone(), it.clone()));
        }
    }
    found
}

/// The process that was there last among those that began before a place; a tree of the maxima of
/// its first places (Fenwick), so that adding and asking take a few steps each.
struct Latest<'p> {
    ends: Vec<Option<(usize, &'p Process)>>,
}

impl<'p> Latest<'p> {
    fn add(&mut self, place: usize, end: (usize, &'p Process)) {
        let mut at = place + 1;
        while let Some(known) = self.ends.get_mut(at - 1) {
            *known = (*known).max(Some(end));
            at += at & at.wrapping_neg();
        }
    }

    fn before(&self, place: usize) -> Option<(usize, &'p Process)> {
        let (mut at, mut latest) = (place, None);
        while at > 0 {
            latest = latest.max(self.ends[at - 1]);
            at -= at & at.wrapping_neg();
        }
        latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it says by looking at all for each: the meaning of it.
    fn one_by_one(all: &[(&Process, Life)]) -> Vec<(Process, Process)> {
        let of = |(process, (began, _, memory)): &(&Process, Life)| {
            let earlier = all
                .iter()
                .filter(|(_, (first, _, most))| first < began && *most >= AS_LARGE * memory);
            let (it, (_, ended, _)) = earlier.max_by_key(|(it, (_, ended, _))| (*ended, *it))?;
            (ended < began).then(|| ((*process).clone(), (*it).clone()))
        };
        all.iter().filter_map(of).collect()
    }

    #[test]
    fn those_found_together_are_those_found_one_by_one() {
        let mut state = 1_usize;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
            (state >> 33) % below
        };
        let mut n_found = 0;
        for round in 0..40 {
            let processes: Vec<Process> =
                (0..60).map(|pid| Process { pid, start_ticks: 7 }).collect();
            let life = |it| {
                let first = random(30);
                (it, (first, first + random(2 + round), [1.0, 3.0, 5.0, 40.0][random(4)]))
            };
            let all: Vec<(&Process, Life)> = processes.iter().map(life).collect();
            let mut found = of_namesakes(all.clone());
            found.sort();
            assert_eq!(found, one_by_one(&all), "round {round}");
            n_found += found.len();
        }
        assert!(n_found > 50, "{n_found} have one");
    }
}
