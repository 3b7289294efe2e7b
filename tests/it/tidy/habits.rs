//! What every source file keeps: a header, a short body, no `unsafe` and no silenced lint outside
//! the listed places.

use super::Complaint;
use super::code::{Token, tokens};

/// Where `unsafe` may be: files, and directories with a `/` at the end.
pub(super) const UNSAFE: &[&str] = &[
    "collector-core/src/run/library.rs",
    "collector-core/src/run/limits.rs",
    "plugin-api/src/abi.rs",
    "plugin-api/src/export.rs",
    "plugin-api/src/host.rs",
    "plugin-api/src/host/table.rs",
    "plugin-api/src/runtime.rs",
    "plugin-api/src/testing.rs",
    "plugin-api/tests/sizes.rs",
    "plugins/fd-scan/examples/fd-bench.rs",
    "tests/",
];

const MOST_LINES: usize = 350;

/// Checks one file; `path` is from the root of the repository.
pub(super) fn check(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut complain = |line: usize, what: String| {
        complaints.push(Complaint { path: path.to_owned(), line, what });
    };
    if !text.starts_with("//!") {
        complain(1, "the file does not start with `//!`: what it is for, what it is not".into());
    }
    let n_lines = text.lines().count();
    if n_lines > MOST_LINES {
        complain(n_lines, format!("{n_lines} lines, at most {MOST_LINES}: this is two ideas"));
    }
    if path.ends_with("/mod.rs") {
        complain(1, "`mod.rs`: name the file after the module, beside its directory".into());
    }
    let listed = |it: &&&str| path == **it || it.ends_with('/') && path.starts_with(**it);
    if let Some(line) = first_unsafe(text)
        && UNSAFE.iter().find(listed).is_none()
    {
        complain(line, "`unsafe` outside the listed files".into());
    }
    let words = tokens(text);
    for (at, word) in words.iter().enumerate() {
        let is = |ahead: usize, sign: &str| {
            words.get(at + ahead).is_some_and(|it: &Token| it.text == sign)
        };
        match word.text.as_str() {
            "[" if is(1, "allow") && is(2, "(") => {
                complain(word.line, "`allow`: use `#[expect(…, reason = \"…\")]`".into());
            }
            "todo" | "unimplemented" if is(1, "!") => {
                complain(word.line, format!("`{}!`: nothing unfinished is kept", word.text));
            }
            _ => {}
        }
    }
    complaints
}

/// The line of the first keyword `unsafe`, comments and texts left out.
pub(super) fn first_unsafe(text: &str) -> Option<usize> {
    tokens(text).iter().find(|it| it.text == "unsafe").map(|it| it.line)
}
