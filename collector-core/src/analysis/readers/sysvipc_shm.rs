//! `/proc/sysvipc/shm`: the segments of System V shared memory of one IPC namespace.
//!
//! Not read with `procfs`: that fails as a whole on one bad line. The first line names the columns
//! (`ipc/shm.c` of the kernel), and a column is found by its name.

use super::line::{BadLines, Read, What, each_line, number, small};
use crate::units::Bytes;

/// A segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its number, which `ipcrm -m` takes.
    pub id: u32,
    /// Its length.
    pub size: Bytes,
    /// Who made it; 0 where that is of another process namespace.
    pub creator_pid: u32,
    /// How many processes have it mapped.
    pub attached: u64,
    /// When it was made, or given away since: Unix time in seconds.
    pub changed: u64,
    /// What of it is in memory; `None`: the kernel does not tell (before 2.6.36).
    pub resident: Option<Bytes>,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Segment>> {
    let mut bad = BadLines::default();
    let mut segments = Vec::new();
    let mut columns: Option<Columns> = None;
    let mut is_refused = false;
    each_line(text, &mut bad, |_, line| {
        match columns {
            Some(columns) => segments.push(columns.segment(line)?),
            // One complaint about the first line is enough.
            None if is_refused => {}
            None => {
                let read = Columns::read(line);
                is_refused = read.is_err();
                columns = Some(read?);
            }
        }
        Ok(())
    });
    Read { value: segments, bad }
}

/// At which place of a line each column stands.
#[derive(Clone, Copy)]
struct Columns {
    id: usize,
    size: usize,
    creator_pid: usize,
    attached: usize,
    changed: usize,
    resident: Option<usize>,
}

impl Columns {
    fn read(line: &str) -> Result<Self, What> {
        let find = |name| line.split_ascii_whitespace().position(|it| it == name);
        let needed = |name| find(name).ok_or("it does not name the columns of segments");
        Ok(Columns {
            id: needed("shmid")?,
            size: needed("size")?,
            creator_pid: needed("cpid")?,
            attached: needed("nattch")?,
            changed: needed("ctime")?,
            resident: find("rss"),
        })
    }

    fn segment(&self, line: &str) -> Result<Segment, What> {
        let cell = |place: usize| line.split_ascii_whitespace().nth(place);
        Ok(Segment {
            id: small(cell(self.id))?,
            size: Bytes(number(cell(self.size))?),
            creator_pid: small(cell(self.creator_pid))?,
            attached: number(cell(self.attached))?,
            changed: number(cell(self.changed))?,
            resident: self.resident.map(|it| number(cell(it)).map(Bytes)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    const HEAD: &str = "       key      shmid perms                  size  cpid  lpid nattch   uid   \
                        gid  cuid  cgid      atime      dtime      ctime                   rss                  swap";

    #[test]
    fn segments_are_read_and_damaged_lines_are_told() {
        let text = format!(
            "{HEAD}
         0      65536   600               1048576 16343 16343      0     0     0     0     0 1795648508 1795648508 1795648508               1048000                     0
 -17         4294967296   600  1 1 1      0     0     0     0     0 1 1 1    1    0
         1      7   600               1048576 16343
         2      8  1666                  4096     0     9      2     0     0     0     0 5 6 7  much  0
         3      9  1666                  4096     0     9      2     0     0     0     0 5 6 7  40"
        );
        check(
            &read(text.as_bytes()),
            expect![[r#"
                [
                    Segment {
                        id: 65536,
                        size: Bytes(1048576),
                        creator_pid: 16343,
                        attached: 0,
                        changed: 1795648508,
                        resident: Some(Bytes(1048000)),
                    },
                ]
                line 3: a number is too large: " -17         4294967296   600  1 1 1      0     0     0     0     0 1 1 1    1    0"
                line 4: a number is missing: "         1      7   600               1048576 16343"
                line 5: what should be a number is none: "         2      8  1666                  4096     0     9      2     0     0     0     0 5 6 7  much"
                line 6: the text ends within this line: "         3      9  1666                  4096     0     9      2     0     0     0     0 5 6 7  40"
            "#]],
        );
    }

    #[test]
    fn a_kernel_without_the_column_does_not_tell_what_is_in_memory() {
        let text = "key shmid size cpid nattch ctime of_tomorrow\n1 2 3 4 5 6 x\n";
        check(
            &read(text.as_bytes()),
            expect![[r#"
            [
                Segment {
                    id: 2,
                    size: Bytes(3),
                    creator_pid: 4,
                    attached: 5,
                    changed: 6,
                    resident: None,
                },
            ]
        "#]],
        );
        check(
            &read(b"key shmid size\n1 2 3\n4 5 6\n"),
            expect![[r#"
            []
            line 1: it does not name the columns of segments: "key shmid size"
        "#]],
        );
    }
}
