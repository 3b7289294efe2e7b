//! A capture as a suspicion sees it: which series grow, judged against their likes, and how much
//! the host grew. Every finding asks here, so that none has rules of its own for what growth is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::finding::{Confidence, Finding, Subject, Verdict};
use super::ledger::{self, Growth, Term};
use super::series::{Key, Observed, Series};
use super::trend::{ALPHA, MIN_SECONDS, Trend, benjamini_hochberg};

/// The share of wrong ones among the series of a family that are called growing.
const FALSE_DISCOVERIES: f64 = 0.05;
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
    trends: RefCell<BTreeMap<Key, Rc<Trend>>>,
}

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
        let growth = ledger::growth(&observed.accounts);
        Case { observed, growth, trends: RefCell::default() }
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

    /// The series of a family, those that `belongs` takes, that grow: the steepest first. The more
    /// there are, the clearer each must be. What varies by less than `least` is not asked: that
    /// says nothing about the order of its values, which is what is tested.
    #[must_use]
    pub fn growing(&self, least: f64, belongs: impl Fn(&Key) -> bool) -> Vec<Growing> {
        let varies = |series: &Series| {
            let (low, high) = series.range();
            high > low && high - low >= least
        };
        let members = self.observed.series.iter();
        let members: Vec<(&Key, &Series)> =
            members.filter(|(key, series)| belongs(key) && varies(series)).collect();
        // What ended before the others is gone: a process that is not there any more.
        let end = members.iter().map(|(_, series)| series.last_sample()).max().unwrap_or(0);
        let members = members.into_iter().filter(|(_, series)| series.lasts_until(end));
        let family: Vec<Growing> = members
            .filter_map(|(key, _)| Some(Growing { key: key.clone(), trend: self.trend(key)? }))
            .collect();
        let p: Vec<f64> = family.iter().map(|it| it.trend.p).collect();
        let significant = benjamini_hochberg(&p, FALSE_DISCOVERIES);
        let mut growing: Vec<Growing> = family
            .into_iter()
            .zip(significant)
            .filter(|(it, significant)| it.trend.is_growth(*significant))
            .map(|(it, _)| it)
            .collect();
        growing.sort_by(|one, other| other.trend.rise.total_cmp(&one.trend.rise));
        growing
    }

    /// The trend of one series that is asked alone, if it grows.
    #[must_use]
    pub fn grows(&self, key: &Key) -> Option<Growing> {
        let trend = self.trend(key)?;
        let is_growth = trend.is_growth(trend.p <= ALPHA);
        is_growth.then(|| Growing { key: key.clone(), trend })
    }

    /// How much more of a series there is at the end; 0 where there is none.
    #[must_use]
    pub fn change(&self, key: &Key) -> f64 {
        self.observed.series.get(key).map_or(0.0, Series::change)
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

    /// The trend of the series that a finding is about, by its subject.
    #[must_use]
    pub fn growth_of(&self, finding: &Finding) -> Option<Rc<Trend>> {
        let process = finding.subject.process.clone()?;
        let class = finding.subject.class.as_deref()?;
        self.trend(&Key::Descriptors(process, class.into()))
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
            Key::Host(_) | Key::Own(_) => (None, None),
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
