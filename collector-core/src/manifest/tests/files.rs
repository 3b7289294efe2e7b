//! What may lie at the path of a manifest.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use expect_test::{Expect, expect};

use super::text_of;
use crate::manifest::Manifest;

/// Loads `name` in a directory that `make` has filled; `[DIR]` stands for the directory.
fn check(name: &str, make: impl FnOnce(&Path), message: Expect) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join(name);
    make(&path);
    let text = match Manifest::load(&path, &|_| None) {
        Ok(manifest) => format!("taken: {}", manifest.collectors[0].plugin),
        Err(error) => text_of(&error),
    };
    message.assert_eq(&text.replace(&directory.path().display().to_string(), "[DIR]"));
}

#[test]
fn a_file_is_read_and_its_directory_is_where_plugins_are() {
    let text = "version: 1\ncollectors: [{plugin: sub/liba.so}]";
    check(
        "m.yaml",
        |path| fs::write(path, text).expect("write"),
        expect!["taken: [DIR]/sub/liba.so"],
    );
}

/// The directory is no text, and the plugin's path is one.
#[test]
fn a_path_that_cannot_start_in_the_manifests_directory_is_told() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let odd = directory.path().join(OsStr::from_bytes(b"odd-\xff"));
    fs::create_dir(&odd).expect("create a directory");
    let taken = |plugin: &str| {
        let text = format!("version: 1\ncollectors: [{{plugin: {plugin}}}]");
        fs::write(odd.join("m.yaml"), text).expect("write");
        Manifest::load(&odd.join("m.yaml"), &|_| None)
    };
    let told = text_of(&taken("./liba.so").expect_err("a path from there"));
    expect!["[DIR]/odd-�/m.yaml:2:23: collectors[0].plugin: the path starts in the manifest's directory, whose name is not UTF-8; write an absolute path, or go to that directory first"].assert_eq(&told.replace(&directory.path().display().to_string(), "[DIR]"));
    assert_eq!(
        taken("/opt/liba.so").expect("an absolute path").collectors[0].plugin,
        "/opt/liba.so"
    );
}

#[test]
fn what_is_no_file_of_text_is_told_at_once() {
    check(
        "absent.yaml",
        |_| {},
        expect![
            "cannot read the manifest [DIR]/absent.yaml: No such file or directory (os error 2)"
        ],
    );
    check(
        "dir",
        |path| fs::create_dir(path).expect("create"),
        expect!["[DIR]/dir: is a directory; name the manifest in it"],
    );
    let fifo = |path: &Path| {
        let mode = rustix::fs::Mode::RUSR;
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0)
            .expect("make a FIFO");
    };
    check(
        "fifo",
        fifo,
        expect![
            "[DIR]/fifo: is a pipe or a device; to read from one, give `-` as the manifest and send it to standard input"
        ],
    );
    check(
        "latin1.yaml",
        |path| fs::write(path, b"version: 1\ncase: \xe9").expect("write"),
        expect![
            "[DIR]/latin1.yaml: is not UTF-8 text (line 2); save it as UTF-8, and check that this is the right file"
        ],
    );
    let large = vec![b'#'; (1 << 20) + 1];
    check(
        "large.yaml",
        |path| fs::write(path, large).expect("write"),
        expect![
            "[DIR]/large.yaml: is larger than 1 MiB, which no manifest is; check that this is the right file"
        ],
    );
}
