//! Slabs of names or inodes of files that are nearly empty and cannot be given back, because one
//! object of each is in use: the kernel counts them as reclaimable, and they are not.
//!
//! Told by a cache whose objects went and whose memory stayed since, where as many objects are in
//! use as can be in every second slab. With fewer, others that nobody uses keep the slabs; of other
//! caches nothing tells what is in use.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Claim, Suspicion, is_file, whole};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Confidence, Finding, Id, Process, Subject, Verdict};
use crate::analysis::ledger::Objects;
use crate::analysis::readers::slab_names::{OfFiles, of_files};
use crate::analysis::series::Key;

/// Objects in use below this share of the room for them: the slabs are fragmented.
const FULL: f64 = 0.6;
/// The objects fell by this share of the most there were.
const FELL: f64 = 0.3;
/// The memory that stays differs by less than this share of itself.
const STEADY: f64 = 0.05;
/// Less memory than this is not worth telling.
const LEAST: f64 = (16_u64 << 20) as f64;
/// Objects in use to a slab, from which on they may well be what keeps the slabs.
const KEEPS: f64 = 0.5;
/// A process with this share of the names in use as open files is who keeps them.
const OWNS: f64 = 0.5;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let groups = case.observed.reclaimable.iter();
    let claims: Vec<Claim> = groups.filter_map(|group| claim(case, group)).collect();
    let cleared = Cleared {
        id: Id::PinnedSlab,
        why: "no cache keeps its memory after its objects are gone".to_owned(),
        evidence: Vec::new(),
    };
    let cleared = if claims.is_empty() { vec![cleared] } else { Vec::new() };
    Suspicion { claims, cleared, missing: Vec::new() }
}

fn claim(case: &Case<'_>, group: &Rc<str>) -> Option<Claim> {
    let (bytes, objects) = (Key::Slab(Rc::clone(group)), Key::SlabObjects(Rc::clone(group)));
    let held = case.observed.series.get(&bytes)?;
    let used = case.observed.series.get(&objects)?;
    let each = *case.observed.object_bytes.get(group)?;
    let (held_now, used_now) = (*held.values().last()?, *used.values().last()?);
    let went = used_now < (1.0 - FELL) * used.range().1;
    let since = held.values().len().min(used.values().len()).div_ceil(3);
    let (held_since, used_since) = (held.latest(since), used.latest(since));
    let stayed = held_since.iter().all(|it| (it - held_now).abs() <= STEADY * held_now);
    let is_fragmented = used_since.iter().all(|it| it * each < FULL * held_now);
    let slab = *case.observed.slab_bytes.get(group)?;
    let (names, in_use) = in_use(case, group)?;
    let keeps = in_use >= KEEPS * held_now / slab;
    let empty = Objects::room_kept_at_most(in_use, held_now - used_now * each, slab, each);
    if !is_fragmented || !went || !stayed || !keeps || empty < LEAST {
        return None;
    }
    let owner = most_open_files(case).filter(|(_, n, _)| *n >= OWNS * names);
    let mut facts = vec![objects, bytes.clone()];
    let mut subject = Subject { class: Some(group.to_string()), ..Subject::default() };
    if let Some((process, _, fact)) = owner {
        facts.push(fact.clone());
        subject.command = case.observed.commands.get(process).map(|it| it.to_string());
        subject.process = Some(process.clone());
    }
    let finding = Finding {
        id: Id::PinnedSlab,
        verdict: Verdict::Retained,
        confidence: Confidence::Probable,
        subject,
        // It is kept, and not what the memory grew by: no account has it.
        bytes: whole(empty),
        since: None,
        remarks: Vec::new(),
        bytes_per_hour: None,
        evidence: facts.iter().filter_map(|it| case.observed.fact(it)).collect(),
        next: vec![
            "find what keeps one object of each slab: processes with files open for long"
                .to_owned(),
            "vfs_cache_pressure and drop_caches do not help; closing the files does".to_owned(),
        ],
    };
    Some(Claim { finding, of: None, parts: Vec::new(), change: 0.0, least: 0.0 })
}

/// The names in use at the end, and the objects of a group that are; `None`: nothing tells, or the
/// group is of neither names nor inodes of file systems.
fn in_use(case: &Case<'_>, group: &str) -> Option<(f64, f64)> {
    let last = case.observed.accounts.last()?;
    let names = last.pinned_share?.in_use() as f64;
    let objects = match of_files(group)? {
        OfFiles::Names => names,
        OfFiles::Inodes => last.files_in_use()? as f64,
        OfFiles::Sockets | OfFiles::Pipes => return None,
    };
    Some((names, objects))
}

/// The process with most files open at the end, how many, and the class that most of them are of.
fn most_open_files<'c>(case: &'c Case<'_>) -> Option<(&'c Process, f64, &'c Key)> {
    let end = case.observed.times.len().checked_sub(1)?;
    let last = |key: &Key| case.observed.series.get(key)?.values().last().copied();
    let mut open: BTreeMap<&Process, (f64, f64, &Key)> = BTreeMap::new();
    for (key, series) in &case.observed.series {
        let Key::Descriptors(process, class) = key else { continue };
        let Some(n) = last(key).filter(|_| is_file(class) && series.lasts_until(end)) else {
            continue;
        };
        // A file that is open twice has its name once.
        let repeated = Key::Repeated(process.clone(), Rc::clone(class));
        let n = n - last(&repeated).unwrap_or(0.0);
        let (sum, most, of_most) = open.entry(process).or_insert((0.0, n, key));
        *sum += n;
        if n > *most {
            (*most, *of_most) = (n, key);
        }
    }
    let all = open.into_iter().map(|(process, (sum, _, key))| (process, sum, key));
    all.max_by(|one, other| one.1.total_cmp(&other.1))
}
