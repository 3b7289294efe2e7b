//! Counts that are 0 where nobody lists them: classes of descriptors, dead children, slab caches.

use std::collections::BTreeMap;

use crate::analysis::series::{Key, Observed, Series};

/// Counts by key. Each belongs to an owner, and where the owner was looked at and the count was
/// not there, it is 0.
#[derive(Debug)]
pub(super) struct Tally<O> {
    looks: BTreeMap<O, Vec<usize>>,
    counts: BTreeMap<Key, (O, Series)>,
}

impl<O> Default for Tally<O> {
    fn default() -> Self {
        Tally { looks: BTreeMap::new(), counts: BTreeMap::new() }
    }
}

impl<O: Ord + Clone> Tally<O> {
    /// `owner` was looked at in sample number `sample`.
    pub(super) fn look(&mut self, owner: &O, sample: usize) {
        match self.looks.get_mut(owner) {
            Some(looks) if looks.last() == Some(&sample) => {}
            Some(looks) => looks.push(sample),
            None => {
                self.looks.insert(owner.clone(), vec![sample]);
            }
        }
    }

    /// Those owners that were looked at before and are still there were looked at in sample number
    /// `sample`.
    pub(super) fn look_again(&mut self, sample: usize, is_there: impl Fn(&O) -> bool) {
        for (owner, looks) in &mut self.looks {
            if is_there(owner) {
                looks.push(sample);
            }
        }
    }

    /// Adds `amount` to a count of `owner` in that sample.
    pub(super) fn add(&mut self, owner: &O, key: Key, sample: usize, amount: f64) {
        let empty = || (owner.clone(), Series::default());
        self.counts.entry(key).or_insert_with(empty).1.add(sample, amount);
    }

    /// Puts the series of all counts into `observed`.
    pub(super) fn finish(self, observed: &mut Observed) {
        for (key, (owner, series)) in self.counts {
            let looks = self.looks.get(&owner).map_or(&[][..], Vec::as_slice);
            observed.series.insert(key, series.with_zeros_at(looks));
        }
    }
}
