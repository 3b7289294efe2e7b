//! `/proc/swaps`: the swap areas.
//!
//! Not read with `procfs`, which has no reader for a text of it.

use super::line::{BadLines, Read, What, each_line, number};
use crate::units::Bytes;

/// A swap area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap<'a> {
    /// Its file, with blanks written `\040`.
    pub file: &'a str,
    /// Its size.
    pub size: Bytes,
    /// What of it is in use.
    pub used: Bytes,
    /// The whole line.
    pub line: &'a str,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Swap<'_>>> {
    let mut bad = BadLines::default();
    let mut swaps = Vec::new();
    each_line(text, &mut bad, |_, line| {
        if !line.starts_with("Filename") {
            swaps.push(swap(line)?);
        }
        Ok(())
    });
    Read { value: swaps, bad }
}

fn swap(line: &str) -> Result<Swap<'_>, What> {
    let mut words = line.split_ascii_whitespace();
    let file = words.next().ok_or("it has no file")?;
    let _kind = words.next().ok_or("it has no type")?;
    let mut kib = || number(words.next())?.checked_mul(1024).map(Bytes).ok_or("it is too large");
    let (size, used) = (kib()?, kib()?);
    Ok(Swap { file, size, used, line })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn areas_are_read_and_damaged_lines_are_told() {
        let text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
/dev/sda2                               partition\t1048572\t\t12\t\t-2
/my\\040swap                             file\t\t8\t\t0\t\t5\tof_tomorrow
/dev/sdb1 partition 12
/dev/sdb2 partition 18446744073709551615 0 -2
/dev/sdb3 partition much 0 -2
";
        check(
            &read(text.as_bytes()),
            expect![[r#"
                [
                    Swap {
                        file: "/dev/sda2",
                        size: Bytes(1073737728),
                        used: Bytes(12288),
                        line: "/dev/sda2                               partition\t1048572\t\t12\t\t-2",
                    },
                    Swap {
                        file: "/my\\040swap",
                        size: Bytes(8192),
                        used: Bytes(0),
                        line: "/my\\040swap                             file\t\t8\t\t0\t\t5\tof_tomorrow",
                    },
                ]
                line 4: a number is missing: "/dev/sdb1 partition 12"
                line 5: it is too large: "/dev/sdb2 partition 18446744073709551615 0 -2"
                line 6: what should be a number is none: "/dev/sdb3 partition much 0 -2"
            "#]],
        );
    }
}
