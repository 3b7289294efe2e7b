//! The samples that a growth is measured between, and how much more there was at their end.

use super::ledger::Accounts;
use super::series::{HostFigure, Key, Observed, Series};

/// Whether a holder was there all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Lifetime {
    /// As far as it was looked at.
    #[default]
    Throughout,
    /// It was not there at the start.
    Started,
    /// It was not there at the end.
    Ended,
    /// It came and went.
    Passing,
}

/// The first samples of the account and the last ones: those that the ledger takes.
#[derive(Debug)]
pub struct Window<'o> {
    /// What the samples tell.
    pub observed: &'o Observed,
    first: Vec<(usize, &'o Accounts)>,
    last: Vec<(usize, &'o Accounts)>,
}

impl<'o> Window<'o> {
    /// Those of `observed`; none where its accounts and their samples do not go together.
    #[must_use]
    pub fn of(observed: &'o Observed) -> Self {
        let accounts = &observed.accounts;
        let used = observed.series.get(&Key::Host(HostFigure::Used));
        let samples: Vec<usize> = used.map_or(Vec::new(), |it| it.samples().collect());
        let k = observed.end_samples().min(accounts.len());
        let mut window = Window { observed, first: Vec::new(), last: Vec::new() };
        // Each account has its sample; else nothing can be compared with them.
        if samples.len() == accounts.len() {
            let of_account = || samples.iter().copied().zip(accounts);
            window.first = of_account().take(k).collect();
            window.last = of_account().skip(accounts.len() - k).collect();
        }
        window
    }

    /// How much higher the mean of `value` is in the last samples than in the first.
    #[must_use]
    pub fn change(&self, value: impl Fn(usize, &Accounts) -> f64) -> f64 {
        let mean = |samples: &[(usize, &Accounts)]| {
            let sum: f64 = samples.iter().map(|(sample, account)| value(*sample, account)).sum();
            sum / samples.len().max(1) as f64
        };
        mean(&self.last) - mean(&self.first)
    }

    /// All the samples at both ends.
    pub fn ends(&self) -> impl Iterator<Item = &(usize, &'o Accounts)> {
        self.first.iter().chain(&self.last)
    }

    /// The account of the last sample.
    #[must_use]
    pub fn last_account(&self) -> Option<&'o Accounts> {
        self.last.last().map(|(_, account)| *account)
    }

    /// The growth of a figure that is always there; `None`: no sample tells it.
    #[must_use]
    pub fn growth_of(&self, key: &Key) -> Option<f64> {
        Some(self.growth(self.observed.series.get(key)?))
    }

    /// The growth of a series from its start, or from that of the window, which is later: before
    /// its first value it was as large as then, and after its last it stays as it was. Without an
    /// account, between its own first and last values.
    #[must_use]
    pub fn growth(&self, series: &Series) -> f64 {
        if self.last.is_empty() {
            return series.change();
        }
        self.change(|sample, _| series.held_at(sample).unwrap_or(0.0))
    }

    /// The series that `belongs` takes, with the samples in which they were looked at.
    #[must_use]
    pub fn family(&self, belongs: impl Fn(&Key) -> bool) -> Family<'o> {
        let members = self.observed.series.iter().filter(|(key, _)| belongs(key));
        let members: Vec<(&Key, &Series)> = members.collect();
        let mut is_look = vec![false; self.observed.times.len()];
        for sample in members.iter().flat_map(|(_, series)| series.samples()) {
            if let Some(it) = is_look.get_mut(sample) {
                *it = true;
            }
        }
        let looks = is_look.iter().enumerate().filter(|(_, it)| **it).map(|(at, _)| at).collect();
        Family { members, looks }
    }
}

/// Series of one source, of holders that come and go.
#[derive(Debug)]
pub struct Family<'o> {
    /// Them, in the order of their keys.
    pub members: Vec<(&'o Key, &'o Series)>,
    /// The samples in which one of them has a value, in order: what has none there was not there.
    looks: Vec<usize>,
}

impl Family<'_> {
    /// The look that counts for a sample: its own, or the one before, or the first.
    #[must_use]
    pub fn look(&self, sample: usize) -> usize {
        let n_before = self.looks.partition_point(|it| *it <= sample);
        self.looks.get(n_before.saturating_sub(1)).copied().unwrap_or(sample)
    }

    /// What a member has in a sample; 0 where it was not there.
    #[must_use]
    pub fn value(&self, series: &Series, sample: usize) -> f64 {
        series.value_at(self.look(sample)).unwrap_or(0.0)
    }

    /// The growth of a member.
    #[must_use]
    pub fn growth(&self, window: &Window<'_>, series: &Series) -> f64 {
        window.change(|sample, _| self.value(series, sample))
    }

    /// Whether a member was there all the time.
    #[must_use]
    pub fn lifetime(&self, window: &Window<'_>, series: &Series) -> Lifetime {
        let is_there =
            |(sample, _): &(usize, &Accounts)| series.value_at(self.look(*sample)).is_some();
        match (window.first.first().is_some_and(is_there), window.last.last().is_some_and(is_there))
        {
            (true, true) => Lifetime::Throughout,
            (false, true) => Lifetime::Started,
            (true, false) => Lifetime::Ended,
            // It was there in some of the samples that count for an end: its bytes say so too.
            (false, false) if window.first.iter().any(is_there) => Lifetime::Ended,
            (false, false) if window.last.iter().any(is_there) => Lifetime::Started,
            (false, false) => Lifetime::Passing,
        }
    }
}
