//! Which series grow, among their likes: first the terms of the host's account, one family of some
//! fourteen, then the parts of a term, such as the memory of each process.
//!
//! A term that does not grow is no veto on its parts: what one process leaks another may give back,
//! and then the term stands still. But where nothing grows as a whole there is less reason to
//! believe in growth of a part, so the parts are asked at the stricter level of a single test.
//! Counts (descriptors, threads, objects of the kernel, series of a page) are parts of no term: a
//! thousand open files are two MiB, which no term shows, so they are families of their own.
//! `docs/decisions/0012-hidden-growth-is-asked-for.md` has the figures.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Growing};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key, Series};
use crate::analysis::trend::{ALPHA, benjamini_hochberg};

/// The share of wrong ones among the series of a family that are called growing.
const FALSE_DISCOVERIES: f64 = 0.05;
/// The same among the parts of a term that does not grow.
const FALSE_AMONG_HIDDEN: f64 = ALPHA;
/// A part of a term that does not grow rises by so many times what its own ups and downs can make,
/// or it wanders.
const CLEAR: f64 = 3.0;
/// A term that does not grow hides the growth of a part where others gave back this share of it.
const GIVEN_BACK: f64 = 0.5;
/// Parts that make up this share of a term are all that matter.
const SEEN: f64 = 0.8;

/// The parts of a term that are seen, together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts {
    /// What they had in the first sample.
    seen: f64,
    /// What those of them that shrank or ended gave back.
    back: f64,
}

