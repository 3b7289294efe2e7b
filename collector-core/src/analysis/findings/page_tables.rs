//! Page tables of a process that grow: it touches ever more addresses, though not ever more memory.
//!
//! Memory that grows takes page tables with it, 2 KiB for a MiB: that is no finding.

use super::in_bytes::InBytes;
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::{Cleared, Id};
use crate::analysis::ledger::Term;
use crate::analysis::series::{Key, ProcessFigure};

/// Page tables above this share of the memory that grew with them are too large for it: the share
/// is 1/512 where each page is used.
const SHARE_OF_MEMORY: f64 = 1.0 / 32.0;

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let is_it = |key: &Key| matches!(key, Key::Of(_, ProcessFigure::PageTables));
    let growing = case.growing(Some(Term::PageTables), 1_048_576.0, is_it);
    let claims: Vec<_> = growing
        .iter()
        .filter_map(|it| {
            let Key::Of(process, _) = &it.key else { return None };
            let bytes = case.change(&it.key);
            let memory = [ProcessFigure::Anonymous, ProcessFigure::File, ProcessFigure::Shared]
                .map(|figure| case.change(&Key::Of(process.clone(), figure)))
                .into_iter()
                .sum::<f64>();
            if bytes < memory * SHARE_OF_MEMORY {
                return None;
            }
            InBytes {
                id: Id::PageTables,
                growing: it,
                parts: vec![(Account::Of(process.clone(), ProcessFigure::PageTables), bytes)],
                is_conserved: case.term(Term::PageTables) as f64 >= 0.5 * bytes,
                facts: vec![Key::Of(process.clone(), ProcessFigure::Anonymous)],
                next: vec![format!(
                    "see what is mapped and hardly used: sort -k2 -n /proc/{0}/smaps_rollup; \
                     pmap -X {0}",
                    process.pid
                )],
            }
            .claim(case)
        })
        .collect();
    let cleared = Cleared {
        id: Id::PageTables,
        why: "no page tables grow more than the memory they are for".to_owned(),
        evidence: Vec::new(),
    };
    let cleared = if claims.is_empty() { vec![cleared] } else { Vec::new() };
    Suspicion { claims, cleared, missing: Vec::new() }
}
