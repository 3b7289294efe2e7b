//! `dentry-state`, `inode-nr` and `file-nr` of `/proc/sys/fs`: how many dentries, inodes and open
//! files there are, each text one line.
//!
//! Not read with `procfs`: its crate for texts does not have them.

use super::line::{BadLines, Read, What, each_line, number};

/// The dentries (`/proc/sys/fs/dentry-state`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DentryState<'a> {
    /// All of them.
    pub dentries: u64,
    /// Those nobody uses.
    pub unused: u64,
    /// Those of names that do not exist, which are among the unused. Kernels before 5.1 write 0
    /// here and do not count them.
    pub negative: Option<u64>,
    /// The line.
    pub line: &'a str,
}

/// The inodes (`/proc/sys/fs/inode-nr`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InodeNr<'a> {
    /// All of them.
    pub inodes: u64,
    /// Those that nothing uses, not even an unused dentry.
    pub unused: u64,
    /// The line.
    pub line: &'a str,
}

/// The open files of all processes (`/proc/sys/fs/file-nr`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNr<'a> {
    /// All of them.
    pub files: u64,
    /// Those that are allocated and not in use: 0 since Linux 2.6.
    pub unused: u64,
    /// How many there may be.
    pub limit: Option<u64>,
    /// The line.
    pub line: &'a str,
}

/// Reads `dentry-state`.
#[must_use]
pub fn read_dentry_state(text: &[u8]) -> Read<Option<DentryState<'_>>> {
    read(text, |line| {
        let mut words = line.split_ascii_whitespace();
        let (dentries, unused) = (number(words.next())?, number(words.next())?);
        let negative = words.nth(2).map(|it| number(Some(it))).transpose()?;
        Ok(DentryState { dentries, unused, negative, line })
    })
}

/// Reads `inode-nr`.
#[must_use]
pub fn read_inode_nr(text: &[u8]) -> Read<Option<InodeNr<'_>>> {
    read(text, |line| {
        let mut words = line.split_ascii_whitespace();
        let (inodes, unused) = (number(words.next())?, number(words.next())?);
        Ok(InodeNr { inodes, unused, line })
    })
}

/// Reads `file-nr`.
#[must_use]
pub fn read_file_nr(text: &[u8]) -> Read<Option<FileNr<'_>>> {
    read(text, |line| {
        let mut words = line.split_ascii_whitespace();
        let (files, unused) = (number(words.next())?, number(words.next())?);
        let limit = words.next().map(|it| number(Some(it))).transpose()?;
        Ok(FileNr { files, unused, limit, line })
    })
}

/// The first line that `line` can read; another one is too much.
fn read<'a, T>(text: &'a [u8], line: impl Fn(&'a str) -> Result<T, What>) -> Read<Option<T>> {
    let mut bad = BadLines::default();
    let mut value = None;
    each_line(text, &mut bad, |_, it| {
        if value.is_some() {
            return Err("there was a line like this before");
        }
        value = Some(line(it)?);
        Ok(())
    });
    Read { value, bad }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn counts_are_read_and_what_comes_after_them_is_kept() {
        check(
            &read_dentry_state(b"297531\t295673\t45\t0\t139648\t0\n"),
            expect![[r#"
                Some(
                    DentryState {
                        dentries: 297531,
                        unused: 295673,
                        negative: Some(139648),
                        line: "297531\t295673\t45\t0\t139648\t0",
                    },
                )
            "#]],
        );
        check(
            &read_dentry_state(b"297531\t295673\n"),
            expect![[r#"
            Some(
                DentryState {
                    dentries: 297531,
                    unused: 295673,
                    negative: None,
                    line: "297531\t295673",
                },
            )
        "#]],
        );
        check(
            &read_inode_nr(b"149497\t0\n"),
            expect![[r#"
            Some(
                InodeNr {
                    inodes: 149497,
                    unused: 0,
                    line: "149497\t0",
                },
            )
        "#]],
        );
        check(
            &read_file_nr(b"519\t0\t9223372036854775807\t4\n"),
            expect![[r#"
                Some(
                    FileNr {
                        files: 519,
                        unused: 0,
                        limit: Some(9223372036854775807),
                        line: "519\t0\t9223372036854775807\t4",
                    },
                )
            "#]],
        );
    }

    #[test]
    fn damaged_texts_are_told() {
        check(
            &read_dentry_state(b"297531\n1\t2\t3\t4\tx\n7\t6\n5\t4\n"),
            expect![[r#"
            Some(
                DentryState {
                    dentries: 7,
                    unused: 6,
                    negative: None,
                    line: "7\t6",
                },
            )
            line 1: a number is missing: "297531"
            line 2: what should be a number is none: "1\t2\t3\t4\tx"
            line 4: there was a line like this before: "5\t4"
        "#]],
        );
        check(
            &read_inode_nr(b"149497\t99999999999999999999\n149497\t0"),
            expect![[r#"
            None
            line 1: a number is too large: "149497\t99999999999999999999"
            line 2: the text ends within this line: "149497\t0"
        "#]],
        );
        check(
            &read_file_nr(b"519\t-1\n"),
            expect![[r#"
            None
            line 1: what should be a number is none: "519\t-1"
        "#]],
        );
        check(
            &read_file_nr(b""),
            expect![[r#"
            None
        "#]],
        );
    }
}