impl Case<'_> {
    /// The series of a family, those that `belongs` takes, that grow: the steepest first. The more
    /// there are, the clearer each must be; so must the parts of a term that does not grow. What
    /// varies by less than `least` is not asked: that says nothing about the order of its values,
    /// which is what is tested.
    #[must_use]
    pub fn growing(
        &self,
        part_of: Option<Term>,
        least: f64,
        belongs: impl Fn(&Key) -> bool,
    ) -> Vec<Growing> {
        let varies = |series: &Series| {
            let (low, high) = series.range();
            high > low && high - low >= least
        };
        let all = || self.observed.series.iter().filter(|(key, _)| belongs(key));
        // Where the looks at a source are not counted, the others of the family tell the last.
        let end = all().map(|(_, series)| series.last_sample()).max().unwrap_or(0);
        let is_there = |key: &Key, series: &Series| {
            series.lasts_until(self.observed.last_look(key).unwrap_or(end))
        };
        let members = all().filter(|(key, series)| varies(series) && is_there(key, series));
        let is_hidden = part_of.and_then(|it| self.term_grows(it)) == Some(false);
        let level = if is_hidden { FALSE_AMONG_HIDDEN } else { FALSE_DISCOVERIES };
        let mut growing = self.of_family(members.map(|(key, _)| key.clone()), level);
        growing.retain(|it| !is_hidden || it.trend.rise > CLEAR * it.trend.noise);
        growing.sort_by(|one, other| other.trend.rise.total_cmp(&one.trend.rise));
        growing
    }

    /// The trend of one series that is asked alone, if it grows; the terms of the account are asked
    /// together.
    #[must_use]
    pub fn grows(&self, key: &Key) -> Option<Growing> {
        let trend = self.trend(key).filter(|_| self.lasts(key))?;
        let is_growth = match key {
            Key::Host(figure) if is_of_account(*figure) => self.growing_figures().contains(figure),
            _ => trend.is_growth(trend.p <= ALPHA),
        };
        is_growth.then(|| Growing { key: key.clone(), trend })
    }

    /// Whether a series goes on to the end of the capture: what its source has not told of in its
    /// last looks, such as a process, is gone, and nothing that goes on is said of it.
    #[must_use]
    pub fn lasts(&self, key: &Key) -> bool {
        let series = self.observed.series.get(key);
        series.is_some_and(|it| self.observed.last_look(key).is_none_or(|end| it.lasts_until(end)))
    }

    /// Whether a term grows; `None`: no sample tells it.
    #[must_use]
    pub fn term_grows(&self, term: Term) -> Option<bool> {
        let figure = HostFigure::Term(term);
        let is_told = self.observed.series.contains_key(&Key::Host(figure));
        is_told.then(|| self.growing_figures().contains(&figure))
    }

    /// Whether `part` of a term grows by so much though the term does not, and nobody is seen who
    /// gave back what hides it. Where most of the term is not seen, as of processes in other PID
    /// namespaces, whoever gave it back need not be seen either.
    #[must_use]
    pub fn is_hidden_by_nobody(&self, part: &Key) -> bool {
        let Some(term) = term_of(part) else { return false };
        if self.term_grows(term) != Some(false) {
            return false;
        }
        let grown = self.change(part);
        let in_term = self.change(&Key::Host(HostFigure::Term(term)));
        let hidden = grown - in_term.max(0.0);
        let Parts { seen, back } = self.parts().get(&term).copied().unwrap_or_default();
        let of_it = self.observed.series.get(part).map_or(0.0, |it| given_back(it, self.end()));
        let back = back - of_it;
        let whole = self.observed.series.get(&Key::Host(HostFigure::Term(term)));
        let is_seen = whole.is_some_and(|it| seen >= SEEN * it.ends().0);
        is_seen && hidden > 0.0 && back < GIVEN_BACK * hidden
    }

    /// What is seen of the parts of each term, gathered once.
    fn parts(&self) -> &BTreeMap<Term, Parts> {
        self.parts.get_or_init(|| {
            let mut all: BTreeMap<Term, Parts> = BTreeMap::new();
            for (key, series) in &self.observed.series {
                let Some(term) = term_of(key) else { continue };
                let parts = all.entry(term).or_default();
                parts.seen += if series.first_sample() == 0 { series.ends().0 } else { 0.0 };
                parts.back += given_back(series, self.end());
            }
            all
        })
    }

    /// The number of the last sample.
    fn end(&self) -> usize {
        self.observed.times.len().saturating_sub(1)
    }

    fn growing_figures(&self) -> &BTreeSet<HostFigure> {
        self.host.get_or_init(|| {
            let keys = self.observed.series.keys();
            let family = keys.filter(|key| matches!(key, Key::Host(it) if is_of_account(*it)));
            let growing = self.of_family(family.cloned(), FALSE_DISCOVERIES);
            let figure = |it: Growing| match it.key {
                Key::Host(figure) => Some(figure),
                _ => None,
            };
            growing.into_iter().filter_map(figure).collect()
        })
    }

    /// Those of a family that grow, when a share of at most `level` may be wrong.
    fn of_family(&self, keys: impl Iterator<Item = Key>, level: f64) -> Vec<Growing> {
        let family: Vec<Growing> =
            keys.filter_map(|key| Some(Growing { trend: self.trend(&key)?, key })).collect();
        let p: Vec<f64> = family.iter().map(|it| it.trend.p).collect();
        let significant = benjamini_hochberg(&p, level);
        let members = family.into_iter().zip(significant);
        members.filter(|(it, is)| it.trend.is_growth(*is)).map(|(it, _)| it).collect()
    }
}

/// Whether a figure is one of the account: a term, or what no term explains.
fn is_of_account(figure: HostFigure) -> bool {
    matches!(figure, HostFigure::Term(_) | HostFigure::Unaccounted)
}

/// The term that a series in bytes is a part of.
pub(super) fn term_of(part: &Key) -> Option<Term> {
    use crate::analysis::series::ProcessFigure::{Anonymous, PageTables};
    match part {
        Key::Of(_, Anonymous) => Some(Term::Anonymous),
        Key::Of(_, PageTables) => Some(Term::PageTables),
        Key::Slab(_) => Some(Term::SlabUnreclaimable),
        _ => None,
    }
}

/// What a series gave back by sample number `end`: all of it, where it ended before.
fn given_back(series: &Series, end: usize) -> f64 {
    match series.lasts_until(end) {
        true => (-series.change()).max(0.0),
        false => series.ends().1,
    }
}
