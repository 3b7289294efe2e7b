//! Page tables: those of each process.

use crate::analysis::series::{Key, ProcessFigure};

use super::listing::Listing;
use crate::analysis::window::Window;

pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    let tables = window.family(|it| matches!(it, Key::Of(_, ProcessFigure::PageTables)));
    for (key, series) in &tables.members {
        list.add(key, tables.growth(window, series), tables.lifetime(window, series));
    }
    "of the kernel, of devices, of processes not looked at"
}
