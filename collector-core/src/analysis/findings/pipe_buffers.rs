//! Data in pipes that nobody reads. The kernel has no counter for it: it is what no term of the
//! account explains, and the pipes bound it, with 64 KiB each unless a program asked for more.

use super::Suspicion;
use super::costs::FULL_PIPE_END;
use super::counted::{Counted, pid};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{HostFigure, Key, Source};

const PIPES: Counted = Counted {
    id: Id::PipeBuffers,
    what: "ends of pipes",
    source: Source::Descriptors,
    least: 32.0,
    belongs: |key| matches!(key, Key::Descriptors(_, class) if &**class == "pipe:"),
    cost: |case, _, n| FULL_PIPE_END.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![format!("find the ends that nobody reads: lsof -p {pid} -a -d 0-999999 | grep FIFO")]
    },
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    let mut suspicion = PIPES.examine(case);
    for claim in &mut suspicion.claims {
        let fact = case.observed.fact(&Key::Host(HostFigure::Unaccounted));
        claim.finding.evidence.splice(1..1, fact);
        claim.finding.evidence.truncate(3);
    }
    suspicion
}
