//! Growth of one account that several holders have, each told by a series of its own in bytes.

use crate::analysis::case::Case;
use crate::analysis::series::Key;

/// A holder of less than this share of the growth is not told.
const WORTH_TELLING: f64 = 0.25;

/// Who has which part of a growth.
#[derive(Debug)]
pub(super) struct Shares {
    /// Holders with their bytes, in the order in which they were asked.
    pub(super) held: Vec<(Key, f64)>,
    /// What none of them has; `None`: too little to tell.
    pub(super) rest: Option<f64>,
    /// Whether the holders grew by as much as the account, within half and double: the second,
    /// independent look.
    pub(super) is_conserved: bool,
}

/// Divides a growth of `bytes` among `holders`: each gets what it grew by, and all of them no more
/// than there is, so those that are the more specific come first.
pub(super) fn shares(case: &Case<'_>, bytes: f64, holders: impl Iterator<Item = Key>) -> Shares {
    let (mut held, mut left, mut found) = (Vec::new(), bytes, 0.0);
    for key in holders {
        let grown = case.change(&key);
        if grown.min(left) >= WORTH_TELLING * bytes {
            held.push((key, grown.min(left)));
            left -= grown.min(left);
            found += grown;
        }
    }
    let rest = (left >= WORTH_TELLING * bytes).then_some(left);
    Shares { held, rest, is_conserved: found >= 0.5 * bytes && found <= 2.0 * bytes }
}
