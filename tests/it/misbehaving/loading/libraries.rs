//! Plugins that need what this machine does not have. The dynamic linker finds that out; what it says
//! of it is in no message alone.

use std::fs;

use expect_test::expect;

use super::{capture_beside, rows, rows_between_good_ones};
use crate::support::{Captured, Missing, c_plugin, stand_in_at};

#[test]
fn what_is_missing_is_named_with_a_remedy() {
    let rows = need!(rows_between_good_ones(&["needs-gone", "needs-later", "undefined"]));
    // Where the library is installed differs.
    let words = rows.split_inclusive(' ').map(|word| match word.rsplit_once('/') {
        Some((_, "libstdc++.so.6, ")) => "[LIB]/libstdc++.so.6, ",
        _ => word,
    });
    let rows: String = words.collect();
    expect![[r#"
        needs-gone: 1 x refused
          reason: [PLUGINS]/libneeds_gone.so: it needs libgone.so.7, which is not installed, or only for another kind of machine; install the package that has it, or put it beside the plugin and link with -Wl,-rpath,'$ORIGIN'
        needs-later: 1 x refused
          reason: [PLUGINS]/libneeds_later.so: it needs version GLIBCXX_3.9999 of [LIB]/libstdc++.so.6, and the one on this machine lacks it; rebuild it on an older system, or update that library
        undefined: 1 x refused
          reason: [PLUGINS]/libundefined.so: it uses the symbol no_library_has_this, which no library it needs has; it was built against another library or SDK than this machine has: link everything it uses, and let the linker check with -Wl,-z,defs
    "#]].assert_eq(&rows);
}

/// A capture of a plugin, and of the same one pinned, with the first bytes of the library it needs
/// beside it.
fn with_library_of(n_bytes: usize) -> Result<Captured, Missing> {
    c_plugin("needs-beside")?;
    let whole = fs::read(stand_in_at("libbeside.so.1")).expect("read the library");
    let part = &whole[..n_bytes.min(whole.len())];
    capture_beside("needs-beside", &["pinned", "unpinned"], 1, ("libbeside.so.1", part))
}

#[test]
fn a_library_beside_the_plugin_is_found_unless_the_plugin_is_pinned() {
    let captured = need!(with_library_of(usize::MAX));
    expect![[r#"
        1 x ok [after, 5 bytes]
    "#]]
    .assert_eq(&rows(&captured, "unpinned"));
    expect![[r#"
        1 x refused
          reason: [DIR]/libneeds_beside.so: it needs libbeside.so.1, which is not installed, or only for another kind of machine; install the package that has it; a pinned plugin is loaded from memory, so nothing beside its file is found
    "#]].assert_eq(&rows(&captured, "pinned"));
}

#[test]
fn a_library_that_is_no_library_is_named() {
    let captured = need!(with_library_of(3));
    expect![[r#"
        1 x refused
          reason: [DIR]/libneeds_beside.so: it needs [DIR]/libbeside.so.1, which is cut or no library (file too short); install or copy it again
    "#]].assert_eq(&rows(&captured, "unpinned"));
}

/// The dynamic linker maps what the headers promise, and dies of what is not there.
#[test]
fn a_library_that_is_cut_is_a_crash() {
    let captured = need!(with_library_of(1000));
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 7 (SIGBUS: a mapped file was cut, perhaps the plugin's own; install an update under another name and rename it)
    "#]]
    .assert_eq(&rows(&captured, "unpinned"));
}
