//! What `crate::fuzzing` needs of the inside of this module: every reader, over every text.

use super::{BadLines, READERS, Read, Reading};

pub(crate) fn readers(text: &[u8]) {
    for reader in READERS {
        let Read { value, bad } = (reader.read)(text);
        let media_type = reader.media_type;
        check_bad_lines(media_type, &bad, text);
        check_account(media_type, &value, &bad, text);
        // What cannot be shown may hide a bad range.
        assert!(!format!("{value:?}").is_empty());
        look_inside(&value);
    }
}

fn check_bad_lines(media_type: &str, bad: &BadLines, text: &[u8]) {
    let n_lines = text.split_inclusive(|it| *it == b'\n').count();
    let kept = bad.kept();
    assert!(kept.len() <= bad.n_lines(), "{media_type}: {bad:?}");
    // 0 is the text as a whole, told last.
    let numbers: Vec<usize> = kept.iter().map(|it| it.line).filter(|it| *it > 0).collect();
    assert!(numbers.is_sorted(), "{media_type}: {kept:?}");
    assert!(numbers.iter().all(|it| *it <= n_lines), "{media_type}: {kept:?}");
    if !text.is_empty() && !text.ends_with(b"\n") && !text.ends_with(b"# EOF") {
        assert!(!bad.is_empty(), "{media_type}: it was cut, and nobody says so");
    }
}

/// Whether a line, with its number from 1, is a header and tells nothing.
type IsPassedOver = fn(usize, &[u8]) -> bool;

/// Every line is in what was read or among the bad ones, but for headers and comments.
fn check_account(media_type: &str, value: &Reading<'_>, bad: &BadLines, text: &[u8]) {
    let (n_read, is_passed_over): (usize, IsPassedOver) = match value {
        Reading::Meminfo(it) => (it.iter().count(), |_, _| false),
        Reading::Vmstat(it) => (it.iter().count(), |_, _| false),
        Reading::Vmallocinfo(it) => (it.len(), |_, _| false),
        Reading::Pressure(it) => (it.stalls.len(), |_, _| false),
        Reading::SlabAliases(it) => (it.len(), |_, _| false),
        Reading::SlabReclaimAccounts(it) => (it.len(), |_, _| false),
        Reading::DentryState(it) => (usize::from(it.is_some()), |_, _| false),
        Reading::InodeNr(it) => (usize::from(it.is_some()), |_, _| false),
        Reading::FileNr(it) => (usize::from(it.is_some()), |_, _| false),
        Reading::Locks(it) => (it.len(), |_, _| false),
        Reading::Swaps(it) => (it.len(), |_, it| utf8(it).starts_with("Filename")),
        Reading::ControlGroups(it) => (it.len(), |_, it| utf8(it).starts_with('#')),
        Reading::ControlGroupStat(it) => (it.iter().count(), |_, _| false),
        Reading::TracingBuffer(it) => (usize::from(it.is_some()), |_, _| false),
        Reading::Slabinfo(it) => (it.len(), |_, it| {
            utf8(it).starts_with('#') || utf8(it).starts_with("slabinfo - version:")
        }),
        Reading::InetSockets(_, it) => {
            (it.len(), |number, it| number == 1 && utf8(it).contains("local_address"))
        }
        // The one of these that takes lines of any bytes.
        Reading::UnixSockets(it) => (it.len(), |_, it| it.starts_with(b"Num ")),
        Reading::PacketSockets(it) => (it.len(), |_, it| utf8(it).starts_with("sk ")),
        // Records, sections, comments in between, or a bad line that is two faults.
        _ => return,
    };
    let lines = text.split_inclusive(|it| *it == b'\n').enumerate();
    let is_told = |(at, line): &(usize, &[u8])| match line.strip_suffix(b"\n") {
        Some(line) if line.trim_ascii().is_empty() => false,
        Some(line) => !is_passed_over(at + 1, line),
        None => true,
    };
    let n_told = lines.filter(is_told).count();
    assert_eq!(n_read + bad.n_lines(), n_told, "{media_type}: {value:?} and {bad:?}");
}

/// The line; empty where it is no text, which is a bad line whatever else it is.
fn utf8(line: &[u8]) -> &str {
    std::str::from_utf8(line).unwrap_or_default()
}

fn look_inside(value: &Reading<'_>) {
    match value {
        Reading::Descriptors(table) => {
            let held: usize = table.by_holder().map(|(_, rows)| rows.len()).sum();
            assert_eq!(held, table.rows.len(), "a descriptor without a process");
            table.rows.iter().for_each(|it| drop((it.link(), it.socket_inode())));
        }
        Reading::Metrics(points) => {
            assert!(points.iter().all(|it| it.series.contains(it.name())));
        }
        Reading::Stats(stats) => {
            for stat in stats {
                assert!(stat.field(3).is_some() && stat.field(22).is_some(), "{stat:?}");
            }
        }
        Reading::Statuses(statuses) => {
            assert!(statuses.iter().all(|it| it.field("") != Some(b"x")));
        }
        Reading::InetSockets(_, sockets) => {
            assert!(sockets.iter().all(|it| it.local_port().is_some()), "an address of no port");
        }
        _ => {}
    }
}
