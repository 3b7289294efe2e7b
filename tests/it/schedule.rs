//! When samples are taken, seen in the bundle: every tick has its sample, and a slow collector
//! holds up only itself. What is due when, is checked of every bundle in `support/bundle.rs`.

use crate::support::Scene;

#[test]
fn so_many_samples_are_taken_as_were_asked_for() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[good.c]'\n"));
    let captured = scene.capture(&["--samples", "3", "--every", "200ms"]);
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 3]);
    assert_eq!(captured.bundle.file(2, "good/count"), b"sample 3\n", "one worker took them all");
}

#[test]
fn a_span_ends_the_capture_as_a_number_does() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[good.c]'\n"));
    let captured = scene.capture(&["--for", "600ms", "--every", "200ms"]);
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 3]);
}

#[test]
fn a_collector_has_an_interval_of_its_own() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 200ms, samples: 4 }
collectors:
  - { plugin: '[good.c]', name: as-all }
  - { plugin: '[good.c]', name: seldom, every: 400ms }
  - { plugin: '[good.c]', name: often, every: 100ms }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    let n = |name| captured.bundle.outcomes(name).len();
    assert_eq!([n("as-all"), n("seldom"), n("often")], [4, 2, 8]);
    assert_eq!(captured.bundle.samples.len(), 8);
}

/// The plugin takes 500 ms, a tick comes every 100 ms: at most every fifth can be its own.
#[test]
fn a_slow_collector_misses_ticks_and_holds_up_nobody() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 100ms, samples: 10 }
collectors:
  - { plugin: '[good.c]', name: before }
  - { plugin: '[slow.c]', name: slow }
  - { plugin: '[good.c]', name: after }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(captured.said.exit, 4, "{}", captured.said);
    for good in ["before", "after"] {
        assert_eq!(captured.bundle.outcomes(good), ["ok"; 10]);
    }
    let outcomes = captured.bundle.outcomes("slow");
    assert_eq!(outcomes[..2], ["ok", "skipped"]);
    let n_skipped = outcomes.iter().filter(|it| **it == "skipped").count();
    assert!((8..10).contains(&n_skipped), "{outcomes:?}");
    let skipped = captured.bundle.row(1, "slow");
    assert_eq!(skipped["reason"], "overrun: still busy with an earlier sample");
    assert!(skipped["started_ms"].is_null(), "it was not asked: {skipped:#}");
}
