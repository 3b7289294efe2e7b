//! One library for two collectors, and two libraries of one name.

use std::fs;
use std::path::Path;

use expect_test::expect;

use crate::support::{Captured, Scene, c_plugin, collector};

/// The library that the plan of the capture names for a collector, below the place of the test.
fn library(captured: &Captured, scene: &Scene, collector: &str) -> String {
    let plan = captured.bundle.capture["plan"].as_array().expect("a list");
    let item = plan.iter().find(|it| it["collector"] == collector).expect("it is planned");
    let path = Path::new(item["library"]["path"].as_str().expect("a path"));
    let dir = scene.path().canonicalize().expect("the place of the test");
    path.strip_prefix(&dir).unwrap_or(path).display().to_string()
}

/// Copies the library of `tests/misbehaving/<plugin>.c` to `at` below the place of the test.
fn copy(plugin: &Path, scene: &Scene, at: &str) {
    let at = scene.path().join(at);
    fs::create_dir_all(at.parent().expect("a directory")).expect("create it");
    fs::copy(plugin, at).expect("copy a library");
}

/// Each has a worker of its own, so not even the variables of the library are shared.
#[test]
fn one_library_serves_two_collectors_each_with_its_own_configuration() {
    let scene = need!(Scene::new(
        "\
collectors:
  - { plugin: '[repeats.c]', name: one, config: { say: 'one' } }
  - { plugin: '[repeats.c]', name: two, config: { say: 'two' } }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    let texts = ["one", "two"].map(|name| {
        let text = captured.bundle.file(0, &format!("{name}/config"));
        format!("{name}: {}", String::from_utf8_lossy(&text))
    });
    expect![[r#"
        one: {"say":"one"}, sample 1
        two: {"say":"two"}, sample 1
    "#]]
    .assert_eq(&texts.concat());
    assert_eq!(library(&captured, &scene, "one"), library(&captured, &scene, "two"));
}

#[test]
fn two_files_of_one_plugin_run_beside_each_other() {
    let good = need!(c_plugin("good"));
    let scene = need!(Scene::new(
        "\
collectors:
  - { plugin: ./a/libgood.so, name: first }
  - { plugin: ./b/libgood.so, name: second }
"
    ));
    copy(&good, &scene, "a/libgood.so");
    copy(&good, &scene, "b/libgood.so");
    let captured = scene.capture(&[]);
    assert_eq!(captured.said.exit, 0, "{}", captured.said);
    assert_eq!(library(&captured, &scene, "first"), "a/libgood.so");
    assert_eq!(library(&captured, &scene, "second"), "b/libgood.so");
}

#[test]
fn two_collectors_of_one_default_name_are_told_with_what_to_do() {
    let scene =
        need!(Scene::new("collectors:\n  - plugin: ./a/libgood.so\n  - plugin: ./b/libgood.so\n"));
    let said = collector(scene.path(), &["run", "m.yaml"]);
    expect![[r#"
        exit: 3
        --- stdout
        --- stderr
        error: m.yaml:6:13: collectors[1].plugin: `good` is the name of collectors[0] too (line 5); give one of them another `name`
    "#]].assert_eq(&said.to_string());
    assert_eq!(scene.output().len(), 0);
}

#[test]
fn the_first_directory_that_has_the_name_decides() {
    let good = need!(c_plugin("good"));
    for (directories, chosen) in [("a, b", "a/libgood.so"), ("b, a", "b/libgood.so")] {
        let scene = need!(Scene::new(""));
        copy(&good, &scene, "a/libgood.so");
        copy(&good, &scene, "b/libgood.so");
        let manifest = format!(
            "version: 1\noutput: {{ directory: out, min_free: 0 }}\n\
             plugin_directories: [{directories}]\ncollectors:\n  - plugin: good\n"
        );
        fs::write(scene.path().join("m.yaml"), manifest).expect("write the manifest");
        let captured = scene.capture(&[]);
        assert_eq!(captured.said.exit, 0, "{}", captured.said);
        assert_eq!(library(&captured, &scene, "good"), chosen);
    }
}

/// The file decides before the name in it is known; no other directory is tried then.
#[test]
fn a_file_that_calls_itself_otherwise_is_refused_by_name() {
    let good = need!(c_plugin("good"));
    let scene = need!(Scene::new(""));
    copy(&good, &scene, "a/librepeats.so");
    let manifest = "version: 1\nplugin_directories: [a]\ncollectors:\n  - plugin: repeats\n";
    fs::write(scene.path().join("m.yaml"), manifest).expect("write the manifest");
    let said = collector(scene.path(), &["check", "m.yaml"]);
    expect![[r#"
        exit: 3
        --- stdout
        repeats: refused: m.yaml:4:5: collectors[0].plugin: a/librepeats.so: describes the plugin `good`, not `repeats`; write `plugin: good`, or the path of the file
        --- stderr
        0 fine, 0 partly, 1 refused
    "#]].assert_eq(&said.to_string());
}
