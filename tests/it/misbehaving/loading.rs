//! Plugins that cannot be loaded, or not in peace, although their files look right.

mod constructors;
mod libraries;
mod replaced;
mod tables;

use std::fmt::Write;
use std::fs;

use collector_core::plan::inspect;
use expect_test::expect;

use super::twice_between_good_ones;
use crate::support::{Captured, Missing, Scene, c_plugin};

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

/// A capture of `tests/misbehaving/<plugin>.c` between two good collectors. Its library lies beside
/// the manifest, with another file, given by name and content. The collectors are `names`; the
/// manifest pins the library of the one called `pinned`.
fn capture_beside(
    plugin: &str,
    names: &[&str],
    n_samples: u32,
    (other, content): (&str, &[u8]),
) -> Result<Captured, Missing> {
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
    fs::write(scene.path().join(other), content).expect("write the other file");
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
