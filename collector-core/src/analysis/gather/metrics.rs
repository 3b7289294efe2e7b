//! The series of metrics pages, and which process each page is of.

use std::collections::HashMap;
use std::rc::Rc;

use super::texts::Texts;
use crate::analysis::finding::Process;
use crate::analysis::readers::metrics::Role;
use crate::analysis::series::{Key, Observed, ProcessFigure, Series, Target};

/// Most series of one page that are kept. More of them are told as missing by the page's reader.
const MAX_SERIES: usize = 20_000;
/// How far the start of a process by its page may be from that by the kernel, in seconds: the time
/// of the boot is known to a second.
const START_TOLERANCE: f64 = 2.5;
/// How far the resident memory on the page may be from that of the process. It is asked for at
/// another moment.
const RESIDENT_TOLERANCE: f64 = 0.2;

/// The pages of all samples.
#[derive(Debug, Default)]
pub(super) struct Pages {
    targets: HashMap<Rc<str>, Page>,
}

/// The pages of one collector since its process started.
#[derive(Debug, Default)]
struct Page {
    entry: Rc<str>,
    /// `process_start_time_seconds`, Unix time.
    started: Option<f64>,
    restarts: u32,
    series: HashMap<Rc<str>, Series>,
}

impl Pages {
    pub(super) fn take(&mut self, _: &mut Observed, sample: usize, texts: &Texts<'_>) {
        for (collector, entry, points) in &texts.pages {
            let started = points.iter().find(|it| it.series == "process_start_time_seconds");
            let page = match self.targets.get_mut(*collector) {
                Some(page) => page,
                None => self.targets.entry(Rc::from(*collector)).or_default(),
            };
            page.begin(entry, started.map(|it| it.value));
            for point in points.iter() {
                if point.role != Role::Constant && point.value.is_finite() {
                    page.push(point.series, point.role, sample, point.value);
                }
            }
        }
    }

    /// Puts the series into `observed`, and with each page its process.
    pub(super) fn finish(self, observed: &mut Observed, booted: Option<f64>, ticks: u64) {
        for (collector, page) in self.targets {
            let resident = page.series.get("process_resident_memory_bytes");
            let resident = resident.and_then(|it| it.values().last().copied());
            let process = page.started.zip(booted).and_then(|(started, booted)| {
                of_process(observed, started - booted, ticks, resident)
            });
            let target = Target { process, entry: Rc::clone(&page.entry), restarts: page.restarts };
            for (series, values) in page.series {
                observed.series.insert(Key::Metric(Rc::clone(&collector), series), values);
            }
            observed.targets.insert(collector, target);
        }
    }
}

impl Page {
    /// A page of a process that started anew begins anew: nothing is concluded across.
    fn begin(&mut self, entry: &str, started: Option<f64>) {
        self.entry = Rc::from(entry);
        let Some(started) = started else { return };
        if self.started.is_some_and(|it| (it - started).abs() > 1.0) {
            self.series.clear();
            self.restarts += 1;
        }
        self.started = Some(started);
    }

    fn push(&mut self, series: &str, role: Role, sample: usize, value: f64) {
        // What only grows says nothing about memory, except how much work there was.
        if role == Role::Cumulative {
            return;
        }
        if let Some(known) = self.series.get_mut(series) {
            known.push(sample, value);
        } else if self.series.len() < MAX_SERIES {
            let mut new = Series::default();
            new.push(sample, value);
            self.series.insert(Rc::from(series), new);
        }
    }
}

/// The process that started so many seconds after the boot, and is as large. `None`: there is no
/// such one, or there are several.
fn of_process(
    observed: &Observed,
    since_boot: f64,
    ticks: u64,
    resident: Option<f64>,
) -> Option<Process> {
    let started = |it: &Process| it.start_ticks as f64 / ticks.max(1) as f64;
    let is_near = |it: &&Process| (started(it) - since_boot).abs() <= START_TOLERANCE;
    let last = |process: &Process, figure| {
        let series = observed.series.get(&Key::Of(process.clone(), figure))?;
        series.values().last().copied()
    };
    let is_as_large = |process: &&Process| {
        let Some(expected) = resident else { return true };
        let figures = [ProcessFigure::Anonymous, ProcessFigure::File, ProcessFigure::Shared];
        let sum: f64 = figures.into_iter().filter_map(|it| last(process, it)).sum();
        (sum - expected).abs() <= RESIDENT_TOLERANCE * expected.max(1.0)
    };
    let mut found = observed.commands.keys().filter(is_near).filter(is_as_large);
    let process = found.next()?;
    found.next().is_none().then(|| process.clone())
}
