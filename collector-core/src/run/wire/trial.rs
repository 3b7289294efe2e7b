//! What a trial came to, as two numbers of a frame.

use plugin_api::host::{Refusable, Tried};

/// What happened, and the number that goes with it.
pub(super) fn to_numbers(tried: Tried) -> (u32, u64) {
    match tried {
        Tried::Refused { callback: Refusable::Begin, call } => (1, call),
        Tried::Refused { callback: Refusable::Write, call } => (2, call),
        Tried::Refused { callback: Refusable::End, call } => (3, call),
        Tried::Stopped { ask } => (4, ask),
        Tried::Returned { after_ms } => (5, after_ms),
        Tried::Misused { handle } => (6, handle),
    }
}

/// The same from its numbers; `None` where they stand for nothing.
pub(super) fn from_numbers(what: u32, n: u64) -> Option<Tried> {
    Some(match what {
        1 => Tried::Refused { callback: Refusable::Begin, call: n },
        2 => Tried::Refused { callback: Refusable::Write, call: n },
        3 => Tried::Refused { callback: Refusable::End, call: n },
        4 => Tried::Stopped { ask: n },
        5 => Tried::Returned { after_ms: n },
        6 => Tried::Misused { handle: n },
        _ => return None,
    })
}
