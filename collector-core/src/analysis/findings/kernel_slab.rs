//! Slab that grows and is none of the objects that have a suspicion of their own: a cache of the
//! kernel or of a module. Whose it is, a bundle hardly ever tells.
//!
//! A cache the kernel gives back when memory is needed is cleared, with the reason.

use std::rc::Rc;

use super::costs::{FILE, OPENING};
use super::in_bytes::{InBytes, growth_of_unknown};
use super::wording::{lacking, why_not};
use super::{Account, Claim, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::finding::{Cleared, Confidence, Finding, Id, Subject, Verdict};
use crate::analysis::ledger::Term;
use crate::analysis::series::{HostFigure, Key, OwnFigure, ProcessFigure, Source};

/// Fewer new names in use than this are files that come and go.
const FEWEST_NAMES: f64 = 1000.0;
/// So is a smaller share of them that nobody was found to have open: of processes that are not seen.
const NOT_FOUND: f64 = 0.5;
/// Names of which fewer than this share are in use are a cache.
const MOSTLY_UNUSED: f64 = 0.1;
/// Growth of a cache that is worth a word, though it is no leak.
const WORTH_A_WORD: f64 = (4_u64 << 20) as f64;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let is_held = |group: &Rc<str>| !case.observed.reclaimable.contains(group);
    let is_it = |key: &Key| matches!(key, Key::Slab(group) if is_held(group));
    let growing = case.growing(Some(Term::SlabUnreclaimable), WORTH_A_WORD, is_it);
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
    // Whoever has a file open is asked for it elsewhere.
    let new = case.change(&pinned);
    let n = new - new_descriptors(case).max(0.0);
    // Where most were found open, the growth is theirs.
    let growing = case.grows(&pinned).filter(|_| n >= FEWEST_NAMES && n >= NOT_FOUND * new)?;
    let parts = [FILE.of(case, n), OPENING.of(case, n)].concat();
    // Beside a list of what is open, it takes more to be worth a word.
    let bytes: f64 = parts.iter().map(|(_, bytes)| bytes).sum();
    // The rate of programs that are not seen tells nothing.
    if lacking(case, Source::Descriptors).is_none() && !case.is_material(bytes, 0.0) {
        return None;
    }
    // What others have claimed before is theirs.
    let least = parts.iter().map(|(_, bytes)| bytes).sum::<f64>() / 2.0;
    let finding = Finding {
        id: Id::KernelSlab,
        verdict: Verdict::Growth,
        confidence: case.confidence(&growing.trend, false).min(Confidence::Probable),
        subject: Subject { class: Some("names of files in use".to_owned()), ..Subject::default() },
        bytes: 0,
        since: None,
        remarks: Vec::new(),
        bytes_per_hour: growing.trend.per_hour,
        evidence: case.observed.fact(&pinned).into_iter().collect(),
        next: vec!["capture with fd-scan, as root: it names who has files open".to_owned()],
    };
    Some(Claim { finding, of: Some(pinned), parts, change: n, least })
}

/// Descriptors that all processes have more: each has a name.
fn new_descriptors(case: &Case<'_>) -> f64 {
    let is_count = |key: &Key| match key {
        Key::Of(_, figure) => *figure == ProcessFigure::Descriptors,
        Key::Own(figure) => *figure == OwnFigure::Descriptors,
        _ => false,
    };
    let counts = case.observed.series.iter().filter(|(key, _)| is_count(key));
    counts.map(|(_, series)| case.change_of(series)).sum()
}

/// Names and inodes of files that nobody uses: they look like a leak, and are a cache.
fn reclaimable(case: &Case<'_>) -> Option<Cleared> {
    let groups = case.slab_groups(|name| name == "dentry" || name.ends_with("inode_cache"));
    let bytes: f64 = groups.iter().map(|it| case.change(&Key::Slab(Rc::clone(it)))).sum();
    let pinned = Key::Host(HostFigure::PinnedDentries);
    let objects: f64 = case
        .slab_groups(|name| name == "dentry")
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
            Some((group, case.change_of(series)))
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
