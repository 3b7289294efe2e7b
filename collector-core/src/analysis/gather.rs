//! Puts what the samples of one host tell into numbers over time: readings in, [`Observed`] out.
//!
//! One file for each part of the host. Nothing is judged here, and nothing is invented: what a
//! sample does not tell has no value in it. A count is 0 only where its owner was looked at and
//! the count was not there.

mod accounts;
mod classes;
mod descriptors;
mod kernel;
mod metrics;
mod objects;
mod own;
mod processes;
mod profiles;
mod shared;
mod slabs;
mod tally;
mod texts;

use std::rc::Rc;

use super::finding::Process;
use super::readers::slab_names::SlabGroups;
use super::readers::{Machine, PageSize};
use super::samples::Sample;
use super::series::{Clock, Observed};
use descriptors::Scans;
use metrics::Pages;
use objects::Objects;
use own::Own;
use processes::Parents;
use profiles::Profiles;
use shared::Shared;
use tally::Tally;
use texts::Texts;

/// The time between two boots of a host, as its samples tell it one after the other.
#[derive(Debug)]
pub struct Gathering {
    machine: Machine,
    page: PageSize,
    /// Unix time of the boot, as far as the first bundle tells.
    booted: Option<f64>,
    observed: Observed,
    groups: SlabGroups,
    slabs: Tally<()>,
    callers: Tally<()>,
    parents: Parents,
    shared: Shared,
    scans: Scans,
    objects: Objects,
    pages: Pages,
    profiles: Profiles,
    own: Own,
}

impl Gathering {
    /// Begins with a machine. `None`: it does not tell the size of its pages, without which hardly
    /// any text means anything.
    #[must_use]
    pub fn new(machine: Machine, booted: Option<f64>) -> Option<Self> {
        Some(Gathering {
            page: machine.page_size?,
            machine,
            booted,
            observed: Observed::default(),
            groups: SlabGroups::default(),
            slabs: Tally::default(),
            callers: Tally::default(),
            parents: Parents::default(),
            shared: Shared::default(),
            scans: Scans::default(),
            objects: Objects::default(),
            pages: Pages::default(),
            profiles: Profiles::default(),
            own: Own::default(),
        })
    }

    /// Begins with the samples of another bundle, which the collector with the process `core` wrote.
    /// `None`: its bundle does not tell.
    pub fn begin(&mut self, core: Option<u32>) {
        self.own.begin(core);
    }

    /// The number of samples so far.
    #[must_use]
    pub fn n_samples(&self) -> usize {
        self.observed.times.len()
    }

    /// Takes a sample of `seconds` after the first. Samples may come in any order: those that
    /// overlap come in the order in which they ended.
    pub fn take(&mut self, seconds: f64, sample: &Sample<'_>) {
        let number = self.observed.times.len();
        self.observed.times.push(seconds);
        self.observed.wall.push(sample.record.time);
        let texts = Texts::of(sample);
        for (source, entry) in &texts.entries {
            *self.observed.looks.entry(*source).or_default() += 1;
            let last = self.observed.last_look_seconds.entry(*source).or_insert(seconds);
            *last = last.max(seconds);
            if !self.observed.entries.contains_key(source) {
                self.observed.entries.insert(*source, Rc::from(*entry));
            }
        }
        kernel::take(&mut self.observed, &mut self.callers, number, &texts, self.page);
        slabs::take(
            &mut self.observed,
            &mut self.groups,
            &mut self.slabs,
            number,
            &texts,
            self.page,
        );
        // After the slab caches, whose names it needs.
        accounts::take(&mut self.observed, &self.groups, number, &texts, self.page);
        self.own.take(&texts);
        self.own.measure(&mut self.observed, number, &texts);
        self.parents.take(&mut self.observed, number, &texts, &self.own);
        let ticks = self.machine.ticks_per_second;
        self.shared.take(&mut self.observed, number, &texts, self.booted, ticks);
        self.scans.take(&mut self.observed, number, &texts, &self.own);
        self.objects.take(&mut self.observed, number, &texts, &self.own);
        self.pages.take(&mut self.observed, number, &texts);
        self.profiles.take(seconds, &texts);
    }

    /// What all of them tell.
    #[must_use]
    pub fn finish(self) -> Observed {
        let mut observed = self.observed;
        accounts::finish(&mut observed, self.scans.no_files());
        self.slabs.finish(&mut observed);
        self.callers.finish(&mut observed);
        self.parents.finish(&mut observed);
        self.shared.finish(&mut observed);
        self.scans.finish(&mut observed);
        self.objects.finish(&mut observed);
        self.pages.finish(&mut observed, self.booted, self.machine.ticks_per_second);
        self.profiles.finish(&mut observed);
        observed.clock = clock(&observed, self.booted, self.machine.ticks_per_second);
        observed.put_in_order();
        observed.leave_out_what_was_in_flight();
        observed
    }
}

/// The clock of starts, where the time of the boot is known.
fn clock(observed: &Observed, booted: Option<f64>, ticks_per_second: u64) -> Option<Clock> {
    let (wall, seconds) = (observed.wall.first()?, observed.times.first()?);
    let wall = wall.date_time().timestamp_millis() as f64 / 1000.0;
    Some(Clock { booted: booted? - (wall - seconds), ticks_per_second })
}

/// The process that a text with a start time tells of.
fn process(pid: u32, start_ticks: u64) -> Process {
    Process { pid, start_ticks }
}

/// Keeps how a process is called. The last name counts: a program that is executed takes over the
/// name of the shell it came from.
fn name(observed: &mut Observed, process: &Process, command: &str) {
    match observed.commands.get(process) {
        Some(known) if &**known == command => {}
        _ => {
            observed.commands.insert(process.clone(), command.into());
        }
    }
}

#[cfg(test)]
mod tests;
