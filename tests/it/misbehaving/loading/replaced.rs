//! Plugin files that change after they were looked at: before they are loaded, while they are, and
//! while they run.

use std::fs;

use expect_test::expect;

use super::{capture_beside, rows};
use crate::support::{Captured, Missing, c_plugin};

/// As [`capture_beside`], with `other.so`, which is another plugin's.
fn capture_of(plugin: &str, names: &[&str], n_samples: u32) -> Result<Captured, Missing> {
    let other = fs::read(c_plugin("good")?).expect("read another library");
    capture_beside(plugin, names, n_samples, ("other.so", &other))
}

/// The worker crashes in the first sample; the one that is started for the second finds another
/// file than the plan had.
#[test]
fn a_file_that_was_replaced_since_the_plan_is_not_loaded() {
    let captured = need!(capture_of("replaces", &["pinned", "unpinned"], 2));
    let unpinned = rows(&captured, "unpinned");
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
        1 x refused
          reason: [DIR]/libreplaces.so: it is another file than when the capture was planned: its sha256 is [SHA256] now and was [SHA256] then; start the capture again, with this file or with the one that was checked
    "#]].assert_eq(&unpinned);
    assert_eq!(rows(&captured, "pinned"), unpinned);
}

#[test]
fn a_file_that_is_replaced_while_it_is_loaded_is_not_used() {
    let captured = need!(capture_of("ctor-replaces", &["unpinned"], 1));
    expect![[r#"
        1 x refused
          reason: [DIR]/libctor_replaces.so: it was changed or replaced while it was being loaded; start the capture again when the update is complete
    "#]].assert_eq(&rows(&captured, "unpinned"));
}

/// What was hashed is what was loaded, from memory.
#[test]
fn a_pinned_file_may_be_replaced_while_it_is_loaded() {
    let captured = need!(capture_of("ctor-replaces", &["pinned"], 1));
    assert_eq!(rows(&captured, "pinned"), "1 x ok\n");
}

/// An update must be a rename: the kernel takes the code away from under a plugin whose file is
/// written over. That is a crash of its worker, and nobody else's. A pinned one runs in memory.
#[test]
fn a_file_that_is_written_over_while_it_runs_is_a_crash() {
    let captured = need!(capture_of("truncates", &["pinned", "unpinned"], 2));
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 7 (SIGBUS: a mapped file was cut, perhaps the plugin's own; install an update under another name and rename it)
        1 x refused
          reason: [DIR]/libtruncates.so: the file is 0 bytes, its headers need 64: the copy was cut; copy it again and compare sha256sum on both sides
    "#]].assert_eq(&rows(&captured, "unpinned"));
    expect![[r#"
        2 x ok [after, 5 bytes]
    "#]]
    .assert_eq(&rows(&captured, "pinned"));
}
