//! `collector run` as a customer types it: no manifest, no options.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::support::{Bundle, Said, check_bundle, installed, run_as_user, run_in, workers_of};

/// The bundle a run has printed, which is all it has printed on stdout.
fn bundle(dir: &Path, said: &Said) -> Bundle {
    let path = said.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no path: {said}"));
    assert!(!path.contains('\n'), "one line: {said}");
    assert_eq!(workers_of(said.pid), [], "nothing is left");
    check_bundle(&dir.join("out").join(path))
}

#[test]
fn root_gets_everything() {
    if !rustix::process::geteuid().is_root() {
        skip_or_fail!("not root");
    }
    let dir = installed();
    let said = run_in(dir.path(), &[], &[]);
    let bundle = bundle(dir.path(), &said);
    for name in ["meminfo", "slabinfo", "process-memory", "fd-scan"] {
        assert_eq!(bundle.outcomes(name), ["ok"], "{:#}", bundle.row(0, name));
    }
    assert_eq!(said.exit, 0, "{said}");
    let slabinfo = String::from_utf8(bundle.file(0, "slabinfo/slabinfo")).expect("a text");
    assert!(slabinfo.starts_with("slabinfo - version: "), "{slabinfo}");
}

#[test]
fn an_ordinary_user_gets_the_rest_and_is_told_what_root_would_add() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &[]));
    let bundle = bundle(dir.path(), &said);
    assert_eq!(said.exit, 4, "{said}");
    assert_eq!(bundle.outcomes("meminfo"), ["denied"]);
    for name in ["meminfo", "slabinfo", "process-memory", "fd-scan"] {
        let row = bundle.row(0, name);
        assert_eq!(row["outcome"], "denied", "{row:#}");
        assert!(row["reason"].as_str().is_some_and(|it| it.contains("root")), "{row:#}");
        assert!(said.stderr.contains(row["reason"].as_str().expect("a reason")), "{said}");
    }
    let meminfo = String::from_utf8(bundle.file(0, "meminfo/meminfo")).expect("a text");
    assert!(meminfo.starts_with("MemTotal:"), "{meminfo}");
    assert!(!bundle.names.iter().any(|it| it.ends_with("slabinfo/slabinfo")), "none, not an empty");
}

#[test]
fn progress_is_plain_lines_where_stderr_is_no_terminal() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &[]));
    bundle(dir.path(), &said);
    assert!(!said.stderr.contains(['\x1b', '\r']), "{said}");
    assert!(said.stderr.starts_with("4 collectors, one sample, into "), "{said}");
    assert!(said.stderr.contains("\nsample 1 of "), "{said}");
}

#[test]
fn quiet_is_quiet() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &["--quiet"]));
    bundle(dir.path(), &said);
    assert_eq!((said.exit, said.stderr.as_str()), (4, ""));
}

#[test]
fn a_dry_run_writes_nothing() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &["--dry-run"]));
    assert_eq!(said.exit, 0, "{said}");
    assert_eq!(fs::read_dir(dir.path().join("out")).expect("a directory").count(), 0);
    assert!(said.stdout.contains("\nslabinfo: partly: "), "{said}");
}

/// Whatever finds a plugin, tells the worker of it and loads it takes a path as bytes.
#[test]
fn a_directory_whose_name_is_no_text_is_as_good() {
    let dir = installed();
    let odd = dir.path().join(OsStr::from_bytes(b"odd-\xff"));
    fs::create_dir(&odd).expect("create a directory");
    for entry in fs::read_dir(dir.path()).expect("a directory").flatten() {
        if entry.path() != odd {
            fs::rename(entry.path(), odd.join(entry.file_name())).expect("move");
        }
    }
    // The tools that look at the bundle are given a text.
    let said = run_in(&odd, &[], &["--output", dir.path().to_str().expect("a text")]);
    let bundle = bundle(&odd, &said);
    for name in ["meminfo", "slabinfo", "process-memory", "fd-scan"] {
        let row = bundle.row(0, name);
        assert!(matches!(row["outcome"].as_str(), Some("ok" | "denied")), "{row:#}");
    }
}
