//! Files that are opened and not closed: the founding case. A class of descriptors of one process
//! grows, the dentries in use grow with it one to one, and the slab of dentry, inode and file is
//! what the host's memory went into.
//!
//! Space on disk that deleted files keep is another suspicion; so are descriptors that are no
//! files.

use std::rc::Rc;

use super::{Claim, Suspicion, claim_of, slab_groups};
use crate::analysis::case::{Case, Growing};
use crate::analysis::finding::{Cleared, Finding, Id, Missing, Verdict};
use crate::analysis::series::{HostFigure, Key};
use crate::analysis::trend::Slope;

/// Fewer new descriptors than this are no leak, whatever they weigh.
const MIN_COUNT: f64 = 32.0;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let is_class = |key: &Key| matches!(key, Key::Descriptors(_, class) if is_file(class));
    if !case.observed.series.keys().any(|key| matches!(key, Key::Descriptors(..))) {
        let missing = Missing {
            what: "the list of open files".to_owned(),
            why: "no sample has it".to_owned(),
            how_to_get: "collect with the plugin fd-scan".to_owned(),
        };
        return Suspicion { missing: vec![missing], ..Suspicion::default() };
    }
    let growing = case.growing(is_class);
    let claims: Vec<Claim> = growing.iter().filter_map(|it| claim(case, it)).collect();
    if !claims.is_empty() {
        return Suspicion { claims, ..Suspicion::default() };
    }
    let evidence = case.observed.fact(&Key::Host(HostFigure::PinnedDentries));
    let cleared = Cleared {
        id: Id::OpenFiles,
        why: format!("no class of open files grows by {MIN_COUNT} or more in any process"),
        evidence: evidence.into_iter().collect(),
    };
    Suspicion { cleared: vec![cleared], ..Suspicion::default() }
}

/// Whether descriptors of this class are files with a name, or with one they had.
fn is_file(class: &str) -> bool {
    let others = ["socket:", "pipe:", "anon_inode:", "/memfd:", "/dev/", "/SYSV", "mnt:", "net:"];
    !others.iter().any(|other| class.trim_matches('`').starts_with(other))
}

fn claim(case: &Case<'_>, growing: &Growing) -> Option<Claim> {
    let key = &growing.key;
    let Key::Descriptors(process, class) = key else { return None };
    let count = case.observed.series.get(key)?.change();
    if count < MIN_COUNT {
        return None;
    }
    let groups = groups_of_a_file(case);
    let parts: Vec<_> = groups.iter().map(|group| claim_of(case, group, count)).collect();
    let pinned = Key::Host(HostFigure::PinnedDentries);
    let pinned_change = case.observed.series.get(&pinned).map(|it| it.change());
    // One to one, as far as other files come and go.
    let is_conserved = pinned_change.is_some_and(|it| (0.5 * count..2.0 * count).contains(&it));
    let each: f64 = groups.iter().filter_map(|it| case.observed.object_bytes.get(it)).sum();
    let facts = [Some(key.clone()), Some(pinned), groups.first().cloned().map(Key::Slab)];
    let evidence = facts.into_iter().flatten().filter_map(|it| case.observed.fact(&it)).collect();
    let subject = case.subject(key);
    let finding = Finding {
        id: Id::OpenFiles,
        verdict: Verdict::Leak,
        confidence: case.confidence(&growing.trend, is_conserved),
        subject,
        bytes: 0,
        bytes_per_hour: growing.trend.per_hour.map(|rate| Slope {
            low: rate.low * each,
            mid: rate.mid * each,
            high: rate.high * each,
        }),
        evidence,
        next: vec![
            format!(
                "find where {class} is opened and not closed: strace -f -e trace=openat,close -p {}",
                process.pid
            ),
            "restarting the process gives the memory back".to_owned(),
        ],
    };
    Some(Claim { finding, parts })
}

/// The slab groups that an open file takes an object of: the inode cache of its file system, which
/// is the one that grew most, dentry, and filp.
fn groups_of_a_file(case: &Case<'_>) -> Vec<Rc<str>> {
    let grown = |group: &Rc<str>| {
        let series = case.observed.series.get(&Key::SlabObjects(Rc::clone(group)));
        series.map_or(0.0, |it| it.change())
    };
    // These are of sockets, of `/proc`, and of what has no file.
    let others = ["sock_inode_cache", "proc_inode_cache"];
    let is_inode = |name: &str| {
        (name.ends_with("inode_cache") || name == "xfs_inode" || name == "btrfs_inode")
            && !others.contains(&name)
    };
    let inodes = slab_groups(case, is_inode);
    let largest = inodes.into_iter().max_by(|one, other| grown(one).total_cmp(&grown(other)));
    let mut groups: Vec<Rc<str>> = largest.into_iter().collect();
    groups.extend(slab_groups(case, |name| name == "dentry"));
    groups.extend(slab_groups(case, |name| name == "filp"));
    groups
}
