//! What a bundle can cost that was made to cost much: memory and time of the real program.

use std::fs;
use std::io::Read;
use std::time::Duration;

use super::Place;
use super::made::{Made, ROOT};
use crate::support::{command, measured};

/// Bytes of memory that a command may have resident. Decompressing takes at most 16 MiB of it.
const MOST: u64 = 64 << 20;
/// Far above what it takes.
const LIMIT: Duration = Duration::from_secs(300);

/// Asserts exit codes and memory of the commands on the bundle.
fn check(place: &Place, commands: &[(&[&str], i32, &str)]) {
    for (arguments, exit, text) in commands {
        let arguments = [&["bundle"], *arguments].concat();
        let (said, most) = measured(command(place.path(), &arguments), LIMIT);
        assert_eq!(said.exit, *exit, "{arguments:?}: {said}");
        assert!(said.stderr.contains(text), "{arguments:?}: {said}");
        assert!(most < MOST, "{arguments:?}: {} KiB of memory", most >> 10);
    }
}

#[test]
fn a_million_entries_fit_into_little_memory() {
    let place = Place::new();
    let mut made = Made::new(&place.bundle());
    for number in 0..1_000_000 {
        made = made.rooted(&format!("added/{number:07}"), b'0', b"");
    }
    made.end();
    check(
        &place,
        &[
            (&["list", "b.tar.zst"], 6, "after added/0999999"),
            (&["cat", "b.tar.zst", "added/0999999"], 0, ""),
            (&["verify", "b.tar.zst"], 6, "after added/0999999"),
        ],
    );
}

#[test]
fn files_without_a_sample_json_are_not_kept_in_memory() {
    let place = Place::new();
    let mut made = Made::new(&place.bundle());
    for number in 0..300_000 {
        made = made.rooted(&format!("samples/s{:03}/a/{number:07}", number % 500), b'0', b"");
    }
    made.end();
    let refused = "too many files come before the `sample.json` of their samples";
    check(
        &place,
        &[
            (&["list", "b.tar.zst"], 6, "after samples/s499/a/0299999"),
            (&["verify", "b.tar.zst"], 6, refused),
            (&["recover", "b.tar.zst", "-C", "out"], 0, refused),
        ],
    );
}

#[test]
fn a_bomb_is_read_in_little_memory_and_not_unpacked_on_a_small_disk() {
    let place = Place::new();
    // Four GiB in some hundred KiB.
    let bytes = 4_u64 << 30;
    let mut made =
        Made::new(&place.bundle()).entry(format!("{ROOT}/added/bomb").as_bytes(), b'0', bytes, b"");
    let mut zeros = std::io::repeat(0).take(bytes);
    std::io::copy(&mut zeros, made.stream()).expect("written");
    made.end();
    assert!(fs::metadata(place.bundle()).expect("there").len() < 1 << 20);
    check(
        &place,
        &[
            (&["list", "b.tar.zst"], 6, "after added/bomb"),
            (&["verify", "b.tar.zst"], 6, "after added/bomb"),
        ],
    );
    let disk = need!(crate::support::SmallDisk::at(&place.path().join("out"), "2m"));
    check(&place, &[(&["extract", "b.tar.zst", "-C", "out"], 1, "no room for")]);
    drop(disk);
}

#[test]
fn a_text_without_end_is_not_kept_in_memory() {
    let place = Place::new();
    let bytes = 512_u64 << 20;
    let start = br#"{"reason":"finished","detail":""#;
    let mut made = Made::new(&place.bundle()).sample().entry(
        format!("{ROOT}/index.json").as_bytes(),
        b'0',
        bytes,
        b"",
    );
    made = made.raw(start);
    let mut letters = std::io::repeat(b'a').take(bytes - start.len() as u64);
    std::io::copy(&mut letters, made.stream()).expect("written");
    made.end();
    check(
        &place,
        &[
            (&["list", "b.tar.zst"], 6, "index.json cannot be understood: it has a text of more"),
            (&["recover", "b.tar.zst", "-C", "out"], 0, "cut off after index.json"),
        ],
    );
}
