//! A plugin that was built by the contract of the first release and is never built again: every
//! later version loads it.

use std::fs;
use std::path::{Path, PathBuf};

use super::passes_every_check;
use crate::support::{Missing, collector, has_program, tool};

/// The plugins to load: the kept file on the kind of machine that it was built for, and everywhere
/// what its source gives in `dir` with the header of that release. Elsewhere the source alone has to
/// do: it shows the same contract, and not the same bytes.
fn libraries(dir: &Path) -> Result<Vec<String>, Missing> {
    if !has_program("cc") || !has_program("make") {
        return Err(Missing("no C compiler, or no make"));
    }
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/abi-1.0");
    let project = dir.join("project");
    fs::create_dir(&project).expect("create a directory");
    for entry in fs::read_dir(&kept).expect("the fixture") {
        let path = entry.expect("an entry").path();
        // Of the library that is there make would say that nothing is to be done.
        if path.extension().is_none_or(|it| it != "so") {
            let name = path.file_name().expect("a name");
            fs::copy(&path, project.join(name)).expect("copy a file");
        }
    }
    tool(&project, "make", &["libacme_usage.so"]);
    let is_for_this_machine = cfg!(target_arch = "x86_64");
    let places = [Some(project), is_for_this_machine.then_some(kept)].into_iter().flatten();
    Ok(places.map(|it| it.join("libacme_usage.so").display().to_string()).collect())
}

/// A directory with one file, below `dir`: the plugin's own example would be all of `/tmp`.
fn full(dir: &Path) -> PathBuf {
    let full = dir.join("full");
    fs::create_dir(&full).expect("create a directory");
    fs::write(full.join("file"), "12 bytes ok\n").expect("write a file");
    full
}

#[test]
fn a_plugin_of_the_first_release_runs() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = format!("path: {}\n", full(dir.path()).display());
    fs::write(dir.path().join("c.yaml"), config).expect("write a configuration");
    for library in need!(libraries(dir.path())) {
        let options = ["--config", "c.yaml", "--samples", "2", "--show"];
        let said = collector(dir.path(), &[&["plugin", "run", &library], &options[..]].concat());
        assert_eq!(said.exit, 0, "{said}");
        let is_ok = |line: &&str| line.starts_with("sample ") && line.ends_with(": ok");
        assert_eq!(said.stdout.lines().filter(is_ok).count(), 2, "{said}");
        assert_eq!(said.stdout.matches("\nacme_usage_files 1\n").count(), 2, "{said}");
    }
}

#[test]
fn a_plugin_of_the_first_release_passes_every_check() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = format!("path: {}\n", full(dir.path()).display());
    for library in need!(libraries(dir.path())) {
        passes_every_check(dir.path(), &library, &config);
    }
}
