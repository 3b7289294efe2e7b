//! `/proc/vmstat`: the kernel's counters of memory, pages unless the name says otherwise.
//!
//! `procfs` reads it as a map and fails as a whole on one bad line.

use super::line::{BadLines, Read, each_line, number};
use super::named::{Gathering, Named};

/// The counters by their names, such as `nr_zspages`.
pub type Vmstat<'a> = Named<'a, u64>;

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vmstat<'_>> {
    let mut bad = BadLines::default();
    let mut counters = Gathering::new();
    each_line(text, &mut bad, |at, line| {
        let mut words = line.split_ascii_whitespace();
        let name = words.next().ok_or("it has no name")?;
        let value = number(words.next())?;
        if words.next().is_some() {
            return Err("there is more than a name and a number");
        }
        counters.push(name, at, value);
        Ok(())
    });
    Read { value: counters.finish(&mut bad), bad }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn counters_are_read_and_damaged_lines_are_told() {
        let text = "nr_free_pages 2846571
nr_zspages 12
nr_of_tomorrow 7
nr_dirty
nr_mapped -1
nr_shmem 1 2
nr_writeback 99999999999999999999
nr_zspages 13
pgpgin 4";
        check(
            &read(text.as_bytes()),
            expect![[r#"
                {
                    "nr_free_pages": 2846571,
                    "nr_of_tomorrow": 7,
                    "nr_zspages": 12,
                }
                line 4: a number is missing: "nr_dirty"
                line 5: what should be a number is none: "nr_mapped -1"
                line 6: there is more than a name and a number: "nr_shmem 1 2"
                line 7: a number is too large: "nr_writeback 99999999999999999999"
                line 8: there was a value of this name before: "nr_zspages"
                line 9: the text ends within this line: "pgpgin 4"
            "#]],
        );
    }
}
