//! Takes apart what `process-memory` and `fd-scan` store: for each file of a process a line
//! `==> PID/FILE BYTES <==`, exactly that many bytes as the kernel gave them, and one line feed.
//! Where only the beginning of a text is there, it is `==> PID/FILE (N lines left out) BYTES <==`,
//! or `(rest left out)` where nobody counted them.
//!
//! A record whose end is missing is not believed. After a damaged one it goes on with the next
//! line that begins a record.

use super::line::{BadLines, What, number, small, utf8};

/// The text of one process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) pid: u32,
    /// The file below the process's directory, such as `status` or `fdinfo/7`.
    pub(super) file: &'a str,
    /// Lines that the text had after those that are here; `None`: so many that nobody counted.
    pub(super) n_left_out: Option<u64>,
    /// The number of its first line in the artifact.
    pub(super) line: usize,
    pub(super) text: &'a [u8],
}

/// Shows each whole record to `take`.
pub(super) fn each_record<'a>(
    text: &'a [u8],
    bad: &mut BadLines,
    mut take: impl FnMut(Record<'a>, &mut BadLines),
) {
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let head_end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let head = &rest[..head_end];
        let n_bytes = match record(&rest[head_end..], head, line) {
            Ok(record) => {
                take(record, bad);
                head.len() + 1 + record.text.len() + 1
            }
            Err(what) => {
                bad.push(line, what, head);
                let after = rest.windows(NEXT.len()).position(|it| it == NEXT);
                after.map_or(rest.len(), |it| it + 1)
            }
        };
        let (passed, following) = rest.split_at(n_bytes);
        line += passed.iter().filter(|byte| **byte == b'\n').count();
        rest = following;
    }
}

/// The line feed before a record, and how it begins.
const NEXT: &[u8] = b"\n==> ";

/// The record with the first line `head`, after which `rest` comes, line feed first.
fn record<'a>(rest: &'a [u8], head: &'a [u8], line: usize) -> Result<Record<'a>, What> {
    let Header { pid, file, n_left_out, n_bytes } = header(utf8(head)?)?;
    let end = n_bytes.checked_add(1).ok_or("its length is too large")?;
    match rest.get(1..end).zip(rest.get(end)) {
        Some((text, b'\n')) => Ok(Record { pid, file, n_left_out, line: line + 1, text }),
        Some(_) => Err("its record does not end where it says"),
        None => Err("the text ends within its record"),
    }
}

/// What the first line of a record says.
struct Header<'a> {
    pid: u32,
    file: &'a str,
    n_left_out: Option<u64>,
    n_bytes: usize,
}

fn header(line: &str) -> Result<Header<'_>, What> {
    let inner = line.strip_prefix("==> ").and_then(|it| it.strip_suffix(" <=="));
    let inner = inner.ok_or("it begins no record")?;
    let (pid, inner) = inner.split_once('/').ok_or("it begins no record")?;
    let (file, n_bytes) = inner.rsplit_once(' ').ok_or("it begins no record")?;
    let (file, n_left_out) = match file.strip_suffix(" left out)") {
        None => (file, Some(0)),
        Some(of) => match of.rsplit_once(" (").ok_or("it begins no record")? {
            (file, "rest") => (file, None),
            (file, n) => (file, Some(number(n.strip_suffix(" lines"))?)),
        },
    };
    let n_bytes = usize::try_from(number(Some(n_bytes))?).map_err(|_| "a number is too large")?;
    Ok(Header { pid: small(Some(pid))?, file, n_left_out, n_bytes })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(text: &str, expect: Expect) {
        let mut bad = BadLines::default();
        let mut read = String::new();
        each_record(text.as_bytes(), &mut bad, |it, _| {
            let text = String::from_utf8_lossy(it.text);
            let left_out = match it.n_left_out {
                Some(0) => String::new(),
                n => format!(", {n:?} lines left out of {}", it.file),
            };
            read.push_str(&format!("{} from line {}: {text:?}{left_out}\n", it.pid, it.line));
        });
        for bad in bad.kept() {
            read.push_str(&format!("{bad}\n"));
        }
        expect.assert_eq(&read);
    }

    #[test]
    fn a_text_may_look_like_the_header_of_a_record() {
        let inner = "==> 8/stat 1 <==\n";
        check(
            &format!("==> 7/stat {} <==\n{inner}\n==> 9/stat 2 <==\nb\n\n", inner.len()),
            expect![[r#"
                7 from line 2: "==> 8/stat 1 <==\n"
                9 from line 5: "b\n"
            "#]],
        );
    }

    #[test]
    fn what_was_left_out_is_told() {
        check(
            "==> 7/fdinfo/3 (41 lines left out) 2 <==\na\n\n\
             ==> 8/fdinfo/3 (x lines left out) 2 <==\na\n\n\
             ==> 9/timers (rest left out) 2 <==\na\n\n\
             ==> 9/fdinfo/3 41 lines left out) 2 <==\na\n\n\
             ==> 9/fdinfo/3 (41 left out) 2 <==\na\n\n",
            expect![[r#"
                7 from line 2: "a\n", Some(41) lines left out of fdinfo/3
                9 from line 8: "a\n", None lines left out of timers
                line 4: what should be a number is none: "==> 8/fdinfo/3 (x lines left out) 2 <=="
                line 10: it begins no record: "==> 9/fdinfo/3 41 lines left out) 2 <=="
                line 13: a number is missing: "==> 9/fdinfo/3 (41 left out) 2 <=="
            "#]],
        );
    }

    #[test]
    fn a_damaged_record_costs_only_itself() {
        check(
            "nothing\n==> 7/stat 2 <==\na\n\n",
            expect![[r#"
            7 from line 3: "a\n"
            line 1: it begins no record: "nothing"
        "#]],
        );
        check(
            "==> 7/stat 3 <==\na\n\n==> 8/stat 2 <==\nb\n\n",
            expect![[r#"
            8 from line 5: "b\n"
            line 1: its record does not end where it says: "==> 7/stat 3 <=="
        "#]],
        );
        check(
            "==> 7/stat x <==\na\n\n==> 8/stat 2 <==\nb\n\n",
            expect![[r#"
            8 from line 5: "b\n"
            line 1: what should be a number is none: "==> 7/stat x <=="
        "#]],
        );
        check(
            "==> 99999999999/stat 2 <==\na\n\n==> 8/stat 2 <==\nb\n\n",
            expect![[r#"
            8 from line 5: "b\n"
            line 1: a number is too large: "==> 99999999999/stat 2 <=="
        "#]],
        );
        check(
            "==> 7/stat 18446744073709551615 <==\na\n\n",
            expect![[r#"
            line 1: its length is too large: "==> 7/stat 18446744073709551615 <=="
        "#]],
        );
    }

    #[test]
    fn a_record_that_is_cut_is_not_believed() {
        for text in
            ["==> 7/stat 10 <==\na 123", "==> 7/stat 2 <==\na\n", "==> 7/stat 10 <==", "==> 7/st"]
        {
            let mut bad = BadLines::default();
            each_record(text.as_bytes(), &mut bad, |it, _| panic!("{it:?}"));
            assert_eq!(bad.n_lines(), 1, "{text}");
        }
    }
}
