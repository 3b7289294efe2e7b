//! Shows what a reader has read, for the tests of the readers.

use std::fmt::Debug;

use expect_test::Expect;

use super::Read;

/// Compares the value, and after it the bad lines.
pub(super) fn check<T: Debug>(read: &Read<T>, expect: Expect) {
    let mut told = on_fewer_lines(&format!("{:#?}\n", read.value));
    for bad in read.bad.kept() {
        told.push_str(&format!("{bad}\n"));
    }
    expect.assert_eq(&told);
}

/// Brings `Some(`, its content and `)` together again where they are on three lines.
fn on_fewer_lines(shown: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in shown.lines() {
        if line.trim_start().starts_with(')')
            && let [.., open, inner] = &lines[..]
            && open.ends_with('(')
        {
            let inner = inner.trim().trim_end_matches(',');
            let joined = format!("{open}{inner}{}", line.trim_start());
            lines.truncate(lines.len() - 2);
            lines.push(joined);
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The record of a process as `process-memory` stores it.
pub(super) fn record(pid: u32, file: &str, text: &[u8]) -> Vec<u8> {
    let header = format!("==> {pid}/{file} {} <==\n", text.len());
    [header.as_bytes(), text, b"\n"].concat()
}
