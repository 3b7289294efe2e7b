//! Slab that grows and is none of the objects that have a suspicion of their own: a cache of the
//! kernel or of a module. Whose it is, a bundle hardly ever tells.
//!
//! A cache the kernel gives back when memory is needed is cleared, with the reason.

use std::rc::Rc;

use super::costs::{FILE, OPENING};
use super::in_bytes::{InBytes, growth_of_unknown};
use super::wording::{lacking, why_not};
use super::{Account, Claim, Suspicion, slab_groups};
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::finding::{Cleared, Confidence, Finding, Id, Subject, Verdict};
use crate::analysis::series::{HostFigure, Key, Source};

/// Fewer new names in use than this are files that come and go.
const FEWEST_NAMES: f64 = 1000.0;
/// Names of which fewer than this share are in use are a cache.
const MOSTLY_UNUSED: f64 = 0.1;
/// Growth of a cache that is worth a word, though it is no leak.
const WORTH_A_WORD: f64 = (4_u64 << 20) as f64;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    if let Some(missing) = lacking(case, Source::Slabinfo) {
        return Suspicion { missing: vec![missing], ..Suspicion::default() };
    }
    let is_held = |group: &Rc<str>| !case.observed.reclaimable.contains(group);
    let is_it = |key: &Key| matches!(key, Key::Slab(group) if is_held(group));
    let growing = case.growing(WORTH_A_WORD, is_it);
    let mut claims: Vec<_> = growing
        .iter()
        .filter_map(|it| {
            let Key::Slab(group) = &it.key else { return None };
            let claim = InBytes {
                id: Id::KernelSlab,
                growing: it,
                parts: vec![(Account::Slab(group.clone()), case.change(&it.key))],
                is_conserved: false,
                facts: vec![Key::SlabObjects(group.clone())],
                next: vec![
                    "compare /proc/allocinfo at both ends, where the kernel has it".to_owned(),
                    format!("see who allocates: bpftrace -e 'tracepoint:kmem:kmalloc {{ @[kstack] = sum(args.bytes_alloc) }}' ({group})"),
                ],
            };
            claim.claim(case).map(growth_of_unknown)
        })
        .collect();
    claims.extend(in_use(case));
    let mut cleared: Vec<Cleared> = reclaimable(case).into_iter().collect();
    if claims.is_empty() {
        cleared.extend(not_growing(case));
    }
    Suspicion { claims, cleared, missing: Vec::new() }
}

/// Names of files that are in use and are more and more, where nobody was found to have them open:
/// what a capture without the list of open files can say of the founding case.
fn in_use(case: &Case<'_>) -> Option<Claim> {
    let pinned = Key::Host(HostFigure::PinnedDentries);
    let n = case.change(&pinned);
    let growing = case.grows(&pinned).filter(|_| n >= FEWEST_NAMES)?;
    let parts = [FILE.of(case, n), OPENING.of(case, n)].concat();
    // Whoever has them open has claimed them before.
    let least = parts.iter().map(|(_, bytes)| bytes).sum::<f64>() / 2.0;
    let finding = Finding {
        id: Id::KernelSlab,
        verdict: Verdict::Growth,
        confidence: case.confidence(&growing.trend, false).min(Confidence::Probable),
        subject: Subject { class: Some("names of files in use".to_owned()), ..Subject::default() },
        bytes: 0,
        bytes_per_hour: growing.trend.per_hour,
        evidence: case.observed.fact(&pinned).into_iter().collect(),
        next: vec!["capture with fd-scan, as root: it names who has files open".to_owned()],
    };
    Some(Claim { finding, parts, change: n, least })
}

/// Names and inodes of files that nobody uses: they look like a leak, and are a cache.
fn reclaimable(case: &Case<'_>) -> Option<Cleared> {
    let groups = slab_groups(case, |name| name == "dentry" || name.ends_with("inode_cache"));
    let bytes: f64 = groups.iter().map(|it| case.change(&Key::Slab(Rc::clone(it)))).sum();
    let pinned = Key::Host(HostFigure::PinnedDentries);
    let objects: f64 = slab_groups(case, |name| name == "dentry")
        .iter()
        .map(|it| case.change(&Key::SlabObjects(Rc::clone(it))))
        .sum();
    let are_used = case.change(&pinned) > MOSTLY_UNUSED * objects;
    if bytes < WORTH_A_WORD || are_used || case.grows(&pinned).is_some() {
        return None;
    }
    let negative = Key::Host(HostFigure::NegativeDentries);
    let what = match case.change(&negative) {
        n if n > 1000.0 => {
            format!("; {n:.0} of them are names that were looked for and are not there")
        }
        _ => String::new(),
    };
    let facts = [pinned, negative];
    Some(Cleared {
        id: Id::KernelSlab,
        why: format!(
            "names and inodes of files grew by {}, and nobody uses them: the kernel gives them back \
             when memory is needed{what}",
            mib(super::whole(bytes))
        ),
        evidence: facts.iter().filter_map(|it| case.observed.fact(it)).collect(),
    })
}

/// The cache that grew most, and why it is no leak.
fn not_growing(case: &Case<'_>) -> Option<Cleared> {
    let groups = case.observed.series.iter().filter_map(|(key, series)| match key {
        Key::Slab(group) if !case.observed.reclaimable.contains(group) => {
            Some((group, series.change()))
        }
        _ => None,
    });
    let (group, bytes) = groups.max_by(|one, other| one.1.total_cmp(&other.1))?;
    let key = Key::Slab(Rc::clone(group));
    let why = case.trend(&key).and_then(|it| why_not(&it, 0.0)).filter(|_| bytes >= WORTH_A_WORD);
    let why = why.map_or_else(
        || "no cache that the kernel cannot give back grows".to_owned(),
        |why| format!("{group} grew most, by {}: {why}", mib(super::whole(bytes))),
    );
    Some(Cleared {
        id: Id::KernelSlab,
        why,
        evidence: case.observed.fact(&key).into_iter().collect(),
    })
}
