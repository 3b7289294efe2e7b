//! Which series grow, among their likes: first the terms of the host's account, one family of some
//! fourteen, then the parts of a term, such as the memory of each process.
//!
//! A term that does not grow is no veto on its parts: what one process leaks another may give back,
//! and then the term stands still. But where nothing grows as a whole there is less reason to
//! believe in growth of a part, so the parts are asked at the stricter level of a single test.
//! Counts (descriptors, threads, objects of the kernel, series of a page) are parts of no term: a
//! thousand open files are two MiB, which no term shows, so they are families of their own.
//! `docs/decisions/0011-hidden-growth-is-asked-for.md` has the figures.

use std::collections::BTreeSet;

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
        let members = self.observed.series.iter();
        let members: Vec<(&Key, &Series)> =
            members.filter(|(key, series)| belongs(key) && varies(series)).collect();
        // What ended before the others is gone: a process that is not there any more.
        let end = members.iter().map(|(_, series)| series.last_sample()).max().unwrap_or(0);
        let members = members.into_iter().filter(|(_, series)| series.lasts_until(end));
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
        let trend = self.trend(key)?;
        let is_growth = match key {
            Key::Host(figure) if is_of_account(*figure) => self.growing_figures().contains(figure),
            _ => trend.is_growth(trend.p <= ALPHA),
        };
        is_growth.then(|| Growing { key: key.clone(), trend })
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
        let end = self.observed.times.len().saturating_sub(1);
        let all = self.observed.series.iter().filter(|(key, _)| is_sibling(part, key));
        let (mut seen, mut back) = (0.0, 0.0);
        for (key, series) in all {
            seen += if series.first_sample() == 0 { series.ends().0 } else { 0.0 };
            back += if key == part { 0.0 } else { given_back(series, end) };
        }
        let whole = self.observed.series.get(&Key::Host(HostFigure::Term(term)));
        let is_seen = whole.is_some_and(|it| seen >= SEEN * it.ends().0);
        is_seen && hidden > 0.0 && back < GIVEN_BACK * hidden
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

/// Whether `other` is a part of the same term, or the same part.
fn is_sibling(part: &Key, other: &Key) -> bool {
    match (part, other) {
        (Key::Of(_, figure), Key::Of(_, other)) => figure == other,
        (Key::Slab(_), Key::Slab(_)) => true,
        _ => false,
    }
}

/// What a series gave back by sample number `end`: all of it, where it ended before.
fn given_back(series: &Series, end: usize) -> f64 {
    match series.lasts_until(end) {
        true => (-series.change()).max(0.0),
        false => series.ends().1,
    }
}
