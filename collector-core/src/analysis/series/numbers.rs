//! Numbers at some of the samples.

use crate::analysis::trend::Trend;

/// Numbers at some of the samples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    pub(super) samples: Vec<u32>,
    values: Vec<f64>,
}

impl Series {
    /// Adds the value at sample number `sample`, which is above the last one.
    pub fn push(&mut self, sample: usize, value: f64) {
        if let Ok(sample) = u32::try_from(sample) {
            self.samples.push(sample);
            self.values.push(value);
        }
    }

    /// Adds to the value at sample number `sample`, which is the last one or comes after it.
    pub fn add(&mut self, sample: usize, value: f64) {
        match (self.samples.last(), self.values.last_mut()) {
            (Some(at), Some(sum)) if *at as usize == sample => *sum += value,
            _ => self.push(sample, value),
        }
    }

    /// The same with 0 at those of `samples`, in order, that have no value.
    #[must_use]
    pub fn with_zeros_at(&self, samples: &[u32]) -> Self {
        let mut filled = Series::default();
        let mut own = self.samples.iter().zip(&self.values).peekable();
        for sample in samples {
            while let Some((at, value)) = own.next_if(|(at, _)| *at <= sample) {
                filled.push(*at as usize, *value);
            }
            if filled.samples.last().is_none_or(|at| at < sample) {
                filled.push(*sample as usize, 0.0);
            }
        }
        own.for_each(|(at, value)| filled.push(*at as usize, *value));
        filled
    }

    /// Moves the value at each sample to its new number.
    pub(super) fn put_in_order(&mut self, place: &[usize]) {
        let old = std::mem::take(self);
        let mut points: Vec<(usize, f64)> = old
            .samples
            .iter()
            .filter_map(|it| place.get(*it as usize).copied())
            .zip(old.values)
            .collect();
        points.sort_by_key(|(at, _)| *at);
        points.into_iter().for_each(|(at, value)| self.push(at, value));
    }

    /// The values.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The samples it has values of, in order.
    pub fn samples(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.samples.iter().map(|it| *it as usize)
    }

    /// The number of the first sample it has a value of.
    #[must_use]
    pub fn first_sample(&self) -> usize {
        self.samples.first().map_or(0, |it| *it as usize)
    }

    /// The value at a sample; where that has none, the one before it. `None` before the first
    /// value and after the last: what it is of was not there.
    #[must_use]
    pub fn value_at(&self, sample: usize) -> Option<f64> {
        if sample > self.last_sample() {
            return None;
        }
        let n_before = self.samples.partition_point(|it| *it as usize <= sample);
        self.values.get(n_before.checked_sub(1)?).copied()
    }

    /// The same of what is always there: before its first value it was as large as then, after the
    /// last it stays as it was. `None`: it has no value at all.
    #[must_use]
    pub fn held_at(&self, sample: usize) -> Option<f64> {
        let n_before = self.samples.partition_point(|it| *it as usize <= sample);
        self.values.get(n_before.saturating_sub(1)).copied()
    }

    /// The last `n` values, or all where there are fewer.
    #[must_use]
    pub fn latest(&self, n: usize) -> &[f64] {
        let values = self.values();
        &values[values.len().saturating_sub(n)..]
    }

    /// The number of the last sample it has a value of.
    #[must_use]
    pub fn last_sample(&self) -> usize {
        self.samples.last().map_or(0, |it| *it as usize)
    }

    /// Whether it goes on until sample number `end`, as far as its usual pauses tell.
    #[must_use]
    pub fn lasts_until(&self, end: usize) -> bool {
        let mut pauses: Vec<u32> = self.samples.windows(2).map(|it| it[1] - it[0]).collect();
        pauses.sort_unstable();
        let usual = pauses.get(pauses.len() / 2).copied().unwrap_or(1) as usize;
        end <= self.last_sample() + 2 * usual
    }

    /// The same without the values of these samples, which are in order.
    #[must_use]
    pub fn without(&self, samples: &[u32]) -> Self {
        let mut rest = Series::default();
        for (at, value) in self.samples.iter().zip(&self.values) {
            if samples.binary_search(at).is_err() {
                rest.push(*at as usize, *value);
            }
        }
        rest
    }

    /// The least value and the greatest.
    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        let values = self.values.iter().copied();
        let least = values.clone().fold(f64::INFINITY, f64::min);
        (least, values.fold(f64::NEG_INFINITY, f64::max))
    }

    /// What is left of it without `other`, at the samples that both have.
    #[must_use]
    pub fn minus(&self, other: &Series) -> Self {
        let mut rest = Series::default();
        self.beside(other).into_iter().for_each(|(at, one, less)| rest.push(at, one - less));
        rest
    }

    /// The values at the samples that both have: the sample, its own, the other's.
    #[must_use]
    pub fn beside(&self, other: &Series) -> Vec<(usize, f64, f64)> {
        let mut pairs = Vec::new();
        let mut others = other.samples.iter().zip(&other.values).peekable();
        for (sample, value) in self.samples.iter().zip(&self.values) {
            while others.next_if(|(at, _)| *at < sample).is_some() {}
            if let Some((_, beside)) = others.next_if(|(at, _)| *at == sample) {
                pairs.push((*sample as usize, *value, *beside));
            }
        }
        pairs
    }

    /// The first value and the last.
    #[must_use]
    pub fn ends(&self) -> (f64, f64) {
        let end = |value: Option<&f64>| value.copied().unwrap_or(0.0);
        (end(self.values.first()), end(self.values.last()))
    }

    /// How much higher the mean of the last samples is than that of the first: the change that
    /// adds up with others.
    #[must_use]
    pub fn change(&self) -> f64 {
        let k = crate::analysis::ledger::end_samples(self.values.len()).min(self.values.len());
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        mean(&self.values[self.values.len() - k..]) - mean(&self.values[..k])
    }

    /// Its trend, where sample `n` was taken at `times[n]`.
    #[must_use]
    pub fn trend(&self, times: &[f64]) -> Trend {
        let at = |sample: &u32| times.get(*sample as usize).copied().unwrap_or(f64::NAN);
        let times: Vec<f64> = self.samples.iter().map(at).collect();
        Trend::of(&times, &self.values)
    }
}
