//! Connections that the other side has closed and this one has not: a descriptor, a socket and its
//! inode for each, until the program closes them.
//!
//! TIME_WAIT and SYN have no descriptor, and end by themselves; they are no suspects.

use super::Suspicion;
use super::costs::TCP_SOCKET;
use super::counted::{Counted, pid};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{Key, Source};

const CLOSE_WAIT: Counted = Counted {
    id: Id::CloseWait,
    what: "connections in CLOSE_WAIT",
    source: Source::Sockets,
    least: 32.0,
    belongs: |key| matches!(key, Key::Connections(_, state) if &**state == "TCP CLOSE_WAIT"),
    cost: |case, _, n| TCP_SOCKET.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![
            format!("see with whom: ss -tnp state close-wait | grep 'pid={pid},'"),
            "close a connection when reading from it gives 0 bytes".to_owned(),
        ]
    },
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    CLOSE_WAIT.examine(case)
}
