//! Threads that never end: each has a stack of 16 KiB in the kernel, a task, and pages of its
//! stack in the program.

use super::costs::THREAD;
use super::counted::{Counted, pid};
use super::{Account, Suspicion};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{Key, ProcessFigure, Source};

/// Memory of the program that a thread takes at least: the first pages of its stack, and what the
/// C library keeps for it.
const TOUCHED: f64 = 12288.0;

const THREADS: Counted = Counted {
    id: Id::Threads,
    what: "threads",
    source: Source::Status,
    least: 32.0,
    belongs: |key| matches!(key, Key::Of(_, ProcessFigure::Threads)),
    cost: |case, _, n| THREAD.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![format!("see where they wait: gdb -p {pid} -batch -ex 'thread apply all bt' | less")]
    },
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = THREADS.examine(case);
    for claim in &mut suspicion.claims {
        let Some(process) = claim.finding.subject.process.clone() else { continue };
        let n = case.change(&Key::Of(process.clone(), ProcessFigure::Threads));
        claim.parts.push((Account::Of(process, ProcessFigure::Anonymous), n * TOUCHED));
    }
    suspicion
}
