//! What may lie at the path of a manifest.

use std::fs;
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
