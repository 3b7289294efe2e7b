//! `/proc/pressure/memory` and its neighbors: how long tasks waited for a resource.
//!
//! Not read with `procfs`: that takes exactly two lines and drops names it does not know.

use super::line::{BadLines, Read, What, each_line, number};

/// The lines, in the order of the text: `some` and `full`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pressure<'a> {
    /// One for each line.
    pub stalls: Vec<Stall<'a>>,
}

/// How long tasks waited.
#[derive(Debug, Clone, PartialEq)]
pub struct Stall<'a> {
    /// `some`: at least one task waited; `full`: no task did anything else.
    pub share: &'a str,
    /// Microseconds since boot.
    pub total_us: u64,
    /// The averages as they stand there: `avg10=0.00 avg60=0.00 avg300=0.00`, in percent.
    pub averages: &'a str,
}

impl Pressure<'_> {
    /// Microseconds since boot in which `share` of the tasks waited.
    #[must_use]
    pub fn total_us(&self, share: &str) -> Option<u64> {
        Some(self.stalls.iter().find(|it| it.share == share)?.total_us)
    }
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Pressure<'_>> {
    let mut bad = BadLines::default();
    let mut stalls = Vec::new();
    each_line(text, &mut bad, |_, line| {
        stalls.push(stall(line)?);
        Ok(())
    });
    Read { value: Pressure { stalls }, bad }
}

fn stall(line: &str) -> Result<Stall<'_>, What> {
    let (share, rest) = line.split_once(' ').ok_or("it has no numbers")?;
    let (averages, total) = rest.rsplit_once("total=").ok_or("it has no `total=`")?;
    let total_us = number(total.split_ascii_whitespace().next())?;
    Ok(Stall { share, total_us, averages: averages.trim_ascii() })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn stalls_are_read_and_damaged_lines_are_told() {
        let text = "some avg10=0.12 avg60=0.00 avg300=0.00 total=1780 of_tomorrow=1
full avg10=0.00 avg60=0.00 avg300=0.00 total=1414
full
full avg10=0.00 avg60=0.00
full avg10=0.00 total=x
full avg10=0.00 total=99999999999999999999
full avg10=0.00 total=15";
        let read = read(text.as_bytes());
        check(
            &read,
            expect![[r#"
            Pressure {
                stalls: [
                    Stall {
                        share: "some",
                        total_us: 1780,
                        averages: "avg10=0.12 avg60=0.00 avg300=0.00",
                    },
                    Stall {
                        share: "full",
                        total_us: 1414,
                        averages: "avg10=0.00 avg60=0.00 avg300=0.00",
                    },
                ],
            }
            line 3: it has no numbers: "full"
            line 4: it has no `total=`: "full avg10=0.00 avg60=0.00"
            line 5: what should be a number is none: "full avg10=0.00 total=x"
            line 6: a number is too large: "full avg10=0.00 total=99999999999999999999"
            line 7: the text ends within this line: "full avg10=0.00 total=15"
        "#]],
        );
        assert_eq!(read.value.total_us("full"), Some(1414));
    }
}
