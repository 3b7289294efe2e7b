//! A plugin in Rust that panics: the SDK turns it into a row, and the worker lives.

use expect_test::expect;

use crate::support::{Scene, aborting_library, libraries};

#[test]
fn a_panic_is_a_row_that_says_where() {
    let library = libraries("tests/misbehaving").join("libpanics.so");
    let places = [
        "new",
        "new-string",
        "new-payload",
        "collect",
        "text",
        "payload",
        "thread",
        "lone-thread",
        "drop",
        "drop-payload",
    ];
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
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:28:22: told to panic in new
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:28:22: told to panic in new
        new-string: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:29:29: told to panic in new-string
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:29:29: told to panic in new-string
        new-payload: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:30:30: a panic whose payload is not a text
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:30:30: a panic whose payload is not a text
        collect: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:38:26: told to panic in collect
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:38:26: told to panic in collect
        text: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:39:23: told to panic with a text
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:39:23: told to panic with a text
        payload: 2 x failed
          reason: the plugin panicked at tests/misbehaving/panics/src/lib.rs:40:26: a panic whose payload is not a text
          failed: the plugin panicked at tests/misbehaving/panics/src/lib.rs:40:26: a panic whose payload is not a text
        thread: 2 x failed
          reason: the thread panicked
          failed: the thread panicked
        lone-thread: 2 x ok
        drop: 2 x ok
        drop-payload: 2 x ok
    "#]].assert_eq(&rows.concat());
}

/// The SDK cannot catch what does not unwind: the worker dies, with the words of the panic.
#[test]
fn a_panic_that_aborts_is_a_crash_with_its_words() {
    let library = aborting_library("panics");
    let manifest = format!(
        "\
collectors:
  - {{ plugin: '[good.c]', name: before }}
  - {{ plugin: {}, name: bad, config: {{ place: text }} }}
  - {{ plugin: '[good.c]', name: after }}
",
        library.display()
    );
    let captured = need!(Scene::new(&manifest)).capture(&[]);
    assert_eq!(["before", "after"].map(|good| captured.bundle.outcomes(good)[0]), ["ok"; 2]);
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 6 (SIGABRT: it aborted)
    "#]]
    .assert_eq(&captured.rows("bad"));
    let printed = captured.bundle.row(0, "bad")["stderr"].as_str().expect("a text").to_owned();
    assert!(printed.contains("told to panic with a text"), "{printed}");
}
