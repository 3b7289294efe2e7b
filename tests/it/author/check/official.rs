//! The official plugins pass every check.

use std::fs;

use super::is_slow;
use crate::network::servers::well;
use crate::support::{Said, collector, plugins};

/// What `plugin check` says of an official plugin with this configuration.
fn check(plugin: &str, config: &str) -> Said {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::write(dir.path().join("c.yaml"), config).expect("write the configuration");
    let library = plugins().join(format!("lib{plugin}.so"));
    let library = library.to_str().expect("a path that is UTF-8");
    collector(dir.path(), &["plugin", "check", library, "--config", "c.yaml"])
}

/// Not even a warning, but where this machine is slow or does not let the plugin read all.
#[track_caller]
fn passes(plugin: &str, config: &str) {
    let said = check(plugin, config);
    let complaints = said.stdout.lines().filter(|line| {
        let is_about_machine = line.starts_with("warn  sample ");
        let is_fine = line.starts_with("ok ") || line.starts_with("passed: ");
        !is_fine && !is_about_machine && !is_slow(line)
    });
    assert_eq!(complaints.collect::<Vec<_>>(), [""; 0], "{said}");
    assert_eq!((said.exit, said.stderr.as_str()), (0, ""), "{said}");
    assert_eq!(said.stdout.lines().count(), 27, "26 checks and the sum: {said}");
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
