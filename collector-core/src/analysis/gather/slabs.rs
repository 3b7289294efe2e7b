//! The kernel's caches of small objects, by the groups that it keeps as one.

use super::tally::Tally;
use super::texts::Texts;
use crate::analysis::readers::PageSize;
use crate::analysis::readers::slab_names::SlabGroups;
use crate::analysis::series::{Key, Observed};

pub(super) fn take(
    observed: &mut Observed,
    groups: &mut SlabGroups,
    tally: &mut Tally<()>,
    sample: usize,
    texts: &Texts<'_>,
    page: PageSize,
) {
    // The names come with the first sample of a bundle.
    if let Some(aliases) = texts.aliases {
        groups.take_aliases(aliases);
    }
    if let Some(accounts) = texts.reclaim {
        groups.take_reclaim_accounts(accounts);
    }
    let Some(caches) = texts.caches else { return };
    let counts = tally.look(&(), sample);
    for cache in caches {
        let group = groups.group(cache.name);
        if groups.is_reclaimable(cache.name) == Some(true) {
            observed.reclaimable.insert(group.clone());
        }
        if !observed.object_bytes.contains_key(&group) {
            observed.object_bytes.insert(group.clone(), cache.bytes_of_an_object(page));
        }
        let objects = cache.active_objects as f64;
        counts.add(Key::SlabObjects(group.clone()), sample, objects);
        counts.add(Key::Slab(group), sample, cache.held(page).0 as f64);
    }
}
