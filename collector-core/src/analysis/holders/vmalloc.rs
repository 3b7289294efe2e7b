//! Memory that the kernel maps for itself: by the function that mapped it. Stacks of threads have
//! a term of their own.

use crate::analysis::readers::vmallocinfo::makes_stacks;
use crate::analysis::series::Key;

use super::listing::Listing;
use crate::analysis::window::Window;

pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    let callers = window.family(|it| matches!(it, Key::Caller(caller) if !makes_stacks(caller)));
    for (key, series) in &callers.members {
        list.add(key, callers.growth(window, series), callers.lifetime(window, series));
    }
    "mappings that no function is told of"
}
