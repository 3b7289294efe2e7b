//! Plugins that need what this machine does not have. The dynamic linker finds that out; what it says
//! of it is in no message alone.

use expect_test::expect;

use super::rows_between_good_ones;

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
