//! Plugins in Go: each brings a runtime with threads and signal handlers of its own, of which one
//! process bears one.

use std::fs;

use crate::support::{Bundle, Scene, go_plugin};

/// The artifacts of a row by name; those that goroutines deliver come in any order.
fn files(bundle: &Bundle, sample: usize, collector: &str) -> Vec<String> {
    let files = bundle.row(sample, collector)["files"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<String> =
        files.iter().map(|it| it["name"].as_str().expect("a name").to_owned()).collect();
    names.sort();
    names
}

#[test]
fn two_plugins_in_go_run_beside_each_other_and_one_that_panics() {
    let library = need!(go_plugin());
    let scene = need!(Scene::new(
        "\
schedule: { every: 5s, samples: 2 }
collectors:
  - { plugin: ./libone.so, name: one }
  - { plugin: ./libtwo.so, name: caught, config: { panic: caught } }
  - { plugin: ./libtwo.so, name: loose, config: { panic: goroutine } }
  - { plugin: ./libtwo.so, name: two }
"
    ));
    for name in ["libone.so", "libtwo.so"] {
        fs::copy(library, scene.path().join(name)).expect("copy a library");
    }
    let captured = scene.capture(&[]);
    let bundle = &captured.bundle;
    for name in ["one", "two"] {
        assert_eq!(bundle.outcomes(name), ["ok"; 2], "{:#}", bundle.row(0, name));
        for sample in 0..2 {
            let expected = ["metrics.txt", "part-0", "part-1", "part-2", "part-3"];
            assert_eq!(files(bundle, sample, name), expected.map(|it| format!("{name}/{it}")));
            let page = String::from_utf8(bundle.file(sample, &format!("{name}/metrics.txt")));
            let page = page.expect("a text");
            let count = format!("plugin_samples_total {}\n", sample + 1);
            assert!(page.contains(&count), "the instance lives on: {page}");
            let part = bundle.file(sample, &format!("{name}/part-2"));
            assert_eq!(part, b"from goroutine 2\n");
        }
    }
    assert_eq!(bundle.outcomes("caught"), ["failed"; 2]);
    let row = bundle.row(1, "caught");
    assert_eq!(row["reason"], "panic: told to, where it is caught", "{row:#}");
    assert_eq!(bundle.outcomes("loose"), ["crashed"; 2]);
    for sample in 0..2 {
        let row = bundle.row(sample, "loose");
        // Older versions of Go end with the code 2, newer ones abort.
        let reason = row["reason"].as_str().expect("a reason");
        assert!(reason.contains("SIGABRT") || reason.contains("code 2"), "{row:#}");
        let printed = row["stderr"].as_str().expect("what it printed");
        assert!(printed.starts_with("panic: told to, in a goroutine\n"), "{printed}");
        assert!(printed.contains("main.(*collector).collect"), "where it was: {printed}");
    }
}
