//! `/proc/PID/timers`: the POSIX timers of a process, four lines each, the first of which is its
//! `ID:` (proc_pid_timers(5)). `procfs` does not read it.

use super::line::{BadLines, Read, each_raw_line};
use super::records::each_record;

/// The timers of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers<'a> {
    /// Its number.
    pub pid: u32,
    /// How many there are in the text.
    pub n: u64,
    /// Whether it has no more than these.
    pub is_whole: bool,
    /// The text, or the beginning of it.
    pub text: &'a [u8],
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Timers<'_>>> {
    let mut bad = BadLines::default();
    let mut processes = Vec::new();
    each_record(text, &mut bad, |record, bad| {
        let mut n = 0;
        let mut of_record = BadLines::default();
        each_raw_line(record.text, &mut of_record, |_, line| {
            n += u64::from(line.starts_with(b"ID:"));
            match line.contains(&b':') {
                true => Ok(()),
                false => Err("it has no `:` after a name"),
            }
        });
        bad.append_from(of_record, record.line);
        let is_whole = record.n_left_out == Some(0);
        processes.push(Timers { pid: record.pid, n, is_whole, text: record.text });
    });
    Read { value: processes, bad }
}

#[cfg(test)]
mod tests {
    use super::super::testing::record;
    use super::*;

    const TIMER: &str = "ID: 2\nsignal: 0/0000000000000000\nnotify: none/pid.14368\nClockID: 1\n";

    #[test]
    fn timers_are_counted_and_damage_is_told() {
        let texts = [
            record(7, "timers", TIMER.repeat(3).as_bytes()),
            record(8, "timers", b""),
            record(8, "timers (rest left out)", TIMER.as_bytes()),
            record(9, "timers", format!("{TIMER}nothing\nID: 1").as_bytes()),
        ];
        let text = texts.concat();
        let read = read(&text);
        let counts: Vec<_> = read.value.iter().map(|it| (it.pid, it.n, it.is_whole)).collect();
        assert_eq!(counts, [(7, 3, true), (8, 0, true), (8, 1, false), (9, 1, true)]);
        let told: Vec<String> = read.bad.kept().iter().map(ToString::to_string).collect();
        let expected = [
            "line 28: it has no `:` after a name: \"nothing\"",
            "line 29: the text ends within this line: \"ID: 1\"",
        ];
        assert_eq!(told, expected);
    }
}
