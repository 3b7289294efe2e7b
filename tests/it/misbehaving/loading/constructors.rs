//! Plugins that act when they are loaded, before any call. Those that hang are in `hangs`.

use expect_test::expect;

use crate::misbehaving::{between_good_ones, captured_between_good_ones};
use crate::support::{Scene, c_plugin, collector};

#[test]
fn a_constructor_that_crashes_is_a_crash() {
    let rows = need!(between_good_ones("ctor-segv", ""));
    expect![[r#"
        1 x crashed
          reason: the worker was killed by signal 11 (SIGSEGV: a bad memory access)
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_constructor_that_exits_is_a_crash() {
    let rows = need!(between_good_ones("ctor-exits", ""));
    expect![[r#"
        1 x crashed
          reason: the worker exited with code 0 before it was done
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_constructor_that_prints_is_caught_and_goes_on() {
    let captured = need!(captured_between_good_ones("ctor-prints", ""));
    expect![[r#"
        1 x ok [after, 5 bytes]
    "#]]
    .assert_eq(&captured.rows("bad"));
    // That stdout is the bundle's path alone has been looked at; here is the other.
    assert!(!captured.said.stderr.contains("not/the/bundle"), "{}", captured.said);
    let row = captured.bundle.row(0, "bad");
    assert!(row["stderr"].is_null(), "what is printed while all is well is not stored: {row:#}");
}

#[test]
fn looking_at_a_plugin_does_not_load_it() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[ctor-writes.c]'\n"));
    let loaded = scene.path().join("loaded");
    let library = need!(c_plugin("ctor-writes"));
    let library = library.to_str().expect("a plain path");
    let directory = scene.path().join("plugins");
    std::fs::create_dir(&directory).expect("create a directory");
    std::fs::copy(library, directory.join("libctor_writes.so")).expect("copy the library");
    for arguments in [
        &["check", "m.yaml"][..],
        &["run", "--dry-run", "m.yaml"],
        &["plugin", "describe", library],
        &["plugin", "list", "--directory", "plugins"],
    ] {
        let said = collector(scene.path(), arguments);
        assert_eq!(said.exit, 0, "{said}");
        assert!(said.stdout.contains("ctor-writes"), "{arguments:?}: {said}");
        assert!(!loaded.exists(), "{arguments:?} has loaded it");
    }
    // It would have written: the capture loads it.
    assert_eq!(scene.capture(&[]).bundle.outcomes("ctor-writes"), ["ok"]);
    assert!(loaded.exists());
}
