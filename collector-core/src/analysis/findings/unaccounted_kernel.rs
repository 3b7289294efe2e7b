//! Memory that no term of the account explains, and that no process claimed: drivers, rings of
//! packet sockets and of tracing, compressed pages. A counter may name it.

use super::in_bytes::{InBytes, growth_of_unknown};
use super::wording::{course, why_not};
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Id, Subject};
use crate::analysis::series::{HostFigure, Key};

const REST: Key = Key::Host(HostFigure::Unaccounted);
const COMPRESSED: Key = Key::Host(HostFigure::CompressedPages);

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let claim = case.grows(&REST).and_then(|growing| {
        let bytes = case.change(&REST);
        let is_packet =
            |key: &Key| matches!(key, Key::Connections(_, kind) if &**kind == "packet sockets");
        let packets = case.growing(None, 4.0, is_packet).into_iter().next();
        let is_compressed = case.change(&COMPRESSED) >= 0.5 * bytes;
        let (subject, fact, next) = match (packets, is_compressed) {
            (_, true) => {
                let class = Some("compressed pages (zram or zswap)".to_owned());
                let next = "see what is swapped to memory: zramctl; swapon --show";
                (Subject { class, ..Subject::default() }, Some(COMPRESSED), next)
            }
            (Some(it), false) => {
                let next = "see who captures packets, and into what rings: ss -0 -pe";
                (case.subject(&it.key), Some(it.key), next)
            }
            (None, false) => {
                let next = "look at drivers and tracing: /proc/allocinfo at both ends, where the \
                            kernel has it; /sys/kernel/tracing/buffer_total_size_kb";
                (Subject::default(), None, next)
            }
        };
        InBytes {
            id: Id::UnaccountedKernel,
            growing: &growing,
            parts: vec![(Account::Unaccounted, bytes)],
            is_conserved: fact.is_some(),
            facts: fact.into_iter().collect(),
            next: vec![next.to_owned()],
        }
        .claim_of(case, subject)
        .map(growth_of_unknown)
    });
    let cleared = case.trend(&REST).filter(|_| claim.is_none()).map(|trend| Cleared {
        id: Id::UnaccountedKernel,
        why: match trend.last - trend.first {
            1_048_576.0.. => format!(
                "what no term explains {}: {}",
                course(&trend),
                why_not(&trend, 0.0).unwrap_or_else(|| "not clear enough to tell".to_owned())
            ),
            _ => format!("what no term explains {}", course(&trend)),
        },
        evidence: case.observed.fact(&REST).into_iter().collect(),
    });
    Suspicion {
        claims: claim.into_iter().collect(),
        cleared: cleared.into_iter().collect(),
        missing: Vec::new(),
    }
}
