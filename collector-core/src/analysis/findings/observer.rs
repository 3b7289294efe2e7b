//! What the collector itself adds to the memory it measures: the memory of its own processes, the
//! files they have open, and the inodes and names of `/proc` that the kernel makes to answer where a
//! descriptor leads, and keeps until memory is needed. Of these, measured: 0.93 KiB for each
//! descriptor.
//!
//! Pages of the bundle that is written are not among it: its size is in no sample.

use super::Account;
use super::costs::{FILE, OPENING};
use crate::analysis::case::Case;
use crate::analysis::conclusion::mib;
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::ledger::Term;
use crate::analysis::series::{Key, OwnFigure, ProcessFigure};

/// Inodes of a process's own directory in `/proc` that are read.
const FILES_OF_A_PROCESS: f64 = 4.0;

/// What is the collector's own.
#[derive(Debug)]
pub(super) struct Own {
    /// What its processes were told to have, with its sign.
    pub(super) measured: Vec<(Account, f64)>,
    /// What it can have taken, of which no more is its own than the account grew by.
    pub(super) claimed: Vec<(Account, f64)>,
    /// The line that says so.
    pub(super) why: Option<Cleared>,
}

pub(super) fn examine(case: &Case<'_>) -> Own {
    let (mut claimed, why) = scans(case);
    let own = |figure| case.window.growth_of(&Key::Own(figure)).unwrap_or(0.0);
    let stack = case.observed.accounts.iter().rev().find_map(|it| it.stack_bytes);
    let stacks = stack.map_or(0.0, |each| each as f64 * own(OwnFigure::Threads));
    for cost in [FILE, OPENING] {
        claimed.extend(cost.of(case, own(OwnFigure::Descriptors)));
    }
    claimed.push((Account::Term(Term::FileCache), own(OwnFigure::DeletedBytes)));
    let measured = vec![
        (Account::Term(Term::Anonymous), own(OwnFigure::Anonymous)),
        (Account::Term(Term::PageTables), own(OwnFigure::PageTables)),
        (Account::Term(Term::KernelStacks), stacks),
    ];
    Own { measured, claimed, why }
}

/// What reading where descriptors lead has left in the slab, and the line that says so.
fn scans(case: &Case<'_>) -> (Vec<(Account, f64)>, Option<Cleared>) {
    let mut n_descriptors = 0.0;
    let mut n_processes = 0.0;
    for (key, series) in &case.observed.series {
        if matches!(key, Key::Of(_, ProcessFigure::Descriptors)) {
            n_descriptors += series.values().last().copied().unwrap_or(0.0);
            n_processes += 1.0;
        }
    }
    let n_read = n_descriptors + FILES_OF_A_PROCESS * n_processes;
    let inodes = case.slab_groups(|name| name == "proc_inode_cache");
    let n_new: f64 = inodes.iter().map(|it| case.change(&Key::SlabObjects(it.clone()))).sum();
    let n = n_new.clamp(0.0, n_read);
    let names = case.slab_groups(|name| name == "dentry");
    let claims: Vec<(Account, f64)> = inodes
        .into_iter()
        .chain(names)
        .map(|group| {
            let each = case.observed.object_bytes.get(&group).copied().unwrap_or(0.0);
            (Account::Slab(group), n * each)
        })
        .collect();
    let bytes: f64 = claims.iter().map(|(_, bytes)| bytes).sum();
    let why = format!(
        "{n:.0} inodes of /proc, up to {}, are there because the collector asked for {n_read:.0} \
         descriptors; they are given back when memory is needed",
        mib(super::whole(bytes))
    );
    let fact = claims.iter().find_map(|(account, _)| match account {
        Account::Slab(group) => case.observed.fact(&Key::SlabObjects(group.clone())),
        _ => None,
    });
    let cleared = Cleared { id: Id::KernelSlab, why, evidence: fact.into_iter().collect() };
    (claims, (bytes >= 1_048_576.0).then_some(cleared))
}
