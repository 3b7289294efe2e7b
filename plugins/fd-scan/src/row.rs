//! The lines of `fds.tsv`.
//!
//! The first line names the columns; readers find a column by its name, and later versions append.
//!
//! | column | meaning |
//! | --- | --- |
//! | `pid` | process id, in the pid namespace of the procfs that was read |
//! | `start_ticks` | start of the process, clock ticks after boot: field 22 of `/proc/PID/stat`; with `pid` it names the process |
//! | `command` | name of the command, at most 15 bytes: field 2 of `/proc/PID/stat` |
//! | `fd` | number of the descriptor |
//! | `link` | text of the link `/proc/PID/fd/N`; empty when the kernel refused to give it |
//! | `size_bytes` | length of a deleted regular file; empty for all else and when not taken |
//! | `blocks_512` | what that file occupies, in blocks of 512 bytes |
//! | `device` | its file system, `major:minor` |
//! | `inode` | its inode: descriptors of one file, in one process or several, have the same `device` and `inode`, and its space is to be counted once |
//! | `links` | names the file still has; its space comes free with the descriptor only at 0 |
//!
//! Lines are in ascending order of pid, then fd. In `command` and `link` a backslash, tab, line
//! feed and carriage return are written `\\`, `\t`, `\n` and `\r` (linear TSV); every other byte
//! is as the kernel gave it, UTF-8 or not. There is no other line: what was left out is told by
//! the outcome of the sample.

use std::ffi::CStr;

use crate::sizes::Deleted;

/// The first line.
pub(crate) const HEADER: &[u8] =
    b"pid\tstart_ticks\tcommand\tfd\tlink\tsize_bytes\tblocks_512\tdevice\tinode\tlinks\n";

/// Appends the line of one descriptor. `process` is the first three columns with the tab after
/// them, `fd` its number in decimal.
pub(crate) fn append(
    row: &mut Vec<u8>,
    process: &[u8],
    fd: &[u8],
    link: &[u8],
    deleted: Option<&Deleted>,
) {
    row.extend_from_slice(process);
    row.extend_from_slice(fd);
    row.push(b'\t');
    append_escaped(row, link);
    match deleted {
        None => row.extend_from_slice(b"\t\t\t\t\t\n"),
        Some(it) => {
            let mut decimal = Decimal::default();
            for (before, number) in [
                (b'\t', it.size_bytes),
                (b'\t', it.blocks_512),
                (b'\t', it.device_major.into()),
                (b':', it.device_minor.into()),
                (b'\t', it.inode),
                (b'\t', it.links.into()),
            ] {
                row.push(before);
                row.extend_from_slice(decimal.of(number));
            }
            row.push(b'\n');
        }
    }
}

/// The first three columns of a process, with the tab after them.
pub(crate) fn process_columns(pid: u32, start_ticks: &[u8], command: &[u8]) -> Vec<u8> {
    let mut columns = Vec::with_capacity(64);
    columns.extend_from_slice(Decimal::default().of(pid.into()));
    columns.push(b'\t');
    columns.extend_from_slice(start_ticks);
    columns.push(b'\t');
    append_escaped(&mut columns, command);
    columns.push(b'\t');
    columns
}

fn append_escaped(row: &mut Vec<u8>, text: &[u8]) {
    let escape = |byte| match byte {
        b'\\' => Some(b'\\'),
        b'\t' => Some(b't'),
        b'\n' => Some(b'n'),
        b'\r' => Some(b'r'),
        _ => None,
    };
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| escape(*byte).is_some()) {
        row.extend_from_slice(&rest[..at]);
        row.push(b'\\');
        row.extend(escape(rest[at]));
        rest = &rest[at + 1..];
    }
    row.extend_from_slice(rest);
}

/// Writes numbers in decimal without allocating: 20 digits at most, and a NUL after them.
#[derive(Debug, Default)]
pub(crate) struct Decimal([u8; 21]);

impl Decimal {
    /// The digits of `number`.
    pub(crate) fn of(&mut self, number: u64) -> &[u8] {
        self.c_str(number).to_bytes()
    }

    /// The digits of `number`, as the name of a file.
    pub(crate) fn c_str(&mut self, mut number: u64) -> &CStr {
        let mut start = self.0.len() - 1;
        loop {
            start -= 1;
            let digit = u8::try_from(number % 10).expect("a remainder of 10 is below 10");
            self.0[start] = b'0' + digit;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        CStr::from_bytes_with_nul(&self.0[start..]).expect("digits and one NUL at the end")
    }
}

#[cfg(test)]
mod tests;
