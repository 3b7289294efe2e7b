//! Slab: the groups of caches that the kernel keeps as one, each in the term that the kernel counts
//! it in. The groups of names and inodes are divided: what is in use of them is pinned.

use crate::analysis::case::Case;
use crate::analysis::findings::Account;
use crate::analysis::ledger::{Kept, Term};
use crate::analysis::readers::slab_names::{OfFiles, of_files};
use crate::analysis::series::{Key, Series};

use super::Kind;
use super::listing::Listing;
use crate::analysis::window::{Family, Window};

pub(super) fn list<'o>(
    case: &Case<'_>,
    window: &Window<'o>,
    term: Term,
    observer: &[(Account, i64)],
    list: &mut Listing<'o>,
) -> &'static str {
    let groups = window.family(|it| matches!(it, Key::Slab(_)));
    let reclaimable = &window.observed.reclaimable;
    if groups.members.is_empty() {
        return "slabinfo is not told";
    }
    if reclaimable.is_empty() {
        return "which caches can be given back is not told";
    }
    // What the collector read is used by nobody.
    let own = |account: &Account| match account {
        Account::Slab(group) => {
            let is_free = reclaimable.contains(group);
            term == if is_free { Term::SlabReclaimable } else { Term::SlabUnreclaimable }
        }
        other => *other == Account::Term(term),
    };
    list.observer(observer.iter().filter(|(account, _)| own(account)));
    let is_told = window.ends().all(|(_, account)| account.share_in_use(OfFiles::Names).is_some());
    let mut held_of_all = 0.0;
    for (key, series) in &groups.members {
        let Key::Slab(group) = key else { continue };
        let growth = groups.growth(window, series);
        held_of_all += growth.round();
        if reclaimable.contains(group) == (term == Term::SlabUnreclaimable) {
            continue;
        }
        let pinned = if is_told { pinned(window, &groups, group, series) } else { 0.0 };
        let taken =
            observer.iter().filter(|(it, _)| matches!(it, Account::Slab(of) if of == group));
        let taken: i64 = taken.map(|(_, bytes)| bytes).sum();
        let bytes = match term {
            Term::SlabPinned => pinned,
            _ => growth.round() - pinned.round() - taken as f64,
        };
        list.add(key, bytes, groups.lifetime(window, series));
    }
    match term {
        Term::SlabUnreclaimable => {
            let all: i64 = [Term::SlabPinned, Term::SlabReclaimable, Term::SlabUnreclaimable]
                .map(|it| case.term(it))
                .into_iter()
                .sum();
            let large = all as f64 - held_of_all;
            list.line(Kind::LargeObjects, "objects of more than two pages (kmalloc)", large, false);
            "what changed between the two texts"
        }
        Term::SlabPinned if !is_told => "names and inodes in use, by their share of all names",
        Term::SlabReclaimable if !is_told => "less the names and inodes in use, which are pinned",
        _ => "what changed between the two texts",
    }
}

/// The growth of what is in use of a group of names or inodes; 0 for others.
fn pinned(window: &Window<'_>, groups: &Family<'_>, group: &str, series: &Series) -> f64 {
    let Some(kind) = of_files(group) else { return 0.0 };
    let observed = window.observed;
    let objects = observed.series.get(&Key::SlabObjects(group.into()));
    let each = observed.object_bytes.get(group).copied().unwrap_or(0.0);
    let change = |of: &dyn Fn(Kept) -> f64| {
        window.change(|sample, account| {
            let Some(share) = account.share_in_use(kind) else { return 0.0 };
            let n = objects.map_or(0.0, |it| groups.value(it, sample));
            of(Kept::of(groups.value(series, sample), n * each, share))
        })
    };
    // Whether the room counts, the whole kind tells, as in the term that this is a part of.
    let of_kind = window.change(|_, account| account.kept(kind).map_or(0.0, |it| it.room));
    let room = if of_kind > 0.0 { change(&|it| it.room) } else { 0.0 };
    change(&|it| it.taken) + room
}
