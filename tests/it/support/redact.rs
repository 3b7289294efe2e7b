//! Puts stand-ins where two runs of the same command differ, so that its words can be compared.
//!
//! It works on shapes, not on meaning: every duration and size becomes a stand-in, also one that
//! would be the same each time. A test that is about such a number looks at the text itself.

use std::path::Path;

/// Units of time and of size as this program writes them, longest first.
const DURATIONS: &[&str] = &["min", "ms", "us", "µs", "ns", "s", "m", "h"];
const SIZES: &[&str] = &["KiB", "MiB", "GiB", "TiB", "kB", "MB", "GB", "bytes", "byte", "B"];

/// `text` with `[DIR]` for `dir`, and `[HOST]`, `[TIME]`, `[DURATION]`, `[SIZE]` where they occur.
pub(crate) fn redact(text: &str, dir: &Path) -> String {
    let mut text = text.to_owned();
    let real = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    for dir in [real.as_path(), dir] {
        // "/" and "" are in every text.
        if dir.components().count() > 1 {
            text = text.replace(&*dir.to_string_lossy(), "[DIR]");
        }
    }
    shapes(&text, rustix::system::uname().nodename().to_str().unwrap_or_default())
}

fn shapes(text: &str, host: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let at_start = !before.is_alphanumeric() && !"_.[".contains(before);
        let found = if at_start { stand_in(rest, host) } else { None };
        let (length, shown) = found.unwrap_or((first.len_utf8(), &rest[..first.len_utf8()]));
        out.push_str(shown);
        before = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
    out
}

/// The length of the shape that `text` starts with, and what stands for it.
fn stand_in<'a>(text: &str, host: &str) -> Option<(usize, &'a str)> {
    if !host.is_empty() && text.starts_with(host) && text[host.len()..].starts_with('-') {
        return Some((host.len(), "[HOST]"));
    }
    for pattern in ["ddddddddTdddddd*Z", "dddd-dd-ddTdd:dd:dd*Z"] {
        if let Some(length) = time(text, pattern) {
            return Some((length, "[TIME]"));
        }
    }
    let digits = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    if digits == 0 {
        return None;
    }
    let space = usize::from(text[digits..].starts_with(' '));
    let unit = &text[digits + space..];
    let of = |units: &[&str]| {
        units
            .iter()
            .find(|it| {
                unit.strip_prefix(**it)
                    .is_some_and(|after| !after.starts_with(char::is_alphanumeric))
            })
            .map(|it| digits + space + it.len())
    };
    of(SIZES).map(|it| (it, "[SIZE]")).or_else(|| of(DURATIONS).map(|it| (it, "[DURATION]")))
}

/// Matches `d` with a digit, `*` with an optional fraction of a second.
fn time(text: &str, pattern: &str) -> Option<usize> {
    let mut rest = text;
    for shape in pattern.chars() {
        rest = match shape {
            'd' => rest.strip_prefix(|it: char| it.is_ascii_digit())?,
            '*' => match rest.strip_prefix('.') {
                Some(fraction) => fraction.trim_start_matches(|it: char| it.is_ascii_digit()),
                None => rest,
            },
            literal => rest.strip_prefix(literal)?,
        };
    }
    Some(text.len() - rest.len())
}

#[test]
fn what_differs_between_runs_has_a_stand_in() {
    let dir = Path::new("/tmp/somewhere");
    let text = "\
/tmp/somewhere/db1-ACME-20261123T024512Z.tar.zst 1.2 MiB in 350 ms
samples/20261123T024512.123Z at 2026-11-23T02:45:12.5Z took 1.5s, 4096 bytes
sample 3 of 30, version 1, plugins.4096B, 20 MBit
";
    expect_test::expect![[r#"
        [DIR]/db1-ACME-[TIME].tar.zst [SIZE] in [DURATION]
        samples/[TIME] at [TIME] took [DURATION], [SIZE]
        sample 3 of 30, version 1, plugins.4096B, 20 MBit
    "#]]
    .assert_eq(&redact(text, dir));
    assert_eq!(shapes("/out/db1-2026 db1 mydb1-x", "db1"), "/out/[HOST]-2026 db1 mydb1-x");
}
