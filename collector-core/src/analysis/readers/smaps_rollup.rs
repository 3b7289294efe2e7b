//! `/proc/PID/smaps_rollup` of the largest processes: their memory with each shared page counted
//! in parts, so that processes add up.
//!
//! Not read with `procfs`: that fails as a whole on one bad line.

use super::line::{BadLines, Read, each_line};
use super::named::{Amount, Gathering, Named, name_and_amount};
use super::records::each_record;

/// The memory of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollup<'a> {
    /// Its number.
    pub pid: u32,
    /// The amounts by their names, such as `Pss_Anon`.
    pub amounts: Named<'a, Amount>,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Rollup<'_>>> {
    let mut bad = BadLines::default();
    let mut processes = Vec::new();
    each_record(text, &mut bad, |record, bad| {
        let mut of_record = BadLines::default();
        let mut amounts = Gathering::new();
        each_line(record.text, &mut of_record, |number, line| {
            // The first line is the range of addresses.
            if !line.ends_with("[rollup]") {
                let (name, amount) = name_and_amount(line)?;
                amounts.push(name, number, amount);
            }
            Ok(())
        });
        let amounts = amounts.finish(&mut of_record);
        bad.append_from(of_record, record.line);
        processes.push(Rollup { pid: record.pid, amounts });
    });
    Read { value: processes, bad }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::{check, record};
    use super::*;

    #[test]
    fn amounts_are_read_and_damaged_lines_are_told() {
        let text =
            "555d017ab000-7ffd8b079000 ---p 00000000 00:00 0                          [rollup]
Rss:                1744 kB
Pss_Anon:            116 kB
Pss_Of_Tomorrow:       7 kB
Pss_File:
LazyFree:            many kB
Rss:                1745 kB
Swap:                 12";
        let whole = record(7, "smaps_rollup", b"Pss_Anon:            116 kB\n");
        let text = [whole, record(42, "smaps_rollup", text.as_bytes())].concat();
        check(
            &read(&text),
            expect![[r#"
                [
                    Rollup {
                        pid: 7,
                        amounts: {
                            "Pss_Anon": Memory(Bytes(118784)),
                        },
                    },
                    Rollup {
                        pid: 42,
                        amounts: {
                            "Pss_Anon": Memory(Bytes(118784)),
                            "Pss_Of_Tomorrow": Memory(Bytes(7168)),
                            "Rss": Memory(Bytes(1785856)),
                        },
                    },
                ]
                line 9: a number is missing: "Pss_File:"
                line 10: what should be a number is none: "LazyFree:            many kB"
                line 11: there was a value of this name before: "Rss"
                line 12: the text ends within this line: "Swap:                 12"
            "#]],
        );
    }
}
