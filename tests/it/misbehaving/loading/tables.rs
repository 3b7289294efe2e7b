//! Tables that no plugin should have, and one that a later plugin will.

use expect_test::expect;

use super::rows_between_good_ones;
use crate::misbehaving::between_good_ones;

#[test]
fn a_table_that_cannot_be_used_is_refused_with_both_values() {
    let rows = need!(rows_between_good_ones(&[
        "no-entry",
        "null-table",
        "unaligned-table",
        "wrong-magic",
        "other-major",
        "size-zero",
        "size-small",
        "newer-host",
        "no-create",
        "no-collect",
        "other-note",
    ]));
    expect![[r#"
        no-entry: 1 x refused
          reason: [PLUGINS]/libno_entry.so: describes a plugin but exports no collector_plugin_entry_v1; export it (collector_plugin! in Rust, visibility "default" in C)
        null-table: 1 x refused
          reason: [PLUGINS]/libnull_table.so: collector_plugin_entry_v1 returned NULL and no table; return the address of a static collector_plugin
        unaligned-table: 1 x refused
          reason: [PLUGINS]/libunaligned_table.so: collector_plugin_entry_v1 returned 0x1001, where no table can be: its address is a multiple of 8; return the address of a static collector_plugin
        wrong-magic: 1 x refused
          reason: [PLUGINS]/libwrong_magic.so: the table's magic is 0x464c457f instead of 0x31504c43; build against collector_plugin.h
        other-major: 1 x refused
          reason: [PLUGINS]/libother_major.so: the table is of ABI 2, this program speaks ABI 1; use a plugin or a program of the same major
        size-zero: 1 x refused
          reason: [PLUGINS]/libsize_zero.so: the table says it has 0 bytes, ABI 1.0 has 56; set size to sizeof(collector_plugin)
        size-small: 1 x refused
          reason: [PLUGINS]/libsize_small.so: the table says it has 48 bytes, ABI 1.0 has 56; set size to sizeof(collector_plugin)
        newer-host: 1 x refused
          reason: [PLUGINS]/libnewer_host.so: the plugin needs ABI 1.7, this program offers 1.0; use a newer collector
        no-create: 1 x refused
          reason: [PLUGINS]/libno_create.so: the table's create is NULL, but every plugin must have it; put a function there
        no-collect: 1 x refused
          reason: [PLUGINS]/libno_collect.so: the table's collect is NULL, but every plugin must have it; put a function there
        other-note: 1 x refused
          reason: [PLUGINS]/libother_note.so: the description in the table differs from the one in the ELF note; build both from one text
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
fn a_plugin_of_a_later_version_is_used_as_far_as_it_is_known() {
    let rows = need!(between_good_ones("later", ""));
    expect![[r#"
        1 x ok [size, 14 bytes]
    "#]]
    .assert_eq(&rows);
}
