//! Namespaces that only a descriptor keeps, network ones above all: some 0.2 MiB of the kernel
//! each, in caches of many uses.

use super::Suspicion;
use super::costs::NETWORK_NAMESPACE;
use super::counted::{Counted, pid};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{Key, Source};

const NAMESPACES: Counted = Counted {
    id: Id::Namespaces,
    what: "namespaces",
    source: Source::Descriptors,
    least: 8.0,
    belongs: |key| match key {
        Key::Descriptors(_, class) => {
            ["net:", "mnt:", "pid:", "user:", "ipc:", "uts:", "cgroup:"].contains(&&**class)
        }
        _ => false,
    },
    cost: |case, _, n| NETWORK_NAMESPACE.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![
            "list them: lsns".to_owned(),
            format!("see who keeps them: ls -l /proc/{pid}/fd | grep ':\\['"),
        ]
    },
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    NAMESPACES.examine(case)
}
