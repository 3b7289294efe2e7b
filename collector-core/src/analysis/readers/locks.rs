//! `/proc/locks`: the locks on files, with the processes that took them.
//!
//! The format is that of proc_locks(5) and the kernel's `fs/locks.c`. Not read with `procfs`, which
//! fails as a whole on a kind of lock it does not know.

use super::line::{BadLines, Read, What, each_line, number, small};

/// A lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock<'a> {
    /// `POSIX`, `FLOCK`, `OFDLCK`, `LEASE`, and so on.
    pub kind: &'a str,
    /// The process that took it. `None`: it belongs to an open file and to no process, or to a
    /// process that the collector could not see.
    pub holder: Option<u32>,
    /// Whether it waits for another lock.
    pub is_waiting: bool,
    /// The file, `major:minor:inode`.
    pub file: &'a str,
    /// The whole line.
    pub line: &'a str,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Lock<'_>>> {
    let mut bad = BadLines::default();
    let mut locks = Vec::new();
    each_line(text, &mut bad, |_, line| {
        locks.push(lock(line)?);
        Ok(())
    });
    Read { value: locks, bad }
}

/// Reads `1: POSIX  ADVISORY  WRITE 3568 fd:00:2531452 0 EOF`; what waits has an arrow after its
/// number.
fn lock(line: &str) -> Result<Lock<'_>, What> {
    let mut words = line.split_ascii_whitespace().peekable();
    let id = words.next().and_then(|it| it.strip_suffix(':')).ok_or("it does not begin a lock")?;
    number(Some(id))?;
    let is_waiting = words.next_if_eq(&"->").is_some();
    let kind = words.next().ok_or("its kind is missing")?;
    // Whether it is advisory, and whether it reads or writes.
    let pid = words.nth(2).ok_or("its process is missing")?;
    // -1 for a lock of an open file, 0 for a process of another pid namespace.
    let holder = match pid.strip_prefix('-') {
        Some(negative) => number(Some(negative)).map(|_| None)?,
        None => Some(small(Some(pid))?).filter(|it| *it != 0),
    };
    let file = words.next().ok_or("its file is missing")?;
    Ok(Lock { kind, holder, is_waiting, file, line })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn locks_are_read_and_damaged_lines_are_told() {
        let text = "1: FLOCK  ADVISORY  WRITE 14780 fe:00:10840043 0 EOF
2: LEASE  ACTIVE    READ 14368 fe:00:10785321 0 EOF
3: OFDLCK ADVISORY  WRITE -1 fe:00:10785319 0 EOF
4: POSIX  ADVISORY  WRITE 14368 fe:00:10785315 7 9
4: -> POSIX  ADVISORY  WRITE 14808 fe:00:10785315 7 9
5:  -> POSIX  ADVISORY  WRITE 0 fe:00:10785315 7 9
six: POSIX  ADVISORY  WRITE 7 fe:00:1 7 9
7: POSIX  ADVISORY  WRITE
8: POSIX  ADVISORY  WRITE many fe:00:1 7 9
9: POSIX  ADVISORY  WRITE 99999999999 fe:00:1 7 9
9: POSIX  ADVISORY  WRITE - fe:00:1 7 9
9: POSIX  ADVISORY  WRITE 7
9: POSIX  ADVISORY  WRITE 7 fe:00:1 7";
        let read = read(text.as_bytes());
        let mut told = String::new();
        for Lock { kind, holder, is_waiting, file, .. } in &read.value {
            told.push_str(&format!("{kind} {holder:?} {is_waiting} {file}\n"));
        }
        for bad in read.bad.kept() {
            told.push_str(&format!("{bad}\n"));
        }
        expect![[r#"
            FLOCK Some(14780) false fe:00:10840043
            LEASE Some(14368) false fe:00:10785321
            OFDLCK None false fe:00:10785319
            POSIX Some(14368) false fe:00:10785315
            POSIX Some(14808) true fe:00:10785315
            POSIX None true fe:00:10785315
            line 7: what should be a number is none: "six: POSIX  ADVISORY  WRITE 7 fe:00:1 7 9"
            line 8: its process is missing: "7: POSIX  ADVISORY  WRITE"
            line 9: what should be a number is none: "8: POSIX  ADVISORY  WRITE many fe:00:1 7 9"
            line 10: a number is too large: "9: POSIX  ADVISORY  WRITE 99999999999 fe:00:1 7 9"
            line 11: what should be a number is none: "9: POSIX  ADVISORY  WRITE - fe:00:1 7 9"
            line 12: its file is missing: "9: POSIX  ADVISORY  WRITE 7"
            line 13: the text ends within this line: "9: POSIX  ADVISORY  WRITE 7 fe:00:1 7"
        "#]]
        .assert_eq(&told);
    }
}
