//! Who holds shared memory without a descriptor or a mapping that tells: System V segments by who
//! made them, and tmpfs by where they are mounted.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::process;
use super::tally::Tally;
use super::texts::Texts;
use crate::analysis::finding::Process;
use crate::analysis::readers::sysvipc_shm::Segment;
use crate::analysis::series::{Key, LargestSegment, Observed};

/// Processes that made segments, and places of tmpfs, over the capture. What comes after them has
/// no series of its own: a host of containers makes ever new ones.
const MOST: usize = 256;

/// Seconds by which the start of a process may seem later than it was: the time of the boot and
/// that of a segment are whole seconds.
const SLACK: f64 = 2.0;

/// Shared memory of all samples.
#[derive(Debug, Default)]
pub(super) struct Shared {
    segments: Tally<()>,
    /// The starts of the processes that have the numbers of creators, in the last sample that has
    /// processes: they may be listed less often than segments.
    running: HashMap<u32, u64>,
    creators: HashSet<Process>,
    places: HashMap<Box<str>, Rc<str>>,
}

impl Shared {
    /// Takes a sample of a host that was booted at the Unix time `booted`.
    pub(super) fn take(
        &mut self,
        observed: &mut Observed,
        sample: usize,
        texts: &Texts<'_>,
        booted: Option<f64>,
        ticks_per_second: u64,
    ) {
        if let Some(segments) = texts.segments {
            self.look_who_runs(segments, texts);
            self.segments.look(&(), sample);
            let mut largest: HashMap<Key, LargestSegment> = HashMap::new();
            for segment in segments {
                // Without the column nothing tells what is in memory.
                let Some(bytes) = segment.resident else { continue };
                let creator = self.creator(segment, booted, ticks_per_second);
                let class = match segment.attached {
                    0 => "System V segments (nobody attached)",
                    _ => "System V segments",
                };
                let key = Key::Segments(creator, class.into());
                self.segments.of(&()).add(key.clone(), sample, bytes.0 as f64);
                let it =
                    LargestSegment { bytes: bytes.0, id: segment.id, pid: segment.creator_pid };
                let known = largest.entry(key).or_insert(it);
                *known = (*known).max(it);
            }
            // Those of the last sample that has any.
            observed.segments.extend(largest);
        }
        let mut seen = HashSet::new();
        for tmpfs in texts.tmpfs.unwrap_or_default() {
            let Some(used) = tmpfs.used else { continue };
            if let Some(place) = self.place(tmpfs.fs_type, tmpfs.mount_point)
                && seen.insert(Rc::clone(&place))
            {
                observed.push(Key::Tmpfs(place), sample, used.0 as f64);
            }
        }
    }

    fn look_who_runs(&mut self, segments: &[Segment], texts: &Texts<'_>) {
        let Some(stats) = texts.stats else { return };
        let creators: HashSet<u32> = segments.iter().map(|it| it.creator_pid).collect();
        // A dead one has made them too, but holds nothing any more.
        let running = stats.iter().filter(|it| creators.contains(&it.pid) && !it.is_zombie());
        self.running = running.map(|it| (it.pid, it.start_ticks)).collect();
    }

    /// The process that made a segment, if the one that has its number ran at that time.
    fn creator(
        &mut self,
        segment: &Segment,
        booted: Option<f64>,
        ticks_per_second: u64,
    ) -> Option<Process> {
        let start_ticks = *self.running.get(&segment.creator_pid)?;
        let started = booted? + start_ticks as f64 / ticks_per_second as f64;
        // Without ticks it started at infinity.
        if started.is_nan() || started > segment.changed as f64 + SLACK {
            return None;
        }
        let creator = process(segment.creator_pid, start_ticks);
        if !self.creators.contains(&creator) && self.creators.len() >= MOST {
            return None;
        }
        self.creators.insert(creator.clone());
        Some(creator)
    }

    fn place(&mut self, fs_type: &str, mount_point: &str) -> Option<Rc<str>> {
        let place = format!("{fs_type} {mount_point}");
        match self.places.get(&*place) {
            Some(known) => Some(Rc::clone(known)),
            None if self.places.len() >= MOST => None,
            None => {
                let new: Rc<str> = (&*place).into();
                self.places.insert(place.into(), Rc::clone(&new));
                Some(new)
            }
        }
    }

    pub(super) fn finish(self, observed: &mut Observed) {
        self.segments.finish(observed);
    }
}
