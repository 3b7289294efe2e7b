//! What the descriptors that were counted take for certain: each has its file object, and each that
//! is of no file with a name of its own has its dentry.
//!
//! The caches of both are those of the whole host. Where a program that is not seen, as in another
//! PID namespace, closes as many meanwhile, they do not grow, and what is open is there all the
//! same. That is no second look at the growth: who asks for one asks what the caches grew by.

use std::rc::Rc;

use super::{Account, is_file};
use crate::analysis::case::Case;
use crate::analysis::series::{Key, ProcessFigure};

/// The bytes of the groups of caches that new descriptors have taken at least.
pub(super) fn examine(case: &Case<'_>) -> Vec<(Account, f64)> {
    let (mut all, mut named) = (0.0, 0.0);
    for (key, series) in &case.observed.series {
        match key {
            Key::Of(_, ProcessFigure::Descriptors) => all += case.change_of(series),
            Key::Connections(..) => named += case.change_of(series),
            // Both ends of a pipe have one.
            Key::Descriptors(_, class) if &**class == "pipe:" => {
                named += case.change_of(series) / 2.0;
            }
            // Files are open more than once, devices too.
            Key::Descriptors(_, class) if !is_file(class) && !class.starts_with('`') => {
                named += case.change_of(series);
            }
            _ => {}
        }
    }
    [("filp", all), ("dentry", named)]
        .into_iter()
        .flat_map(|(cache, n)| {
            let groups = case.slab_groups(|name| name == cache);
            groups.into_iter().map(move |group| (group, n))
        })
        .filter_map(|(group, n)| {
            let each = case.observed.object_bytes.get(&group)?;
            (n > 0.0).then(|| (Account::Slab(Rc::clone(&group)), n * each))
        })
        .collect()
}
