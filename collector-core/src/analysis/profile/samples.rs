//! The samples of a profile, packed: values, stacks and labels of all of them one after the other.

use super::Text;

/// The samples of a profile. Each has a stack of locations, the leaf first, one value per type,
/// and labels.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    n_values: usize,
    values: Vec<i64>,
    stacks: Vec<u32>,
    stack_ends: Vec<usize>,
    labels: Vec<Label>,
    label_ends: Vec<usize>,
}

/// A mark on a sample, such as the size of the allocated objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Its name.
    pub key: Text,
    /// Its value.
    pub value: LabelValue,
}

/// The value of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelValue {
    /// A text.
    Text(Text),
    /// A number with its unit, which may be empty.
    Number(i64, Text),
}

/// One sample.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// Its locations, the leaf first.
    pub stack: &'a [u32],
    /// Its values, in the order of the profile's types.
    pub values: &'a [i64],
    /// Its labels.
    pub labels: &'a [Label],
}

impl Samples {
    /// None yet; each will have `n_values` values.
    #[must_use]
    pub fn new(n_values: usize) -> Self {
        Samples { n_values, ..Samples::default() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stack_ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stack_ends.is_empty()
    }

    /// Adds a sample, which must have as many values as [`Samples::new`] was told.
    pub fn push(
        &mut self,
        stack: impl IntoIterator<Item = u32>,
        values: &[i64],
        labels: impl IntoIterator<Item = Label>,
    ) {
        assert_eq!(values.len(), self.n_values, "one value per type");
        self.values.extend_from_slice(values);
        self.stacks.extend(stack);
        self.stack_ends.push(self.stacks.len());
        self.labels.extend(labels);
        self.label_ends.push(self.labels.len());
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Sample<'_>> {
        (0..self.len()).map(|at| {
            let start = |ends: &[usize]| at.checked_sub(1).map_or(0, |before| ends[before]);
            Sample {
                stack: &self.stacks[start(&self.stack_ends)..self.stack_ends[at]],
                values: &self.values[at * self.n_values..(at + 1) * self.n_values],
                labels: &self.labels[start(&self.label_ends)..self.label_ends[at]],
            }
        })
    }

    /// Makes room for all of `others` besides.
    pub(super) fn reserve(&mut self, others: &Samples) {
        self.values.reserve(others.values.len());
        self.stacks.reserve(others.stacks.len());
        self.stack_ends.reserve(others.stack_ends.len());
        self.labels.reserve(others.labels.len());
        self.label_ends.reserve(others.label_ends.len());
    }

    /// Adds to the values of a sample.
    pub(super) fn add(&mut self, at: usize, values: &[i64]) {
        let own = &mut self.values[at * self.n_values..(at + 1) * self.n_values];
        for (own, more) in own.iter_mut().zip(values) {
            *own = own.wrapping_add(*more);
        }
    }

    /// Keeps of each sample the values at `kept`, in that order.
    pub(super) fn select(&mut self, kept: &[usize]) {
        let old = std::mem::take(&mut self.values);
        for values in old.chunks_exact(self.n_values.max(1)) {
            self.values.extend(kept.iter().map(|it| values[*it]));
        }
        self.n_values = kept.len();
    }

    /// Multiplies each value by the ratio of its type, and drops the samples in which everything
    /// that was multiplied is then zero. (pprof looks at those values alone, and so does this.)
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "as pprof does"
    )]
    pub(super) fn scale(&mut self, ratios: &[f64]) {
        let is_scaled: Vec<bool> = ratios.iter().map(|it| *it != 1.0).collect();
        for values in self.values.chunks_exact_mut(self.n_values.max(1)) {
            for (value, ratio) in values.iter_mut().zip(ratios).filter(|(_, ratio)| **ratio != 1.0)
            {
                *value = (*value as f64 * ratio).round() as i64;
            }
        }
        self.keep(|values| {
            values.iter().zip(&is_scaled).any(|(value, is_scaled)| *is_scaled && *value != 0)
        });
    }

    /// Drops the samples in which everything is zero.
    pub(super) fn drop_zeros(&mut self) {
        self.keep(|values| !is_zero(values));
    }

    fn keep(&mut self, is_kept: impl Fn(&[i64]) -> bool) {
        if self.values.chunks_exact(self.n_values.max(1)).all(&is_kept) {
            return;
        }
        let old = std::mem::take(self);
        *self = Samples::new(old.n_values);
        self.reserve(&old);
        for sample in old.iter().filter(|it| is_kept(it.values)) {
            self.push(sample.stack.iter().copied(), sample.values, sample.labels.iter().copied());
        }
    }
}

pub(super) fn is_zero(values: &[i64]) -> bool {
    values.iter().all(|it| *it == 0)
}
