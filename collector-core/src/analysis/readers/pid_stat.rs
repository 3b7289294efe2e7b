//! `/proc/PID/stat` of all processes: names, states, parents, and start times, which tell a
//! process from a later one of the same number.
//!
//! Not read with `procfs`: that panics on a text without the parentheses it expects, and drops
//! fields it does not know.

use std::borrow::Cow;

use super::line::{BadLines, Read, What, number, small, utf8};
use super::records::each_record;

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat<'a> {
    /// Its number.
    pub pid: u32,
    /// Its name, at most 15 bytes of it.
    pub command: Cow<'a, str>,
    /// `R`, `S`, `D`, `Z` (dead and not asked for), and so on.
    pub state: char,
    /// The number of its parent.
    pub parent: u32,
    /// When it started, in ticks since boot.
    pub start_ticks: u64,
    /// All fields after the name, the state first.
    pub fields: &'a str,
}

impl Stat<'_> {
    /// A field by its number in proc(5), in which the state is the third.
    #[must_use]
    pub fn field(&self, number: usize) -> Option<&str> {
        self.fields.split_ascii_whitespace().nth(number.checked_sub(3)?)
    }

    /// Whether it is dead and its parent has not asked for it.
    #[must_use]
    pub fn is_zombie(&self) -> bool {
        self.state == 'Z'
    }
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Stat<'_>>> {
    let mut bad = BadLines::default();
    let mut stats = Vec::new();
    each_record(text, &mut bad, |record, bad| match stat(record.pid, record.text) {
        Ok(stat) => stats.push(stat),
        Err(what) => bad.push(record.line, what, record.text.trim_ascii_end()),
    });
    Read { value: stats, bad }
}

/// Reads `4242 (name) S 1 ...`. The name may have any character in it, parentheses too.
fn stat(pid: u32, text: &[u8]) -> Result<Stat<'_>, What> {
    let open = text.iter().position(|it| *it == b'(').ok_or("it has no name in parentheses")?;
    let close = text.iter().rposition(|it| *it == b')').ok_or("it has no name in parentheses")?;
    let command = text.get(open + 1..close).ok_or("it has no name in parentheses")?;
    if small::<u32>(Some(utf8(&text[..open])?.trim_ascii()))? != pid {
        return Err("it is of another process than the line above says");
    }
    let fields = utf8(&text[close + 1..])?.trim_ascii();
    let mut words = fields.split_ascii_whitespace();
    let state = words.next().and_then(|it| it.chars().next()).ok_or("it has no state")?;
    let parent = small(words.next())?;
    let start_ticks = number(words.nth(17))?;
    let command = String::from_utf8_lossy(command);
    Ok(Stat { pid, command, state, parent, start_ticks, fields })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::super::testing::{check, record};
    use super::*;

    const AFTER_PARENT: &str =
        "42 42 0 -1 4194560 1 2 0 4 2773 6 5 1 20 0 13 0 2087396 49631232 4260";

    fn check_stat(text: &[u8], expect: Expect) {
        check(&read(&record(42, "stat", text)), expect);
    }

    #[test]
    fn a_process_is_read_whatever_its_name_is() {
        check_stat(
            format!("42 (dolt) S 1 {AFTER_PARENT} 1 2 3\n").as_bytes(),
            expect![[r#"
            [
                Stat {
                    pid: 42,
                    command: "dolt",
                    state: 'S',
                    parent: 1,
                    start_ticks: 2087396,
                    fields: "S 1 42 42 0 -1 4194560 1 2 0 4 2773 6 5 1 20 0 13 0 2087396 49631232 4260 1 2 3",
                },
            ]
        "#]],
        );
        check_stat(
            format!("42 (a) R 7 (b) Z 1 {AFTER_PARENT}\n").as_bytes(),
            expect![[r#"
            [
                Stat {
                    pid: 42,
                    command: "a) R 7 (b",
                    state: 'Z',
                    parent: 1,
                    start_ticks: 2087396,
                    fields: "Z 1 42 42 0 -1 4194560 1 2 0 4 2773 6 5 1 20 0 13 0 2087396 49631232 4260",
                },
            ]
        "#]],
        );
        check_stat(
            &[b"42 (\xff\n) S 1 ", AFTER_PARENT.as_bytes()].concat(),
            expect![[r#"
            [
                Stat {
                    pid: 42,
                    command: "�\n",
                    state: 'S',
                    parent: 1,
                    start_ticks: 2087396,
                    fields: "S 1 42 42 0 -1 4194560 1 2 0 4 2773 6 5 1 20 0 13 0 2087396 49631232 4260",
                },
            ]
        "#]],
        );
    }

    #[test]
    fn a_damaged_text_is_told() {
        let mut told = String::new();
        for text in ["42", "42 )a(", "42 (a)", "42 (a) S", "42 (a) S 1 2 3", "7 (a) S 1", "(a) S 1"]
        {
            let text = record(42, "stat", text.as_bytes());
            let bad = read(&text).bad;
            told.push_str(&format!("{}\n", bad.kept()[0]));
        }
        expect![[r#"
            line 2: it has no name in parentheses: "42"
            line 2: it has no name in parentheses: "42 )a("
            line 2: it has no state: "42 (a)"
            line 2: a number is missing: "42 (a) S"
            line 2: a number is missing: "42 (a) S 1 2 3"
            line 2: it is of another process than the line above says: "7 (a) S 1"
            line 2: what should be a number is none: "(a) S 1"
        "#]]
        .assert_eq(&told);
    }

    #[test]
    fn a_field_is_found_by_its_number() {
        let text = record(42, "stat", format!("42 (dolt) S 1 {AFTER_PARENT}\n").as_bytes());
        let read = read(&text).value;
        assert_eq!((read[0].field(3), read[0].field(20)), (Some("S"), Some("13")));
        assert_eq!(
            (read[0].field(24), read[0].field(25), read[0].field(0)),
            (Some("4260"), None, None)
        );
    }
}
