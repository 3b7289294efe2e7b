//! `fds.tsv`: the open descriptors of all processes, one line each, as `fd-scan` writes them.
//!
//! The first line names the columns, and a column is found by its name: later versions append.
//! The format is our own plugin's, so no crate reads it. A row takes 32 bytes beside its text,
//! because a host may have a million.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::line::{BadLines, Read, What, each_raw_line, number, small, utf8};

/// All descriptors, in the order of the text: by process, then by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Descriptors<'a> {
    /// The processes.
    pub holders: Vec<Holder<'a>>,
    /// Their descriptors.
    pub rows: Vec<Descriptor<'a>>,
    /// Columns that are not known here.
    pub unknown_columns: Vec<&'a str>,
}

/// A process that holds descriptors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder<'a> {
    /// Its number.
    pub pid: u32,
    /// When it started, in ticks since boot.
    pub start_ticks: u64,
    /// Its name, at most 15 bytes of it.
    pub command: Cow<'a, str>,
    /// Which of the rows are its own.
    pub rows: Range<usize>,
}

/// An open descriptor.
#[derive(Clone, PartialEq, Eq)]
pub struct Descriptor<'a> {
    /// Its number.
    pub fd: u32,
    /// The text of its link, escaped as it stands in the table.
    escaped: &'a [u8],
    /// Of a deleted regular file, what is known about it.
    pub deleted: Option<Box<DeletedFile<'a>>>,
}

/// A regular file that was deleted and is held open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeletedFile<'a> {
    /// Its length, in bytes.
    pub length: u64,
    /// What it occupies, in blocks of 512 bytes.
    pub blocks: u64,
    /// Its file system, `major:minor`.
    pub device: &'a str,
    /// Its inode. Descriptors of one file have the same device and inode.
    pub inode: u64,
    /// Names it still has: its space comes free with its last descriptor only at 0.
    pub links: u64,
}

impl<'a> Descriptors<'a> {
    /// Each process with its descriptors.
    pub fn by_holder(&self) -> impl Iterator<Item = (&Holder<'a>, &[Descriptor<'a>])> {
        self.holders.iter().map(|it| (it, self.rows.get(it.rows.clone()).unwrap_or_default()))
    }
}

impl<'a> Descriptor<'a> {
    /// The text of its link, such as `/data/LOCK (deleted)` or `socket:[4711]`. `None`: the kernel
    /// refused to give it.
    #[must_use]
    pub fn link(&self) -> Option<Cow<'a, str>> {
        (!self.escaped.is_empty()).then(|| unescaped(self.escaped))
    }

    /// The inode of the socket it is, by which it is found in the tables of sockets.
    #[must_use]
    pub fn socket_inode(&self) -> Option<u64> {
        let inode = self.escaped.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
        number(Some(utf8(inode).ok()?)).ok()
    }
}

impl fmt::Debug for Descriptor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("Descriptor");
        shown.field(&self.fd).field(&self.link()).field(&self.deleted).finish()
    }
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Descriptors<'_>> {
    let mut bad = BadLines::default();
    let mut table = Descriptors::default();
    let mut columns: Option<Columns> = None;
    let mut is_refused = false;
    each_raw_line(text, &mut bad, |_, line| match &columns {
        Some(columns) => columns.take(line, &mut table),
        // One complaint about the first line is enough.
        None if is_refused => Ok(()),
        None => {
            let read = Columns::read(line, &mut table.unknown_columns);
            is_refused = read.is_err();
            columns = Some(read?);
            Ok(())
        }
    });
    Read { value: table, bad }
}

/// The names of the columns, in the order of [`Columns`].
const NAMES: [&str; 10] = [
    "pid",
    "start_ticks",
    "command",
    "fd",
    "link",
    "size_bytes",
    "blocks_512",
    "device",
    "inode",
    "links",
];

/// At which place of a line each column stands.
struct Columns {
    places: Vec<Option<usize>>,
    /// The last place that has a column without which there is no row.
    n_needed: usize,
}

impl Columns {
    fn read<'a>(line: &'a [u8], unknown: &mut Vec<&'a str>) -> Result<Self, What> {
        let mut places = Vec::new();
        for name in utf8(line)?.split('\t') {
            let column = NAMES.iter().position(|it| *it == name);
            if column.is_none() {
                unknown.push(name);
            }
            if column.is_some() && places.contains(&column) {
                return Err("a column is there twice");
            }
            places.push(column);
        }
        let needed = |column| places.iter().position(|it| *it == Some(column));
        let last = (0..5).map(needed).try_fold(0, |last, it| it.map(|it| last.max(it)));
        let n_needed =
            last.ok_or("it does not name the columns pid, start_ticks, command, fd, link")?;
        Ok(Columns { places, n_needed })
    }

    fn take<'a>(&self, line: &'a [u8], table: &mut Descriptors<'a>) -> Result<(), What> {
        let mut cells = [None; NAMES.len()];
        let mut n_cells = 0;
        for (cell, column) in line.split(|byte| *byte == b'\t').zip(&self.places) {
            if let Some(column) = column {
                cells[*column] = Some(cell);
            }
            n_cells += 1;
        }
        if n_cells <= self.n_needed {
            return Err("a column is missing");
        }
        let text = |column: usize| cells[column].map(utf8).transpose();
        let (pid, start_ticks) = (small(text(0)?)?, number(text(1)?)?);
        let command = cells[2].unwrap_or_default();
        let fd = small(text(3)?)?;
        let escaped = cells[4].unwrap_or_default();
        let deleted = match text(5)? {
            None | Some("") => None,
            length => Some(Box::new(DeletedFile {
                length: number(length)?,
                blocks: number(text(6)?)?,
                device: text(7)?.ok_or("its device is missing")?,
                inode: number(text(8)?)?,
                links: number(text(9)?)?,
            })),
        };
        let at = table.rows.len();
        table.rows.push(Descriptor { fd, escaped, deleted });
        match table.holders.last_mut() {
            Some(it) if (it.pid, it.start_ticks) == (pid, start_ticks) => it.rows.end = at + 1,
            _ => {
                let command = unescaped(command);
                table.holders.push(Holder { pid, start_ticks, command, rows: at..at + 1 });
            }
        }
        Ok(())
    }
}

/// The text that `\\`, `\t`, `\n` and `\r` in linear TSV stand for.
fn unescaped(cell: &[u8]) -> Cow<'_, str> {
    if !cell.contains(&b'\\') {
        return String::from_utf8_lossy(cell);
    }
    let mut text = Vec::with_capacity(cell.len());
    let mut bytes = cell.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.clone().next()) {
            (b'\\', Some(it @ (b'\\' | b't' | b'n' | b'r'))) => {
                bytes.next();
                text.push(match it {
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'r' => b'\r',
                    _ => b'\\',
                });
            }
            _ => text.push(byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests;
