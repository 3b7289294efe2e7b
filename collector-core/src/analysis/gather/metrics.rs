//! The series of metrics pages, and which process each page is of.

use std::collections::HashMap;
use std::rc::Rc;

use super::texts::Texts;
use crate::analysis::finding::Process;
use crate::analysis::readers::metrics::{Point, Role};
use crate::analysis::series::{Key, Observed, ProcessFigure, Series, Target};

/// Most series of one page that are kept. More of them are told as missing by the page's reader.
const MAX_SERIES: usize = 20_000;
/// How far the start of a process by its page may be from that by the kernel, in seconds: the time
/// of the boot is known to a second.
const START_TOLERANCE: f64 = 2.5;
/// How far the memory and the descriptors on the page may be from those of the process, as a share:
/// they are asked for at another moment.
const TOLERANCE: f64 = 0.25;
/// One process fits better than another when it is nearer by this factor.
const CLEARLY: f64 = 2.0;

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
    /// Counters by their names, summed over their labels.
    counters: HashMap<Rc<str>, Series>,
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
                    page.push(point, sample);
                }
            }
        }
    }

    /// Puts the series into `observed`, and with each page its process.
    pub(super) fn finish(self, observed: &mut Observed, booted: Option<f64>, ticks: u64) {
        for (collector, page) in self.targets {
            let last = |name: &str| page.series.get(name)?.values().last().copied();
            let told = Told {
                resident: last("process_resident_memory_bytes"),
                descriptors: last("process_open_fds"),
            };
            let process = page
                .started
                .zip(booted)
                .and_then(|(started, booted)| of_process(observed, started - booted, ticks, &told));
            let target = Target { process, entry: Rc::clone(&page.entry), restarts: page.restarts };
            for (series, values) in page.series {
                observed.series.insert(Key::Metric(Rc::clone(&collector), series), values);
            }
            for (name, values) in page.counters {
                observed.series.insert(Key::Counter(Rc::clone(&collector), name), values);
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
            self.counters.clear();
            self.restarts += 1;
        }
        self.started = Some(started);
    }

    fn push(&mut self, point: &Point<'_>, sample: usize) {
        // What only grows says nothing about memory, except how much work there was: a counter is
        // kept once for all its labels, and the buckets of a histogram not at all.
        if point.role == Role::Cumulative {
            if !point.name().ends_with("_bucket") {
                series_of(&mut self.counters, point.name(), |it| it.add(sample, point.value));
            }
            return;
        }
        series_of(&mut self.series, point.series, |it| it.push(sample, point.value));
    }
}

/// Hands on the series of that name, a new one if there is room.
fn series_of(all: &mut HashMap<Rc<str>, Series>, name: &str, change: impl FnOnce(&mut Series)) {
    if let Some(known) = all.get_mut(name) {
        change(known);
    } else if all.len() < MAX_SERIES {
        change(all.entry(Rc::from(name)).or_default());
    }
}

/// What a page tells of its process.
struct Told {
    resident: Option<f64>,
    descriptors: Option<f64>,
}

/// The process that started so many seconds after the boot, and is as the page says. `None`: there
/// is no such one, or there are several that fit as well.
fn of_process(observed: &Observed, since_boot: f64, ticks: u64, told: &Told) -> Option<Process> {
    let started = |it: &Process| it.start_ticks as f64 / ticks.max(1) as f64;
    let is_near = |it: &&Process| (started(it) - since_boot).abs() <= START_TOLERANCE;
    let near = observed.commands.keys().filter(is_near);
    let mut fits: Vec<(f64, &Process)> = near
        .map(|it| (distance(observed, it, told), it))
        .filter(|(it, _)| *it <= TOLERANCE)
        .collect();
    fits.sort_by(|one, other| one.0.total_cmp(&other.0));
    match fits[..] {
        [(_, only)] => Some(only.clone()),
        [(best, first), (next, _), ..] if CLEARLY * best < next => Some(first.clone()),
        _ => None,
    }
}

/// How far a process is from what its page says, as a share of that; 0 where the page says
/// nothing, and infinite where the samples do.
fn distance(observed: &Observed, process: &Process, told: &Told) -> f64 {
    let last = |figure| {
        let series = observed.series.get(&Key::Of(process.clone(), figure))?;
        series.values().last().copied()
    };
    let figures = [ProcessFigure::Anonymous, ProcessFigure::File, ProcessFigure::Shared];
    let resident: Vec<f64> = figures.into_iter().filter_map(last).collect();
    let resident = (!resident.is_empty()).then(|| resident.iter().sum::<f64>());
    // Descriptors may have been scanned of none.
    let descriptors = last(ProcessFigure::Descriptors);
    let pairs = [
        (told.resident, resident),
        (told.descriptors.filter(|_| descriptors.is_some()), descriptors),
    ];
    let share = |(told, seen): (Option<f64>, Option<f64>)| {
        let told: f64 = told?;
        Some(seen.map_or(f64::INFINITY, |seen| (told - seen).abs() / told.max(1.0)))
    };
    pairs.into_iter().filter_map(share).fold(0.0, f64::max)
}
