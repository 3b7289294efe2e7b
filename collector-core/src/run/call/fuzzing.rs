//! What `crate::fuzzing` needs of the inside of this module and of `wire`.

use std::collections::HashSet;

use super::arriving::{Arriving, MAX_ARTIFACTS};
use crate::run::disk::Disk;
use crate::run::names;
use crate::run::outcome::End;
use crate::run::spool::Spool;
use crate::run::wire::{Command, Reports};
use crate::units::Bytes;

/// Most bytes of one call.
const MAX_BYTES: u64 = 1000;

pub(crate) fn reports(data: &[u8]) {
    let (whole, end) = read_reports(data, data.len().max(1));
    assert_eq!(whole, data[..whole.len()], "a report is not the bytes it came from");
    let piece = data.first().map_or(1, |it| usize::from(*it).max(1));
    for piece in [1, piece] {
        let in_pieces = read_reports(data, piece);
        assert!(in_pieces == (whole.clone(), end.clone()), "{in_pieces:?} in pieces of {piece}");
    }
}

/// The reports of `data`, which comes in pieces, as bytes again; and how it ended.
fn read_reports(data: &[u8], piece: usize) -> (Vec<u8>, String) {
    let (mut reports, mut written) = (Reports::default(), Vec::new());
    for mut piece in data.chunks(piece) {
        while !piece.is_empty() {
            reports.fill(&mut piece).expect("memory is read");
            loop {
                match reports.next() {
                    Ok(Some(report)) => report.put(&mut written),
                    Ok(None) => break,
                    Err(error) => return (written, error.to_string()),
                }
            }
        }
    }
    (written, String::new())
}

pub(crate) fn commands(data: &[u8]) {
    let mut stream = data;
    while let Ok(Some(command)) = Command::read(&mut stream) {
        let (mut written, mut again) = (Vec::new(), Vec::new());
        command.put(&mut written);
        let read = Command::read(&mut written.as_slice());
        let read = read.expect("a command was written").expect("it is there");
        read.put(&mut again);
        assert_eq!(written, again, "{command:?}");
    }
}

pub(crate) fn delivery(data: &[u8]) {
    let Some((kind, mut stream)) = data.split_first() else { return };
    let directory = std::fs::File::open(std::env::temp_dir()).expect("a directory");
    let spool = Spool::new(Disk::new(directory, Bytes(0)));
    let mut arriving = Arriving::new(kind & 1 == 0, &spool, Bytes(MAX_BYTES));
    let mut reports = Reports::default();
    let end = loop {
        match reports.fill(&mut stream) {
            Ok(0) | Err(_) => break End::Died("it hung up".to_owned()),
            Ok(_) => {}
        }
        match arriving.take_all(&mut reports) {
            Ok(None) => {}
            Ok(Some(end)) => break end,
            Err(error) => break End::Broken(error.to_string()),
        }
    };
    let called = arriving.close(end);
    let mut seen = HashSet::new();
    let mut n_bytes = 0;
    for artifact in &called.artifacts {
        assert_eq!(names::check_artifact(&artifact.name), Ok(()));
        assert_eq!(names::check_media_type(&artifact.media_type), Ok(()));
        assert!(seen.insert(&artifact.name), "{} is there twice", artifact.name);
        n_bytes += artifact.content.n_bytes();
    }
    assert!(n_bytes <= MAX_BYTES && called.artifacts.len() <= MAX_ARTIFACTS);
}
