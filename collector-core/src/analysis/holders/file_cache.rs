//! Pages of files. Whose they are is not told, but for deleted files that are open: their space on
//! disk bounds what of them can be in memory.

use crate::analysis::findings::is_file;
use crate::analysis::series::Key;

use super::listing::Listing;
use crate::analysis::window::Window;

pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    list.bounded();
    let files = window.family(|it| matches!(it, Key::DeletedBytes(_, class) if is_file(class)));
    for (key, series) in &files.members {
        list.add(key, files.growth(window, series), files.lifetime(window, series));
    }
    "files that have a name, and block devices"
}
