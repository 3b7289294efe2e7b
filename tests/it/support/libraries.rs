//! Builds the shared libraries that tests load: the plugins, and those that misbehave.
//!
//! `cargo test` does not build a crate that is only a `cdylib`, so this asks cargo for them, in
//! the profile and target directory of the running test. The program under test is left out: cargo
//! would put another build of it in the place of the one the tests are running.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use std::{env, fs};

use super::run::run;

/// Enough for a machine that has built nothing yet.
const LIMIT: Duration = Duration::from_secs(1200);

/// The directory with the libraries of all official plugins, and nothing else.
pub(crate) fn plugins() -> PathBuf {
    libraries("plugins")
}

/// The directory with the libraries of the packages under `folder` of the repository, such as
/// `tests/misbehaving`.
pub(crate) fn libraries(folder: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let dir = BUILT.get_or_init(build).join(folder);
    assert!(dir.is_dir(), "no package under {folder} is a shared library");
    dir
}

/// Builds all of them and copies them to a directory that no later build touches.
fn build() -> PathBuf {
    let root = root();
    let messages = cargo(&["build", "--workspace", "--exclude", "collector-core"], &[]);
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libraries");
    // What a deleted package left there must not be found again; the first run has nothing there.
    let _ = fs::remove_dir_all(&place);
    for (package, library) in libraries_in(&messages) {
        let folder = package.strip_prefix(&root).expect("a package of this workspace");
        let folder = place.join(folder.parent().expect("packages are in folders"));
        fs::create_dir_all(&folder).expect("create a directory under target");
        let name = library.file_name().expect("a library has a name");
        fs::copy(&library, folder.join(name)).expect("copy a library");
    }
    place
}

/// The library of a package under `tests/misbehaving`, built so that a panic does not unwind.
pub(crate) fn aborting_library(package: &str) -> PathBuf {
    static BUILT: Mutex<()> = Mutex::new(());
    let _one_at_a_time = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    // First, because cargo puts both in one place.
    let copies = libraries("tests/misbehaving");
    let messages = cargo(&["rustc", "--package", package, "--lib"], &["--", "-C", "panic=abort"]);
    let (_, library) = libraries_in(&messages).pop().expect("the package is a shared library");
    let copy = copies.join(format!("aborting-{package}.so"));
    fs::copy(&library, &copy).expect("copy a library");
    copy
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a package in a workspace");
    root.canonicalize().expect("the repository is there")
}

/// What cargo says when it is run with `first`, arguments for the place of this program, and `last`.
fn cargo(first: &[&str], last: &[&str]) -> String {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    cargo.current_dir(root()).args(first);
    cargo.args(["--locked", "--message-format", "json-render-diagnostics"]);
    cargo.args(same_place(Path::new(env!("CARGO_BIN_EXE_collector")))).args(last);
    for (name, _) in env::vars_os() {
        // These describe the package under test, and a build script might take them for its own.
        let of_test = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_PRIMARY_"];
        if name.to_str().is_some_and(|it| of_test.iter().any(|start| it.starts_with(start))) {
            cargo.env_remove(name);
        }
    }
    let said = run(cargo, LIMIT);
    assert_eq!(said.exit, 0, "the plugins do not build:\n{}", said.stderr);
    said.stdout
}

/// The arguments that make cargo use the profile, target and directory that made this program.
fn same_place(program: &Path) -> Vec<String> {
    let profile = program.parent().expect("a program is in a directory");
    let above = profile.parent().expect("target directories are not the root");
    let name = |path: &Path| {
        path.file_name().and_then(|it| it.to_str()).expect("cargo's names are text").to_owned()
    };
    let mut arguments = match name(profile).as_str() {
        "debug" => vec![],
        other => vec!["--profile".into(), other.into()],
    };
    // With `--target` the profile is one level deeper; cargo marks only the directory itself.
    let mut target = above;
    if !above.join("CACHEDIR.TAG").exists()
        && above.parent().is_some_and(|it| it.join("CACHEDIR.TAG").exists())
    {
        arguments.extend(["--target".into(), name(above)]);
        target = above.parent().unwrap_or(above);
    }
    arguments.extend(["--target-dir".into(), target.display().to_string()]);
    arguments
}

/// The directory of the package and the file, of each shared library in cargo's messages.
fn libraries_in(messages: &str) -> Vec<(PathBuf, PathBuf)> {
    let mut found = Vec::new();
    for line in messages.lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("cargo speaks JSON");
        let is_library = message["target"]["crate_types"]
            .as_array()
            .is_some_and(|types| types.iter().any(|it| it == "cdylib"));
        if message["reason"] != "compiler-artifact" || !is_library {
            continue;
        }
        let manifest = Path::new(message["manifest_path"].as_str().expect("a path"));
        let files = message["filenames"].as_array().expect("a list of files");
        let file = files.iter().filter_map(|it| it.as_str()).find(|it| it.ends_with(".so"));
        let package = manifest.parent().expect("a manifest is in a directory");
        found.push((package.to_owned(), file.expect("a cdylib is a file").into()));
    }
    found
}

#[test]
fn every_official_plugin_is_there() {
    let mut names: Vec<String> = fs::read_dir(plugins())
        .expect("a directory")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    expect_test::expect![[r#"
        libfd_scan.so
        libgo_pprof.so
        libmeminfo.so
        libprocess_memory.so
        libprometheus_scrape.so
        libslabinfo.so"#]]
    .assert_eq(&names.join("\n"));
}

#[test]
fn a_release_build_stays_a_release_build() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("CACHEDIR.TAG"), "").unwrap();
    let said = |program: &str| {
        let arguments = same_place(&dir.path().join(program)).join(" ");
        arguments.replace(&dir.path().display().to_string(), "[TARGET]")
    };
    assert_eq!(said("debug/collector"), "--target-dir [TARGET]");
    assert_eq!(said("release/collector"), "--profile release --target-dir [TARGET]");
    assert_eq!(
        said("x86_64-unknown-linux-musl/release/collector"),
        "--profile release --target x86_64-unknown-linux-musl --target-dir [TARGET]"
    );
}
