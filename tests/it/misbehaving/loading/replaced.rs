//! Plugin files that change after they were looked at: before they are loaded, while they are, and
//! while they run.

use std::fmt::Write;
use std::fs;

use collector_core::plan::inspect;
use expect_test::expect;

use super::check_good_ones;
use crate::support::{Captured, Missing, Scene, c_plugin};

/// A capture of `tests/misbehaving/<plugin>.c` between two good collectors. Its library lies beside
/// the manifest, with `other.so`, which is another plugin's. The collectors are `names`; the manifest
/// pins the file of the one called `pinned`.
fn capture_of(plugin: &str, names: &[&str], n_samples: u32) -> Result<Captured, Missing> {
    let library = c_plugin(plugin)?;
    let sha256 = inspect(&library, None).expect("a plugin").sha256;
    let file = library.file_name().and_then(|it| it.to_str()).expect("a plain name");
    let mut manifest = format!(
        "\
schedule: {{ every: 10s, samples: {n_samples} }}
collectors:
  - {{ plugin: '[good.c]', name: before }}
  - {{ plugin: '[good.c]', name: after }}
"
    );
    for name in names {
        let pin = if *name == "pinned" { format!("sha256: {sha256}, ") } else { String::new() };
        writeln!(manifest, "  - {{ plugin: ./{file}, {pin}name: {name} }}").expect("a text");
    }
    let scene = Scene::new(&manifest)?;
    fs::copy(&library, scene.path().join(file)).expect("copy the library");
    fs::copy(c_plugin("good")?, scene.path().join("other.so")).expect("copy another");
    let captured = scene.capture(&[]);
    check_good_ones(&captured);
    Ok(captured)
}

/// Rows, with stand-ins for the scene's directory and for sums.
fn rows(captured: &Captured, name: &str) -> String {
    let text = captured.rows(name);
    let words = text.split_inclusive([' ', '\n', ',', ';']).map(|word| {
        let bare = word.trim_end_matches([' ', '\n', ',', ';']);
        if bare.len() == 64 && bare.bytes().all(|it| it.is_ascii_hexdigit()) {
            word.replace(bare, "[SHA256]")
        } else if let Some(at) = bare.rfind("/lib") {
            word.replace(&bare[..at], "[DIR]")
        } else {
            word.to_owned()
        }
    });
    words.collect()
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
          reason: the worker was killed by signal 7 (SIGBUS: a mapped file was cut)
        1 x refused
          reason: [DIR]/libtruncates.so: the file is 0 bytes, its headers need 64: the copy was cut; copy it again and compare sha256sum on both sides
    "#]].assert_eq(&rows(&captured, "unpinned"));
    expect![[r#"
        2 x ok [after, 5 bytes]
    "#]]
    .assert_eq(&rows(&captured, "pinned"));
}
