//! The official plugins pass every check.

use super::passes_every_check;
use crate::network::servers::well;
use crate::support::plugins;

/// Passes every check, with this configuration.
#[track_caller]
fn passes(plugin: &str, config: &str) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = plugins().join(format!("lib{plugin}.so"));
    let library = library.to_str().expect("a path that is UTF-8");
    passes_every_check(dir.path(), library, config);
}

#[test]
fn meminfo_passes_every_check() {
    passes("meminfo", "");
}

#[test]
fn slabinfo_passes_every_check() {
    passes("slabinfo", "");
}

#[test]
fn process_memory_passes_every_check() {
    passes("process_memory", "");
}

#[test]
fn fd_scan_passes_every_check() {
    passes("fd_scan", "");
}

#[test]
fn go_pprof_passes_every_check() {
    let server = well();
    passes("go_pprof", &format!("url: http://{}\nprofiles: [heap, goroutine]", server.address()));
}

#[test]
fn prometheus_scrape_passes_every_check() {
    let server = well();
    passes("prometheus_scrape", &format!("url: http://{}/metrics", server.address()));
}
