//! `collector plugin new` as a new author meets it: an empty directory, the program, and the tools
//! of the language. Each project is built and tested by the words of its README, then run in a
//! capture.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect;

use crate::support::{check_bundle, collector, go_in, has_program, tool};

/// A new project `acme-store` of this language, in a place of its own that stays the same: cargo
/// would build everything again for another.
fn project(language: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-new").join(language);
    // The first run has nothing there.
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).expect("create a directory under target");
    let said = collector(&place, &["plugin", "new", "acme-store", "--lang", language]);
    assert_eq!((said.exit, said.stdout.as_str()), (0, "acme-store\n"), "{said}");
    place.join("acme-store")
}

/// Describes the library and takes two samples of a directory with two files by its manifest.
fn describe_and_run(project: &Path, library: &str) {
    let said = collector(project, &["plugin", "describe", library]);
    assert_eq!(said.exit, 0, "{said}");
    assert!(said.stdout.starts_with("acme-store 0.1.0: Space and files"), "{said}");

    let watched = tempfile::tempdir().expect("a temporary directory");
    for name in ["one", "two"] {
        fs::write(watched.path().join(name), "x").expect("write a file");
    }
    let manifest = project.join("manifest.yaml");
    let text = fs::read_to_string(&manifest).expect("read the manifest");
    assert!(text.contains("path: /tmp\n"), "{text}");
    let text = text.replace("path: /tmp\n", &format!("path: {}\n", watched.path().display()));
    fs::write(&manifest, text.replace("./target/", "../target/")).expect("write the manifest");
    let said = collector(project, &["run", "--every", "1s", "--samples", "2", "manifest.yaml"]);
    assert_eq!(said.exit, 0, "{said}");
    let bundle = check_bundle(&project.join(said.stdout.trim_end()));
    assert_eq!(bundle.outcomes("acme-store"), ["ok"; 2]);
    let page = bundle.file(1, "acme-store/metrics");
    let page = String::from_utf8(page).expect("a text");
    assert!(page.contains("\nacme_store_files 2\n"), "{page}");
}

#[test]
fn a_project_in_c_builds_passes_its_tests_and_runs() {
    if !has_program("cc") || !has_program("make") {
        skip_or_fail!("no C compiler, or no make");
    }
    let project = project("c");
    let said = tool(&project, "make", &[]);
    assert!(!said.stderr.contains("warning"), "{said}");
    let said = tool(&project, "make", &["test"]);
    assert!(said.stdout.ends_with("all tests passed\n"), "{said}");
    describe_and_run(&project, "./libacme_store.so");
}

#[test]
fn a_project_in_rust_builds_passes_its_tests_and_runs() {
    let project = project("rust");
    let said = tool(&project, "cargo", &["build", "--release"]);
    assert!(!said.stderr.contains("warning"), "{said}");
    let said = tool(&project, "cargo", &["test", "--release"]);
    assert!(said.stdout.contains("\ntest the_description_fits_the_code ... ok\n"), "{said}");
    describe_and_run(&project, "../target/release/libacme_store.so");
}

#[test]
fn a_project_in_go_builds_passes_its_tests_and_runs() {
    if !has_program("cc") {
        skip_or_fail!("no C compiler");
    }
    let project = project("go");
    need!(go_in(&project, &["build", "-buildmode=c-shared", "-o", "libacme_store.so"]));
    need!(go_in(&project, &["vet"]));
    let said = need!(go_in(&project, &["test", "-v"]));
    assert!(said.stdout.contains("--- PASS: TestPanicBecomesProblem"), "{said}");
    describe_and_run(&project, "./libacme_store.so");
}

#[test]
fn what_is_there_stays_as_it_is() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::write(dir.path().join("mine"), "precious").expect("write a file");
    let new = |name| collector(dir.path(), &["plugin", "new", name, "--lang", "c"]);
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: mine is there already; choose another name, or remove it
    "#]]
    .assert_eq(&new("mine").to_string());
    assert_eq!(fs::read(dir.path().join("mine")).expect("read it"), b"precious");
    expect![[r#"
        exit: 0
        --- stdout
        first
        --- stderr
        next: cd first && make && make test
        first/README.md says what each file is, and how to run the plugin
    "#]]
    .assert_eq(&new("first").to_string());
    assert_eq!(new("first").exit, 2);
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: "../out" cannot be the name of a plugin: a name has a-z, 0-9 and dashes, starts with a letter, ends with no dash, and is at most 32 long
    "#]].assert_eq(&new("../out").to_string());
}
