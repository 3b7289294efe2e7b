//! Counts that are 0 where nobody lists them: classes of descriptors, dead children, slab caches.

use std::collections::HashMap;
use std::hash::Hash;

use crate::analysis::series::{Key, Observed, Series};

/// Counts by key. Each belongs to an owner, and where the owner was looked at and the count was
/// not there, it is 0.
#[derive(Debug)]
pub(super) struct Tally<O> {
    owners: HashMap<O, Owned>,
}

/// What is known of one owner.
#[derive(Debug, Default)]
struct Owned {
    /// The numbers of the samples it was looked at.
    looks: Vec<u32>,
    counts: HashMap<Key, Series>,
}

impl<O> Default for Tally<O> {
    fn default() -> Self {
        Tally { owners: HashMap::new() }
    }
}

impl<O: Eq + Hash + Clone> Tally<O> {
    /// `owner` was looked at in sample number `sample`.
    pub(super) fn look(&mut self, owner: &O, sample: usize) {
        self.owned(owner).look(sample);
    }

    /// Those owners that were looked at before and are still there were looked at in sample number
    /// `sample`.
    pub(super) fn look_again(&mut self, sample: usize, is_there: impl Fn(&O) -> bool) {
        for (owner, owned) in &mut self.owners {
            if is_there(owner) {
                owned.look(sample);
            }
        }
    }

    /// Adds `amount` to a count of `owner` in that sample.
    pub(super) fn add(&mut self, owner: &O, key: Key, sample: usize, amount: f64) {
        self.owned(owner).counts.entry(key).or_default().add(sample, amount);
    }

    fn owned(&mut self, owner: &O) -> &mut Owned {
        // Looked up twice where it is new, and not cloned where it is not.
        if !self.owners.contains_key(owner) {
            self.owners.insert(owner.clone(), Owned::default());
        }
        self.owners.get_mut(owner).expect("it is there, or was just put there")
    }

    /// Puts the series of all counts into `observed`.
    pub(super) fn finish(self, observed: &mut Observed) {
        for Owned { looks, counts } in self.owners.into_values() {
            let filled = |(key, series): (Key, Series)| (key, series.with_zeros_at(&looks));
            observed.series.extend(counts.into_iter().map(filled));
        }
    }
}

impl Owned {
    fn look(&mut self, sample: usize) {
        let Ok(sample) = u32::try_from(sample) else { return };
        if self.looks.last() != Some(&sample) {
            self.looks.push(sample);
        }
    }
}
