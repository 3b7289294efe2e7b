//! Slabs that are nearly empty and cannot be given back, because one object of each is in use: the
//! kernel counts them as reclaimable, and they are not.
//!
//! Told by a reclaimable cache whose objects went and whose memory stayed since: what the kernel
//! could give back of it, it gave at once.

use std::rc::Rc;

use super::{Claim, Suspicion, whole};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Confidence, Finding, Id, Subject, Verdict};
use crate::analysis::series::Key;

/// Objects in use below this share of the room for them: the slabs are fragmented.
const FULL: f64 = 0.6;
/// The objects fell by this share of the most there were.
const FELL: f64 = 0.3;
/// The memory that stays differs by less than this share of itself.
const STEADY: f64 = 0.05;
/// Less memory than this is not worth telling.
const LEAST: f64 = (16_u64 << 20) as f64;

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
    let empty = held_now - used_now * each;
    if !is_fragmented || !went || !stayed || empty < LEAST {
        return None;
    }
    let facts = [objects, bytes.clone()];
    let finding = Finding {
        id: Id::PinnedSlab,
        verdict: Verdict::Retained,
        confidence: Confidence::Probable,
        subject: Subject { class: Some(group.to_string()), ..Subject::default() },
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
