//! Dead children that nobody asks for: the kernel keeps task, signals and number of each, but no
//! stack.

use super::Suspicion;
use super::costs::ZOMBIE;
use super::counted::{Counted, pid};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{Key, ProcessFigure, Source};

const ZOMBIES: Counted = Counted {
    id: Id::Zombies,
    what: "dead children it does not ask for",
    source: Source::Stat,
    least: 16.0,
    belongs: |key| matches!(key, Key::Of(_, ProcessFigure::Zombies)),
    cost: |case, _, n| ZOMBIE.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![format!(
            "make the parent wait for them; which they are: ps --ppid {pid} -o pid,stat,lstart"
        )]
    },
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    ZOMBIES.examine(case)
}
