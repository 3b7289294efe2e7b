//! BPF maps that are kept open: their data is memory that the kernel maps for itself, under the
//! name of the function that made the map, and data per processor.

use super::costs::BPF_MAP;
use super::counted::{Counted, pid};
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::ledger::Term;
use crate::analysis::series::{Key, Source};

const BPF_MAPS: Counted = Counted {
    id: Id::BpfMaps,
    what: "BPF maps",
    source: Source::Descriptors,
    least: 8.0,
    belongs: |key| matches!(key, Key::Descriptors(_, class) if class.starts_with("anon_inode:bpf")),
    cost: |case, _, n| BPF_MAP.of(case, n),
    next: |subject| {
        vec![
            "see what is in them: bpftool map show".to_owned(),
            format!("find what makes them: strace -f -e trace=bpf,close -p {}", pid(subject)),
        ]
    },
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = BPF_MAPS.examine(case);
    let makers = case.observed.series.keys().filter_map(|key| match key {
        Key::Caller(caller) if caller.contains("bpf") || caller.contains("map_alloc") => {
            Some(caller.clone())
        }
        _ => None,
    });
    let mapped: Vec<(Account, f64)> = makers
        .map(|caller| (case.change(&Key::Caller(caller.clone())), caller))
        .filter(|(bytes, _)| *bytes > 0.0)
        .map(|(bytes, caller)| (Account::Caller(caller), bytes))
        .collect();
    for claim in &mut suspicion.claims {
        let facts = mapped.iter().filter_map(|(account, _)| match account {
            Account::Caller(caller) => case.observed.fact(&Key::Caller(caller.clone())),
            _ => None,
        });
        claim.finding.evidence.splice(1..1, facts);
        claim.finding.evidence.truncate(3);
        claim.parts.extend(mapped.clone());
        claim.parts.push((Account::Term(Term::PerCpu), case.term(Term::PerCpu) as f64));
    }
    suspicion
}
