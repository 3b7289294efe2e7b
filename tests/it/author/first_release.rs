//! A plugin that was built by the contract of the first release and is never built again: every
//! later version loads it.

use std::path::Path;

use crate::support::{Missing, collector};

/// The file, where it can be loaded at all.
fn library() -> Result<String, Missing> {
    if !cfg!(target_arch = "x86_64") {
        return Err(Missing("a machine for which the plugin of the first release was built"));
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/abi-1.0");
    Ok(file.join("libacme_usage.so").display().to_string())
}

#[test]
fn a_plugin_of_the_first_release_runs() {
    let library = need!(library());
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(dir.path().join("full")).expect("create a directory");
    std::fs::write(dir.path().join("full/file"), "12 bytes ok\n").expect("write a file");
    let config = format!("path: {}\n", dir.path().join("full").display());
    std::fs::write(dir.path().join("c.yaml"), config).expect("write a configuration");
    let said = collector(
        dir.path(),
        &["plugin", "run", &library, "--config", "c.yaml", "--samples", "2", "--show"],
    );
    assert_eq!(said.exit, 0, "{said}");
    assert_eq!(said.stdout.matches("sample ").filter(|_| said.stdout.contains(": ok")).count(), 2);
    assert!(said.stdout.contains("acme_usage_bytes"), "{said}");
}

#[test]
fn a_plugin_of_the_first_release_passes_every_check() {
    let library = need!(library());
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = collector(dir.path(), &["plugin", "check", &library]);
    assert_eq!(said.exit, 0, "{said}");
    assert!(!said.stdout.contains("FAIL"), "{said}");
}
