//! Nothing is written outside the output directory: a capture with every official plugin is traced,
//! and one with a plugin that does it is caught by the same means.

use std::path::{Component, Path};

use super::trace::{Change, changes, traced};
use crate::support::{Captured, LIMIT, Missing, Scene, go_server, run};

/// The capture of this manifest, and what it changed outside its output directory.
fn traced_capture(rest: &str) -> Result<(Captured, Vec<Change>, usize), Missing> {
    let scene = Scene::new(rest)?;
    let traces = scene.path().join("traces");
    let said = run(traced(&scene.command(&[]), &traces)?, LIMIT);
    let cwd = scene.path().canonicalize().expect("it is there");
    let is_inside = |it: &Change| {
        let path = Path::new(&it.path);
        path.starts_with(cwd.join("out")) && !path.components().any(|it| it == Component::ParentDir)
    };
    let (inside, outside): (Vec<Change>, Vec<Change>) =
        changes(&traces, &cwd).into_iter().partition(is_inside);
    let outside = outside.into_iter().filter(|it| !is_of_itself(it)).collect();
    Ok((scene.captured(said), outside, inside.len()))
}

/// What a process may change of itself, and what takes everything and keeps nothing.
fn is_of_itself(change: &Change) -> bool {
    let own = format!("/proc/{}/oom_score_adj", change.thread);
    change.call == "openat" && [own.as_str(), "/dev/null"].contains(&change.path.as_str())
}

#[test]
fn official_plugins_and_the_core_write_only_to_the_output_directory() {
    let server = need!(go_server(&[]));
    let url = &server.url;
    let (captured, outside, n_inside) = need!(traced_capture(&format!(
        "\
schedule: {{ every: 5s, samples: 2 }}
collectors:
  - plugin: meminfo
  - plugin: slabinfo
  - plugin: process-memory
  - plugin: fd-scan
  - {{ plugin: go-pprof, config: {{ url: '{url}' }} }}
  - {{ plugin: prometheus-scrape, config: {{ url: '{url}/metrics' }} }}
  - plugin: '[large.c]'
"
    )));
    for name in ["go-pprof", "prometheus-scrape", "large"] {
        assert_eq!(captured.bundle.outcomes(name), ["ok"; 2], "{}", captured.rows(name));
    }
    assert_eq!(outside, []);
    // The directory, the bundle, its new name, and a file for the large artifact at least.
    assert!(n_inside > 4, "{n_inside} changes were seen inside");
}

#[test]
fn a_plugin_that_writes_elsewhere_is_caught() {
    let (captured, outside, _) =
        need!(traced_capture("collectors:\n  - plugin: '[writes-anyway.c]'\n"));
    assert_eq!(captured.bundle.outcomes("writes-anyway"), ["ok"]);
    let found: Vec<(&str, &str)> = outside
        .iter()
        .map(|it| {
            let name = Path::new(&it.path).file_name().and_then(|it| it.to_str()).expect("a name");
            (it.call.as_str(), name)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("openat", "planted"),
            ("openat", "planted-by-a-plugin"),
            ("unlink", "planted"),
            ("unlink", "planted-by-a-plugin"),
        ]
    );
}
