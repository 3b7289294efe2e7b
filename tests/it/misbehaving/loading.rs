//! Plugins that cannot be loaded, or not in peace, although their files look right.

use expect_test::expect;

use super::{between_good_ones, twice_between_good_ones};
use crate::support::{Scene, c_plugin, collector};

#[test]
fn a_constructor_that_crashes_is_a_crash() {
    let rows = need!(between_good_ones("ctor-segv", ""));
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 11 (SIGSEGV: a bad memory access)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_constructor_that_exits_is_a_crash() {
    let rows = need!(between_good_ones("ctor-exits", ""));
    expect![[r#"
        1 x crashed
          reason: the worker exited with code 0 before it was done
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_configuration_the_plugin_does_not_take_is_refused_with_its_words() {
    let rows = need!(twice_between_good_ones("bad-config", ""));
    expect![[r#"
        2 x refused
          reason: config.url: there is no host in it
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_table_of_another_kind_is_refused() {
    let rows = need!(between_good_ones("wrong-magic", ""));
    expect![[r#"
        1 x refused
          reason: [PLUGINS]/libwrong_magic.so: the table's magic is 0x464c457f instead of 0x31504c43; build against collector_plugin.h
    "#]].assert_eq(&rows);
}

#[test]
fn a_plugin_that_needs_a_newer_host_is_refused() {
    let rows = need!(between_good_ones("newer-host", ""));
    expect![[r#"
        1 x refused
          reason: [PLUGINS]/libnewer_host.so: the plugin needs ABI 1.7, this program offers 1.0; use a newer collector
    "#]].assert_eq(&rows);
}

#[test]
fn a_table_that_is_not_the_note_is_refused() {
    let rows = need!(between_good_ones("other-note", ""));
    expect![[r#"
        1 x refused
          reason: [PLUGINS]/libother_note.so: the description in the table differs from the one in the ELF note; build both from one text
    "#]].assert_eq(&rows);
}

#[test]
fn no_table_is_refused() {
    let rows = need!(between_good_ones("null-table", ""));
    expect![[r#"
        1 x refused
          reason: [PLUGINS]/libnull_table.so: collector_plugin_entry_v1 returned 0x0, which is no table
    "#]].assert_eq(&rows);
}

#[test]
fn a_table_where_nothing_is_crashes_the_worker() {
    let rows = need!(between_good_ones("wild-table", ""));
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 11 (SIGSEGV: a bad memory access)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_missing_symbol_is_found_when_loading_and_not_when_calling() {
    let rows = need!(between_good_ones("undefined", ""));
    expect![[r#"
        1 x refused
          reason: [PLUGINS]/libundefined.so: dlopen failed: [PLUGINS]/libundefined.so: undefined symbol: no_library_has_this; it was built against another library or SDK than this machine has; link everything it uses, and let the linker check with -Wl,-z,defs
    "#]].assert_eq(&rows);
}

/// The constructor ends its process: had the core loaded the library, it would say nothing.
#[test]
fn looking_at_a_plugin_does_not_load_it() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[ctor-exits.c]'\n"));
    let library = need!(c_plugin("ctor-exits")).display().to_string();
    for arguments in [
        &["check", "m.yaml"][..],
        &["run", "--dry-run", "m.yaml"],
        &["plugin", "describe", &library],
    ] {
        let said = collector(scene.path(), arguments);
        assert_eq!(said.exit, 0, "{said}");
        assert!(said.stdout.contains("ctor-exits"), "{arguments:?}: {said}");
    }
}
