//! `tmpfs.tsv`: how full each tmpfs is, as `meminfo` writes it.
//!
//! The first line names the columns, and a column is found by its name: later versions append. The
//! format is our own plugin's, so no crate reads it.

use super::line::{BadLines, Read, What, each_line, number};
use crate::units::Bytes;

/// A tmpfs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tmpfs<'a> {
    /// Its device, `major:minor`.
    pub device: &'a str,
    /// `tmpfs` or `devtmpfs`.
    pub fs_type: &'a str,
    /// Where it is mounted, with blanks written `\040`.
    pub mount_point: &'a str,
    /// What is in it; `None`: it could not be asked, or keeps no count.
    pub used: Option<Bytes>,
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Tmpfs<'_>>> {
    let mut bad = BadLines::default();
    let mut all = Vec::new();
    let mut columns: Option<[usize; 4]> = None;
    let mut is_refused = false;
    each_line(text, &mut bad, |_, line| {
        match columns {
            Some(columns) => all.push(tmpfs(line, columns)?),
            // One complaint about the first line is enough.
            None if is_refused => {}
            None => {
                let read = places(line);
                is_refused = read.is_err();
                columns = Some(read?);
            }
        }
        Ok(())
    });
    Read { value: all, bad }
}

/// At which place of a line each column stands.
fn places(line: &str) -> Result<[usize; 4], What> {
    let mut places = [0; 4];
    for (place, name) in places.iter_mut().zip(["device", "type", "mount_point", "used_bytes"]) {
        let found = line.split('\t').position(|it| it == name);
        *place =
            found.ok_or("it does not name the columns device, type, mount_point, used_bytes")?;
    }
    Ok(places)
}

fn tmpfs(line: &str, [device, fs_type, mount_point, used]: [usize; 4]) -> Result<Tmpfs<'_>, What> {
    let cell = |place| line.split('\t').nth(place).ok_or("a column is missing");
    let used = match cell(used)? {
        "" => None,
        bytes => Some(Bytes(number(Some(bytes))?)),
    };
    let (device, fs_type) = (cell(device)?, cell(fs_type)?);
    Ok(Tmpfs { device, fs_type, mount_point: cell(mount_point)?, used })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::check;
    use super::*;

    #[test]
    fn what_did_not_tell_is_no_zero_and_damaged_lines_are_told() {
        let text = "device\ttype\tmount_point\tsize_bytes\tused_bytes\tof_tomorrow
0:6\tdevtmpfs\t/dev\t8192\t4096\tx
0:23\ttmpfs\t/dev/shm\t\t\tx
0:24\ttmpfs\t/my\\040files\t1\t0
0:25\ttmpfs\t/run\t1
0:26\ttmpfs\t/run\t1\tmuch
0:27\ttmpfs\t/run\t1\t2";
        check(
            &read(text.as_bytes()),
            expect![[r#"
            [
                Tmpfs {
                    device: "0:6",
                    fs_type: "devtmpfs",
                    mount_point: "/dev",
                    used: Some(Bytes(4096)),
                },
                Tmpfs {
                    device: "0:23",
                    fs_type: "tmpfs",
                    mount_point: "/dev/shm",
                    used: None,
                },
                Tmpfs {
                    device: "0:24",
                    fs_type: "tmpfs",
                    mount_point: "/my\\040files",
                    used: Some(Bytes(0)),
                },
            ]
            line 5: a column is missing: "0:25\ttmpfs\t/run\t1"
            line 6: what should be a number is none: "0:26\ttmpfs\t/run\t1\tmuch"
            line 7: the text ends within this line: "0:27\ttmpfs\t/run\t1\t2"
        "#]],
        );
        check(
            &read(b"device\ttype\n1\t2\n3\t4\n"),
            expect![[r#"
            []
            line 1: it does not name the columns device, type, mount_point, used_bytes: "device\ttype"
        "#]],
        );
    }
}
