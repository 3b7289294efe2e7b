//! A capture as a suspicion sees it: which series grow, judged against their likes, and how much
//! the host grew. Every finding asks here, so that none has rules of its own for what growth is.

mod family;
mod restarts;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::finding::{Confidence, Process, Subject, Verdict};
use super::ledger::{self, Growth, Term};
use super::readers::slab_names::members;
use super::series::{HostFigure, Key, Observed, Series};
use super::trend::{MIN_SECONDS, Trend};
use super::window::Window;

/// Growth of this many bytes is worth a finding.
const MATERIAL_BYTES: f64 = (16_u64 << 20) as f64;
/// Growth of this many is, where at its rate memory would be used up within a month.
const MATERIAL_IN_TIME: f64 = (4_u64 << 20) as f64;
/// The hours of a month.
const MONTH_HOURS: f64 = 30.0 * 24.0;

/// A capture that is looked at.
#[derive(Debug)]
pub struct Case<'a> {
    /// The numbers.
    pub observed: &'a Observed,
    /// Where the memory went; `None` without accounts.
    pub growth: Option<Growth>,
    /// The samples that growth is measured between.
    pub window: Window<'a>,
    trends: RefCell<BTreeMap<Key, Rc<Trend>>>,
    /// The figures of the host that grow, of those that are one family.
    host: OnceCell<BTreeSet<HostFigure>>,
    parts: OnceCell<BTreeMap<Term, family::Parts>>,
    lives: OnceCell<restarts::Lives>,
    predecessors: OnceCell<BTreeMap<Process, Process>>,
    /// The groups of slab caches, each with the names of its caches.
    slabs: OnceCell<Vec<SlabGroup>>,
}

/// A group of slab caches, with the names of its caches.
type SlabGroup = (Rc<str>, Vec<Box<str>>);

/// A series that grows.
#[derive(Debug, Clone)]
pub struct Growing {
    /// Which.
    pub key: Key,
    /// How.
    pub trend: Rc<Trend>,
}

impl<'a> Case<'a> {
    /// The case of `observed`.
    #[must_use]
    pub fn new(observed: &'a Observed) -> Self {
        let growth = ledger::growth(&observed.accounts, observed.end_samples());
        Case {
            observed,
            growth,
            window: Window::of(observed),
            trends: RefCell::default(),
            host: OnceCell::new(),
            parts: OnceCell::new(),
            lives: OnceCell::new(),
            predecessors: OnceCell::new(),
            slabs: OnceCell::new(),
        }
    }

    /// The trend of a series; `None` where there is none.
    #[must_use]
    pub fn trend(&self, key: &Key) -> Option<Rc<Trend>> {
        if let Some(trend) = self.trends.borrow().get(key) {
            return Some(Rc::clone(trend));
        }
        let trend = Rc::new(self.observed.series.get(key)?.trend(&self.observed.times));
        self.trends.borrow_mut().insert(key.clone(), Rc::clone(&trend));
        Some(trend)
    }

    /// How much more of a series there is at the end; 0 where there is none.
    #[must_use]
    pub fn change(&self, key: &Key) -> f64 {
        self.observed.series.get(key).map_or(0.0, |it| self.change_of(it))
    }

    /// The same of a series that was made of others. It is measured between the samples that the
    /// account's growth is, so that a finding and a holder of the same are of one size.
    #[must_use]
    pub fn change_of(&self, series: &Series) -> f64 {
        self.window.growth(series)
    }

    /// The growth of a term, in bytes; 0 without accounts.
    #[must_use]
    pub fn term(&self, term: Term) -> i64 {
        self.growth.as_ref().map_or(0, |it| it.of(term))
    }

    /// Whether growth of so many bytes, at such a rate per hour, is worth telling.
    #[must_use]
    pub fn is_material(&self, bytes: f64, per_hour: f64) -> bool {
        let available = self.observed.accounts.last().and_then(|it| it.available);
        let hours = available.map_or(f64::INFINITY, |it| it as f64 / per_hour.max(1.0));
        bytes >= MATERIAL_BYTES || (bytes >= MATERIAL_IN_TIME && hours < MONTH_HOURS)
    }

    /// How sure a growing series makes, where `conserved` tells whether its growth was found again
    /// elsewhere with the same size.
    #[must_use]
    pub fn confidence(&self, trend: &Trend, conserved: bool) -> Confidence {
        let confidence = Confidence::of(trend);
        if conserved { confidence.raised() } else { confidence }
    }

    /// The groups of slab caches that have a cache for which `is_it` says yes.
    #[must_use]
    pub fn slab_groups(&self, is_it: impl Fn(&str) -> bool) -> Vec<Rc<str>> {
        let all = self.slabs.get_or_init(|| {
            let groups = self.observed.series.keys().filter_map(|key| match key {
                Key::Slab(group) => Some(Rc::clone(group)),
                _ => None,
            });
            groups.map(|it| (Rc::clone(&it), members(&it).map(Box::from).collect())).collect()
        });
        let has = |(_, caches): &&SlabGroup| caches.iter().any(|it| is_it(it));
        all.iter().filter(has).map(|(group, _)| Rc::clone(group)).collect()
    }

    /// What is said of memory that grows: in a short capture a program that starts or works looks
    /// the same, unless the growth was found again elsewhere.
    #[must_use]
    pub fn verdict(&self, trend: &Trend, conserved: bool) -> Verdict {
        match conserved || trend.span_seconds >= MIN_SECONDS {
            true => Verdict::Leak,
            false => Verdict::Growth,
        }
    }

    /// The process and the class of a series.
    #[must_use]
    pub fn subject(&self, key: &Key) -> Subject {
        let (process, class) = match key {
            Key::Of(process, _) => (Some(process), None),
            Key::Descriptors(process, class)
            | Key::Repeated(process, class)
            | Key::DeletedBytes(process, class)
            | Key::Connections(process, class) => (Some(process), Some(class)),
            Key::Segments(process, class) => (process.as_ref(), Some(class)),
            Key::Slab(it) | Key::SlabObjects(it) | Key::Caller(it) | Key::Tmpfs(it) => {
                (None, Some(it))
            }
            Key::Metric(_, series) => (None, Some(series)),
            Key::Host(_) | Key::Own(_) | Key::Counter(..) => (None, None),
        };
        let command = process.and_then(|it| self.observed.commands.get(it));
        Subject {
            process: process.cloned(),
            command: command.map(|it| it.to_string()),
            class: class.map(|it| it.to_string()),
            function: None,
        }
    }
}
