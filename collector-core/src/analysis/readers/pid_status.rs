//! `/proc/PID/status` of all processes: their memory by kind, and their threads.
//!
//! Not read with `procfs`: that fails as a whole on one bad or missing line, and drops what it
//! does not know.

use super::line::{BadLines, Read, What, each_raw_line, small, utf8};
use super::named::Amount;
use super::records::each_record;
use crate::units::Bytes;

/// A process. `None`: its text does not tell, as for a thread of the kernel, which has no memory
/// of its own, and for a dead one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status<'a> {
    /// Its number.
    pub pid: u32,
    /// The number of its parent.
    pub parent: Option<u32>,
    /// The user it runs for, the real one.
    pub user: Option<u32>,
    /// Signals that wait for the processes of that user; a POSIX timer keeps room for one.
    pub queued_signals: Option<u64>,
    /// Its threads.
    pub threads: Option<u64>,
    /// Descriptors it has room for.
    pub descriptor_slots: Option<u64>,
    /// Resident memory: the sum of the next three.
    pub resident: Option<Bytes>,
    /// Resident memory that is no file.
    pub anonymous: Option<Bytes>,
    /// Resident memory of mapped files.
    pub file: Option<Bytes>,
    /// Resident shared memory.
    pub shared: Option<Bytes>,
    /// Memory in swap.
    pub swapped: Option<Bytes>,
    /// Addresses it has mapped.
    pub mapped: Option<Bytes>,
    /// Addresses of its heap and other private data.
    pub data: Option<Bytes>,
    /// Its page tables.
    pub page_tables: Option<Bytes>,
    /// Its huge pages of hugetlbfs, which are not resident memory.
    pub huge_pages: Option<Bytes>,
    /// The whole text.
    pub text: &'a [u8],
}

impl<'a> Status<'a> {
    /// What stands after `name` and a colon.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'a [u8]> {
        let mut lines = self.text.split(|byte| *byte == b'\n');
        let value = lines.find_map(|it| it.strip_prefix(name.as_bytes())?.strip_prefix(b":"))?;
        Some(value.trim_ascii())
    }

    fn take(&mut self, line: &[u8]) -> Result<(), What> {
        let colon = line.iter().position(|it| *it == b':').ok_or("it has no `:` after a name")?;
        let (name, value) = (&line[..colon], &line[colon + 1..]);
        let memory = |of: &mut Option<Bytes>| set(of, Amount::memory(utf8(value)?)?);
        let number = || utf8(value).map(str::trim_ascii).map(Some);
        match name {
            b"PPid" => set(&mut self.parent, small(number()?)?),
            b"Uid" => {
                let first = number()?.and_then(|it| it.split_ascii_whitespace().next());
                set(&mut self.user, small(first)?)
            }
            // `4/96365`: of as many as there may be.
            b"SigQ" => {
                let used = number()?.and_then(|it| it.split('/').next());
                set(&mut self.queued_signals, small(used)?)
            }
            b"Threads" => set(&mut self.threads, small(number()?)?),
            b"FDSize" => set(&mut self.descriptor_slots, small(number()?)?),
            b"VmRSS" => memory(&mut self.resident),
            b"RssAnon" => memory(&mut self.anonymous),
            b"RssFile" => memory(&mut self.file),
            b"RssShmem" => memory(&mut self.shared),
            b"VmSwap" => memory(&mut self.swapped),
            b"VmSize" => memory(&mut self.mapped),
            b"VmData" => memory(&mut self.data),
            b"VmPTE" => memory(&mut self.page_tables),
            b"HugetlbPages" => memory(&mut self.huge_pages),
            _ => Ok(()),
        }
    }
}

fn set<T>(of: &mut Option<T>, value: T) -> Result<(), What> {
    match of {
        Some(_) => Err("there was a value of this name before"),
        None => {
            *of = Some(value);
            Ok(())
        }
    }
}

/// Reads the text.
#[must_use]
pub fn read(text: &[u8]) -> Read<Vec<Status<'_>>> {
    let mut bad = BadLines::default();
    let mut processes = Vec::new();
    each_record(text, &mut bad, |record, bad| {
        let mut status = Status { pid: record.pid, text: record.text, ..Status::default() };
        let mut of_record = BadLines::default();
        each_raw_line(record.text, &mut of_record, |_, line| status.take(line));
        bad.append_from(of_record, record.line);
        processes.push(status);
    });
    Read { value: processes, bad }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::testing::{check, record};
    use super::*;

    #[test]
    fn memory_threads_and_unknown_lines_are_read() {
        let text = b"Name:\tsp\xff ce: x\nPPid:\t1\nFDSize:\t512\nVmSize:\t   48468 kB\nVmRSS:\t   17284 kB
RssAnon:\t   11044 kB\nRssFile:\t       8 kB\nRssShmem:\t    6232 kB\nVmData:\t 41032 kB
VmPTE:\t     140 kB\nVmSwap:\t       0 kB\nHugetlbPages:\t       0 kB\nThreads:\t13\nof_tomorrow:\t7 8\n";
        let text = record(42, "status", text);
        let read = read(&text);
        let shown =
            read.map(|it| it.into_iter().map(|it| Status { text: b"", ..it }).collect::<Vec<_>>());
        check(
            &shown,
            expect![[r#"
                [
                    Status {
                        pid: 42,
                        parent: Some(1),
                        user: None,
                        queued_signals: None,
                        threads: Some(13),
                        descriptor_slots: Some(512),
                        resident: Some(Bytes(17698816)),
                        anonymous: Some(Bytes(11309056)),
                        file: Some(Bytes(8192)),
                        shared: Some(Bytes(6381568)),
                        swapped: Some(Bytes(0)),
                        mapped: Some(Bytes(49631232)),
                        data: Some(Bytes(42016768)),
                        page_tables: Some(Bytes(143360)),
                        huge_pages: Some(Bytes(0)),
                        text: [],
                    },
                ]
            "#]],
        );
        let process = super::read(&text).value[0];
        assert_eq!(process.field("of_tomorrow"), Some(&b"7 8"[..]));
        assert_eq!(process.field("Name"), Some(&b"sp\xff ce: x"[..]));
        assert_eq!(process.field("of_yesterday"), None);
    }

    #[test]
    fn a_thread_of_the_kernel_has_no_memory() {
        let text = record(2, "status", b"Name:\tkthreadd\nThreads:\t1\n");
        let process = read(&text).value[0];
        assert_eq!((process.threads, process.anonymous), (Some(1), None));
    }

    #[test]
    fn damaged_lines_are_told_with_their_place_in_the_artifact() {
        let good = record(7, "status", b"VmRSS:\t1 kB\n");
        let text = b"VmRSS 12 kB\nRssAnon:\t12\nVmPTE:\t1 MB\nThreads:\tmany\nFDSize:\t99999999999999999999
PPid:\t99999999999\nVmSwap:\t1 kB\nVmSwap:\t2 kB\nRssFile:\t12";
        let text = [good, record(42, "status", text)].concat();
        check(
            &read(&text).map(|it| it[1].anonymous),
            expect![[r#"
            None
            line 5: it has no `:` after a name: "VmRSS 12 kB"
            line 6: its unit is not kB: "RssAnon:\t12"
            line 7: its unit is not kB: "VmPTE:\t1 MB"
            line 8: what should be a number is none: "Threads:\tmany"
            line 9: a number is too large: "FDSize:\t99999999999999999999"
            line 10: a number is too large: "PPid:\t99999999999"
            line 12: there was a value of this name before: "VmSwap:\t2 kB"
            line 13: the text ends within this line: "RssFile:\t12"
        "#]],
        );
    }
}
