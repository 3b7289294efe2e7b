//! `/proc/meminfo`: the kernel's account of its memory.
//!
//! Not read with `procfs`: that fails as a whole on one bad line or one missing name, drops names
//! it does not know, and panics on a name that ends in a character of several bytes.

use super::line::{BadLines, Read, each_line};
use super::named::{Amount, Gathering, Named, name_and_amount};

/// The amounts by their names, such as `MemTotal`; `HugePages_*` are counts.
pub type Meminfo<'a> = Named<'a, Amount>;

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Meminfo<'_>> {
    let mut bad = BadLines::default();
    let mut amounts = Gathering::new();
    each_line(text, &mut bad, |number, line| {
        let (name, amount) = name_and_amount(line)?;
        amounts.push(name, number, amount);
        Ok(())
    });
    Read { value: amounts.finish(&mut bad), bad }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn amounts_and_counts_are_told_apart_and_unknown_names_are_kept() {
        let text = "MemTotal:       24684096 kB
HugePages_Total:       3
Active(anon):          0 kB
Unaccepted:            4 kB
";
        check(
            &read(text.as_bytes()),
            expect![[r#"
                {
                    "Active(anon)": Memory(Bytes(0)),
                    "HugePages_Total": Count(3),
                    "MemTotal": Memory(Bytes(25276514304)),
                    "Unaccepted": Memory(Bytes(4096)),
                }
            "#]],
        );
        let read = read(text.as_bytes()).value;
        assert_eq!(read.memory("MemTotal").map(|it| it.0), Some(24_684_096 << 10));
        assert_eq!(
            (read.memory("HugePages_Total"), read.count("HugePages_Total")),
            (None, Some(3))
        );
        assert_eq!(read.memory("Zswap"), None, "this kernel does not tell");
    }

    #[test]
    fn damaged_lines_are_told() {
        let text = "MemTotal 12 kB
MemFree: many kB
Cached: 18446744073709551615 kB
Buffers: 18446744073709551616 kB
Slab: 12 MB
Shmem:
: 7 kB
Dirty: 1 kB
Dirty: 2 kB
Mapped: 3";
        check(
            &read(text.as_bytes()),
            expect![[r#"
                {
                    "Dirty": Memory(Bytes(1024)),
                }
                line 1: it has no `:` after a name: "MemTotal 12 kB"
                line 2: what should be a number is none: "MemFree: many kB"
                line 3: it is too large: "Cached: 18446744073709551615 kB"
                line 4: a number is too large: "Buffers: 18446744073709551616 kB"
                line 5: its unit is not kB: "Slab: 12 MB"
                line 6: a number is missing: "Shmem:"
                line 7: it has no name: ": 7 kB"
                line 9: there was a value of this name before: "Dirty"
                line 10: the text ends within this line: "Mapped: 3"
            "#]],
        );
    }
}
