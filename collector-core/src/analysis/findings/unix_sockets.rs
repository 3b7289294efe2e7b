//! Unix sockets, and what is queued in them. The sockets are slab; the data in their queues has no
//! counter and is what no term of the account explains.

use super::Suspicion;
use super::costs::UNIX_SOCKET;
use super::counted::{Counted, pid};
use crate::analysis::case::Case;
use crate::analysis::finding::Id;
use crate::analysis::series::{Key, Source};

const UNIX_SOCKETS: Counted = Counted {
    id: Id::UnixSockets,
    what: "unix sockets",
    source: Source::UnixSockets,
    least: 32.0,
    belongs: |key| matches!(key, Key::Connections(_, kind) if &**kind == "unix sockets"),
    cost: |case, _, n| UNIX_SOCKET.of(case, n),
    next: |subject| {
        let pid = pid(subject);
        vec![format!("see which queues are full: ss -xpm | grep 'pid={pid},'")]
    },
};

pub(super) fn examine(case: &Case<'_>) -> Suspicion {
    UNIX_SOCKETS.examine(case)
}
