//! A plugin in Rust that panics: the SDK turns it into a row, and the worker lives.

use expect_test::expect;

use crate::support::{Scene, libraries};

#[test]
fn a_panic_is_a_row_that_says_where() {
    let library = libraries("tests/misbehaving").join("libpanics.so");
    let places = ["new", "collect", "payload", "thread", "drop"];
    let mut manifest = "collectors:\n  - { plugin: '[good.c]' }\n".to_owned();
    for place in places {
        let library = library.display();
        let config = format!("config: {{ place: {place} }}");
        manifest.push_str(&format!("  - {{ plugin: {library}, name: in-{place}, {config} }}\n"));
    }
    let captured = need!(Scene::new(&manifest)).capture(&["--samples", "2", "--every", "10s"]);
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 2]);
    let rows = places.map(|place| format!("{place}: {}", captured.rows(&format!("in-{place}"))));
    expect![[r#"
        new: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:26:9: told to panic in new
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:26:9: told to panic in new
        collect: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:32:26: told to panic in collect
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:32:26: told to panic in collect
        payload: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:33:26: a panic whose payload is not a text
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:33:26: a panic whose payload is not a text
        thread: 2 x failed
          reason: the thread panicked
          failed: the thread panicked
        drop: 2 x ok
    "#]].assert_eq(&rows.concat());
}
