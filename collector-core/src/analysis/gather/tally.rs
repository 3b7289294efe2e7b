//! Counts that are 0 where nobody lists them: classes of descriptors, dead children, slab caches.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use crate::analysis::series::{Key, Observed, Series};

/// Counts by key. Each belongs to an owner, and where the owner was looked at and the count was
/// not there, it is 0.
#[derive(Debug)]
pub(super) struct Tally<O> {
    owners: HashMap<O, Owned>,
}

/// The counts of one owner. They are by themselves because an owner has few, and a host has tens
/// of thousands.
#[derive(Debug, Default)]
pub(super) struct Owned {
    /// The numbers of the samples it was looked at.
    looks: Vec<u32>,
    counts: BTreeMap<Key, Series>,
}

impl<O> Default for Tally<O> {
    fn default() -> Self {
        Tally { owners: HashMap::new() }
    }
}

impl<O: Eq + Hash + Clone> Tally<O> {
    /// The counts of `owner`, who is not looked at by that.
    pub(super) fn of(&mut self, owner: &O) -> &mut Owned {
        self.owners.entry(owner.clone()).or_default()
    }

    /// `owner` was looked at in sample number `sample`: its counts.
    pub(super) fn look(&mut self, owner: &O, sample: usize) -> &mut Owned {
        let owned = self.of(owner);
        owned.look(sample);
        owned
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

    /// Puts the series of all counts into `observed`.
    pub(super) fn finish(self, observed: &mut Observed) {
        for Owned { looks, counts } in self.owners.into_values() {
            let filled = |(key, series): (Key, Series)| (key, series.with_zeros_at(&looks));
            observed.series.extend(counts.into_iter().map(filled));
        }
    }
}

impl Owned {
    /// Adds `amount` to a count in sample number `sample`.
    pub(super) fn add(&mut self, key: Key, sample: usize, amount: f64) {
        self.counts.entry(key).or_default().add(sample, amount);
    }

    fn look(&mut self, sample: usize) {
        let Ok(sample) = u32::try_from(sample) else { return };
        if self.looks.last() != Some(&sample) {
            self.looks.push(sample);
        }
    }
}
