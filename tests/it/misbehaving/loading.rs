//! Plugins that cannot be loaded, or not in peace, although their files look right.

mod constructors;
mod libraries;
mod replaced;
mod tables;

use std::fmt::Write;

use expect_test::expect;

use super::twice_between_good_ones;
use crate::support::{Captured, Missing, Scene};

#[test]
fn a_configuration_the_plugin_does_not_take_is_refused_with_its_words() {
    let rows = need!(twice_between_good_ones("bad-config", ""));
    expect![[r#"
        2 x refused
          reason: config.url: there is no host in it
    "#]]
    .assert_eq(&rows);
}

/// The rows of several plugins of `tests/misbehaving`, run between two good collectors.
fn rows_between_good_ones(plugins: &[&str]) -> Result<String, Missing> {
    let mut manifest = "collectors:\n  - { plugin: '[good.c]', name: before }\n".to_owned();
    for plugin in plugins {
        writeln!(manifest, "  - {{ plugin: '[{plugin}.c]' }}").expect("a text takes all");
    }
    manifest.push_str("  - { plugin: '[good.c]', name: after }\n");
    let captured = Scene::new(&manifest)?.capture(&[]);
    check_good_ones(&captured);
    Ok(plugins.iter().map(|name| format!("{name}: {}", captured.rows(name))).collect())
}

/// The collectors `before` and `after` are complete in every sample.
fn check_good_ones(captured: &Captured) {
    for good in ["before", "after"] {
        for at in 0..captured.bundle.samples.len() {
            assert_eq!(captured.bundle.row(at, good)["outcome"], "ok", "{}", captured.said);
            let count = format!("sample {}\n", at + 1);
            assert_eq!(captured.bundle.file(at, &format!("{good}/count")), count.as_bytes());
        }
    }
}
