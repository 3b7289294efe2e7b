//! The kernel's caches of small objects, by the groups that it keeps as one.

use super::tally::Tally;
use super::texts::Texts;
use crate::analysis::readers::slab_names::SlabGroups;
use crate::analysis::readers::{PageSize, Pages};
use crate::analysis::series::{Key, Observed};

/// What the kernel counts as slab and has in no cache: allocations by `kmalloc` of more than two
/// pages, since 5.4. Before that they were not counted at all.
const LARGE: &str = "large kmalloc";

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
        // A kernel that keeps each cache apart has no links.
        observed.slabs_merged = Some(!aliases.is_empty());
    }
    if let Some(accounts) = texts.reclaim {
        groups.take_reclaim_accounts(accounts);
    }
    let Some(caches) = texts.caches else { return };
    let counts = tally.look(&(), sample);
    let mut in_caches = 0.0;
    for cache in caches {
        let group = groups.group(cache.name);
        if groups.is_reclaimable(cache.name) == Some(true) {
            observed.reclaimable.insert(group.clone());
        }
        if !observed.object_bytes.contains_key(&group) {
            observed.object_bytes.insert(group.clone(), cache.bytes_of_an_object(page));
            let slab = Pages(cache.pages_per_slab).bytes(page).0 as f64;
            observed.slab_bytes.insert(group.clone(), slab);
        }
        let objects = cache.active_objects as f64;
        counts.add(Key::SlabObjects(group.clone()), sample, objects);
        let bytes = cache.held(page).0 as f64;
        in_caches += bytes;
        counts.add(Key::Slab(group), sample, bytes);
    }
    let told = |name| texts.meminfo.and_then(|it| it.memory(name)).map(|it| it.0 as f64);
    let all = told("SReclaimable").zip(told("SUnreclaim")).map(|(one, other)| one + other);
    if let Some(all) = all.filter(|_| !caches.is_empty()) {
        // The two texts are of two moments, so where there is none it may be just below 0.
        observed.push(Key::Slab(LARGE.into()), sample, (all - in_caches).max(0.0));
    }
}
