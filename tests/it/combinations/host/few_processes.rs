//! A user who may have only a few processes and threads (`ulimit -u`).

use std::fs;
use std::path::Path;

use expect_test::expect;
use tempfile::TempDir;

use crate::support::{Missing, Said, c_plugin, check_bundle, has_program, installed, run_in};

const MANIFEST: &str = "\
version: 1
output: { min_free: 0 }
collectors:
  - { plugin: ./libgood.so, name: a }
  - { plugin: ./libgood.so, name: b }
  - { plugin: ./libgood.so, name: c }
  - { plugin: ./libgood.so, name: d }
";

/// What helps, as every message must say it.
const ADVICE: &str =
    "this user may have reached the limit of processes: end some, or raise it (`ulimit -u`)";

fn four_collectors() -> Result<TempDir, Missing> {
    let dir = installed();
    fs::copy(c_plugin("good")?, dir.path().join("libgood.so")).expect("copy a library");
    fs::write(dir.path().join("m.yaml"), MANIFEST).expect("write the manifest");
    Ok(dir)
}

/// The program with `n` processes and threads for a user whom nobody else is now.
fn run_with(n: u32, dir: &Path) -> Result<Said, Missing> {
    if !rustix::process::geteuid().is_root() {
        return Err(Missing("not root"));
    }
    if !has_program("setpriv") || !has_program("prlimit") {
        return Err(Missing("no setpriv or no prlimit"));
    }
    let [user, group] = ["reuid", "regid"]
        .map(|it| format!("--{it}={}", 100_000 + rustix::thread::gettid().as_raw_pid()));
    let limit = format!("--nproc={n}");
    let prefix = ["prlimit", &limit, "setpriv", &user, &group, "--clear-groups"];
    Ok(run_in(dir, &prefix, &["--quiet", "../m.yaml"]))
}

#[test]
fn a_thread_that_cannot_start_costs_a_row_and_not_the_capture() {
    let dir = need!(four_collectors());
    let out = dir.path().join("out");
    let mut n_ok_with = Vec::new();
    // The program itself has three threads, and two more are a collector's thread and its worker.
    for n in 3..=12 {
        let said = need!(run_with(n, dir.path()));
        let path = said.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("with {n}: {said}"));
        let bundle = check_bundle(&out.join(path));
        let rows = ["a", "b", "c", "d"].map(|name| bundle.row(0, name).clone());
        for row in &rows {
            let is_told = row["reason"].as_str().is_some_and(|it| it.ends_with(ADVICE));
            assert!(row["outcome"] == "ok" || row["outcome"] == "failed" && is_told, "{row:#}");
        }
        n_ok_with.push(rows.iter().filter(|row| row["outcome"] == "ok").count());
        fs::remove_file(out.join(path)).expect("remove the bundle");
        assert_eq!(fs::read_dir(&out).expect("a directory").count(), 0, "with {n}: {said}");
    }
    assert_eq!(n_ok_with[0], 0, "no thread was left for a worker: {n_ok_with:?}");
    assert_eq!(n_ok_with[9], 4, "there was enough for all: {n_ok_with:?}");
    assert!(n_ok_with.iter().any(|n| (1..4).contains(n)), "some could run: {n_ok_with:?}");
}

#[test]
fn a_program_without_threads_says_so_and_leaves_nothing() {
    let dir = need!(four_collectors());
    let mut told = String::new();
    for n in 1..=2 {
        told.push_str(&need!(run_with(n, dir.path())).to_string());
        let left = fs::read_dir(dir.path().join("out")).expect("a directory").count();
        assert_eq!(left, 0, "with {n}: {told}");
    }
    expect![[r#"
        exit: 5
        --- stdout
        --- stderr
        error: no thread to watch for Ctrl-C: Resource temporarily unavailable (os error 11); this user may have reached the limit of processes: end some, or raise it (`ulimit -u`)
        exit: 5
        --- stdout
        --- stderr
        error: cannot begin a bundle: no thread, or no memory, to compress it (hint: this user may have reached the limit of processes: end some, or raise it (`ulimit -u`)): Resource temporarily unavailable (os error 11)
    "#]].assert_eq(&told);
}
