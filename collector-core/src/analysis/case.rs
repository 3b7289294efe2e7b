//! A capture as a suspicion sees it: which series grow, judged against their likes, and how much
//! the host grew. Every finding asks here, so that none has rules of its own for what growth is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::finding::{Confidence, Subject};
use super::ledger::{self, Growth, Term};
use super::series::{HostFigure, Key, Observed};
use super::trend::{Trend, benjamini_hochberg};

/// The share of wrong ones among the series of a family that are called growing.
const FALSE_DISCOVERIES: f64 = 0.05;
/// Growth below this many bytes is not worth a finding, unless it is a share of the host's.
const MATERIAL_BYTES: f64 = (16_u64 << 20) as f64;
/// The share of the host's growth that is.
const MATERIAL_SHARE: f64 = 0.01;

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
    /// there are, the clearer each must be.
    #[must_use]
    pub fn growing(&self, belongs: impl Fn(&Key) -> bool) -> Vec<Growing> {
        let keys = self.observed.series.keys().filter(|key| belongs(key));
        let family: Vec<Growing> = keys
            .filter_map(|key| Some(Growing { key: key.clone(), trend: self.trend(key)? }))
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

    /// Whether a term of the account grows.
    #[must_use]
    pub fn term_grows(&self, term: Term) -> bool {
        let key = Key::Host(HostFigure::Term(term));
        self.growing(|it| matches!(it, Key::Host(HostFigure::Term(_))))
            .iter()
            .any(|it| it.key == key)
    }

    /// The growth of a term, in bytes; 0 without accounts.
    #[must_use]
    pub fn term(&self, term: Term) -> i64 {
        self.growth.as_ref().map_or(0, |it| it.of(term))
    }

    /// Whether so many bytes are worth telling.
    #[must_use]
    pub fn is_material(&self, bytes: f64) -> bool {
        let gross = self.growth.as_ref().map_or(0, Growth::gross) as f64;
        bytes >= MATERIAL_BYTES || (gross > 0.0 && bytes >= MATERIAL_SHARE * gross)
    }

    /// How sure a growing series makes, where `conserved` tells whether its growth was found again
    /// elsewhere with the same size.
    #[must_use]
    pub fn confidence(&self, trend: &Trend, conserved: bool) -> Confidence {
        let confidence = Confidence::of(trend);
        if conserved { confidence.raised() } else { confidence }
    }

    /// The process and the class of a series.
    #[must_use]
    pub fn subject(&self, key: &Key) -> Subject {
        let (process, class) = match key {
            Key::Of(process, _) => (Some(process), None),
            Key::Descriptors(process, class)
            | Key::DeletedBytes(process, class)
            | Key::Connections(process, class) => (Some(process), Some(class)),
            Key::Slab(class) | Key::SlabObjects(class) | Key::Caller(class) => (None, Some(class)),
            Key::Metric(_, series) => (None, Some(series)),
            Key::Host(_) => (None, None),
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
