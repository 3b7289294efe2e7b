//! When samples are taken, seen in the bundle: every tick has its sample, and a slow collector
//! holds up only itself. What is due when, is checked of every bundle in `support/bundle.rs`.

use crate::support::Scene;

#[test]
fn so_many_samples_are_taken_as_were_asked_for() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[good.c]'\n"));
    let captured = scene.capture(&["--samples", "3", "--every", "1s"]);
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 3]);
    assert_eq!(captured.bundle.file(2, "good/count"), b"sample 3\n", "one worker took them all");
}

#[test]
fn a_span_ends_the_capture_as_a_number_does() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[good.c]'\n"));
    let captured = scene.capture(&["--for", "3s", "--every", "1s"]);
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 3]);
}

#[test]
fn a_collector_has_an_interval_of_its_own() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 1s, samples: 4 }
collectors:
  - { plugin: '[good.c]', name: as-all }
  - { plugin: '[good.c]', name: seldom, every: 2s }
  - { plugin: '[good.c]', name: often, every: 500ms }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    let n = |name| captured.bundle.outcomes(name).len();
    assert_eq!([n("as-all"), n("seldom"), n("often")], [4, 2, 8]);
    assert_eq!(captured.bundle.samples.len(), 8);
}

/// The plugin takes 2.5 s and a tick comes every second: at most every third can be its own.
#[test]
fn a_slow_collector_misses_ticks_and_holds_up_nobody() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 1s, samples: 6 }
collectors:
  - { plugin: '[good.c]', name: before }
  - { plugin: '[slower.c]', name: slow }
  - { plugin: '[good.c]', name: after }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    for good in ["before", "after"] {
        assert_eq!(captured.bundle.outcomes(good), ["ok"; 6]);
    }
    let outcomes = captured.bundle.outcomes("slow");
    assert_eq!(outcomes[..2], ["ok", "skipped"]);
    let n_skipped = outcomes.iter().filter(|it| **it == "skipped").count();
    assert!((4..6).contains(&n_skipped), "{outcomes:?}");
    let skipped = captured.bundle.row(1, "slow");
    assert_eq!(skipped["reason"], "overrun: still busy with an earlier sample");
    assert!(skipped["started_ms"].is_null(), "it was not asked: {skipped:#}");
}
