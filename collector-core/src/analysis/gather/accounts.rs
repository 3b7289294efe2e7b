//! The memory account of a sample, from meminfo, zoneinfo, vmallocinfo and dentry-state.

use super::descriptors::NoFiles;
use super::texts::Texts;
use crate::analysis::ledger::{Accounts, FileSlab, Pinned, Term};
use crate::analysis::readers::meminfo::Meminfo;
use crate::analysis::readers::slab_names::{self, SlabGroups};
use crate::analysis::readers::vmallocinfo::Area;
use crate::analysis::readers::zoneinfo::Zoneinfo;
use crate::analysis::readers::{Amount, PageSize, Pages};
use crate::analysis::series::{HostFigure, Key, Observed};

pub(super) fn take(
    observed: &mut Observed,
    groups: &SlabGroups,
    sample: usize,
    texts: &Texts<'_>,
    page: PageSize,
) {
    let Some(accounts) = texts.meminfo.and_then(|it| accounts(it, texts, page)) else { return };
    let accounts = Accounts { file_slab: file_slab(groups, texts, page), ..accounts };
    let mut push = |figure, bytes: i64| observed.push(Key::Host(figure), sample, bytes as f64);
    push(HostFigure::Used, accounts.used());
    push(HostFigure::Unaccounted, accounts.unaccounted());
    if let Some(free) = accounts.per_cpu_free {
        observed.push(Key::Host(HostFigure::FreeOnProcessors), sample, free as f64);
    }
    if let Some(available) = accounts.available {
        observed.push(Key::Host(HostFigure::Available), sample, available as f64);
    }
    observed.accounts.push(accounts);
}

/// Puts the terms of all accounts into series. It comes last, for which names in use are of files,
/// the descriptors tell: `opened` in samples, in order, that list them.
pub(super) fn finish(observed: &mut Observed, opened: &[(usize, NoFiles)]) {
    let used = observed.series.get(&Key::Host(HostFigure::Used));
    let samples: Vec<usize> = used.map_or(Vec::new(), |it| it.samples().collect());
    for (sample, account) in samples.into_iter().zip(&mut observed.accounts) {
        // They may be listed less often than accounts are taken.
        let n_before = opened.partition_point(|(at, _)| *at <= sample);
        let no_files = opened.get(n_before.saturating_sub(1)).map(|(_, it)| *it);
        if let (Some(names), Some(it)) = (&mut account.pinned_share, no_files) {
            names.of_pipes = it.pipe_ends.div_ceil(2);
            names.without_inode = it.anonymous;
        }
        for (term, bytes) in account.terms() {
            // What no sample tells of, such as huge pages on a kernel without them, is no series.
            let is_told = match term {
                Term::SwapCache => bytes != 0,
                Term::HugePages => account.hugetlb.is_some(),
                _ => true,
            };
            if is_told {
                let key = Key::Host(HostFigure::Term(term));
                observed.series.entry(key).or_default().push(sample, bytes as f64);
            }
        }
    }
}

/// Bytes that no machine has: a text with more is damaged.
const MOST: u64 = 1 << 54;

/// `None`: the fields without which there is no account are missing.
fn accounts(meminfo: &Meminfo<'_>, texts: &Texts<'_>, page: PageSize) -> Option<Accounts> {
    let told = |name: &str| meminfo.memory(name).map(|it| it.0);
    // No machine has so much, and sums of less do not overflow.
    if meminfo.iter().any(|(_, amount)| matches!(amount, Amount::Memory(it) if it.0 > MOST)) {
        return None;
    }
    let or_nothing = |name: &str| told(name).unwrap_or(0);
    let kernel_stack = told("KernelStack");
    let mapped = texts.areas.map(|areas| {
        let pages = areas.iter().filter_map(|it| it.pages);
        Pages(pages.fold(0, |sum, it| sum.saturating_add(it.0)))
    });
    // Kernels from 4.4 to 5.2 give 0 for it.
    let vmalloc = match (told("VmallocUsed"), mapped) {
        (None | Some(0), Some(pages)) => Some(pages.bytes(page).0),
        (told, _) => told,
    };
    let pinned_share = texts.dentries.map(|it| Pinned {
        dentries: it.dentries,
        unused: it.unused,
        ..Pinned::default()
    });
    let per_cpu_free = texts.zoneinfo.and_then(Zoneinfo::free_on_processors);
    Some(Accounts {
        total: told("MemTotal")?,
        free: told("MemFree")?,
        available: told("MemAvailable"),
        per_cpu_free: per_cpu_free.map(|it| it.bytes(page).0),
        anonymous: told("AnonPages")?,
        shmem: or_nothing("Shmem"),
        cached: told("Cached")?,
        buffers: or_nothing("Buffers"),
        swap_cached: or_nothing("SwapCached"),
        slab_reclaimable: told("SReclaimable")?,
        slab_unreclaimable: told("SUnreclaim")?,
        page_tables: or_nothing("PageTables") + or_nothing("SecPageTables"),
        kernel_stack,
        vmalloc,
        stacks_in_vmalloc: match texts.areas {
            Some(areas) => areas.iter().any(Area::is_stack),
            // So it is wherever stacks are mapped, which is the rule since 4.14.
            None => vmalloc >= kernel_stack,
        },
        percpu: told("Percpu"),
        hugetlb: told("Hugetlb"),
        pinned_share,
        file_slab: None,
        stack_bytes: texts.areas.and_then(|areas| {
            let stack = areas.iter().filter(|it| it.is_stack()).find_map(|it| it.pages)?;
            Some(stack.bytes(page).0)
        }),
    })
}

/// The slab of names and inodes of files; `None`: this sample does not tell of it.
fn file_slab(groups: &SlabGroups, texts: &Texts<'_>, page: PageSize) -> Option<FileSlab> {
    texts.dentries?;
    let mut slab = FileSlab::default();
    for cache in texts.caches? {
        let group = groups.group(cache.name);
        if groups.is_reclaimable(cache.name) == Some(false) {
            continue;
        }
        let Some(kind) = slab_names::of_files(&group) else { continue };
        let place = slab.of_mut(kind);
        let taken = cache.active_objects as f64 * cache.bytes_of_an_object(page);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
        let taken = taken as u64;
        place.number = place.number.saturating_add(cache.active_objects);
        place.taken = place.taken.saturating_add(taken);
        place.held = place.held.saturating_add(cache.held(page).0);
    }
    // A kernel without such a cache under its name does not tell either.
    (slab.names.held > 0).then_some(slab)
}
