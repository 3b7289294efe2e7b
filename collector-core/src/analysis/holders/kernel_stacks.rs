//! Stacks of threads in the kernel: the threads of each process by the size of one stack, where
//! the list of mappings tells that size. It is never guessed.

use crate::analysis::series::{Key, ProcessFigure};

use super::listing::Listing;
use crate::analysis::window::Window;

pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    let Some(each) = stack_bytes(window) else {
        return "threads; the size of a stack is not told";
    };
    let threads = window.family(|it| matches!(it, Key::Of(_, ProcessFigure::Threads)));
    for (key, series) in &threads.members {
        let growth = each * threads.growth(window, series);
        list.add(key, growth, threads.lifetime(window, series));
    }
    "threads of the kernel, dead children, spare stacks"
}

/// The size of one stack, by the last sample that tells it.
fn stack_bytes(window: &Window<'_>) -> Option<f64> {
    let told = window.observed.accounts.iter().rev().find_map(|it| it.stack_bytes)?;
    Some(told as f64)
}
