//! Bundles that are cut, damaged, or made to do harm.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::expect;
use tar::EntryType;

use super::*;
use crate::bundle::extract::extract;
use crate::bundle::testing::{
    Hostile, ROOT, add_small_sample, capture, ending, options, small_bundle,
};
use crate::bundle::verify::verify;
use crate::bundle::writer::BundleWriter;

/// Reads everything, and says how it ends in one line.
fn end_of(path: &Path) -> String {
    let read = |limits| -> Result<(Tail, u64), ReadError> {
        let mut reader = BundleReader::open_with(path, limits)?;
        let mut bytes = 0;
        let tail = reader.walk(|entry| {
            bytes += entry.content(1 << 30)?.len() as u64;
            Ok::<(), ReadError>(())
        })?;
        Ok((tail, bytes))
    };
    match read(ReadLimits { total_bytes: 64 << 20, ..ReadLimits::default() }) {
        Ok((tail, bytes)) => format!("{tail:?} {bytes}"),
        Err(error) => error.to_string().replace(&path.display().to_string(), "B"),
    }
}

/// Saves a tar stream, reads it, and says how that ended.
fn end_of_hostile(made: Hostile) -> String {
    let place = tempfile::tempdir().expect("a directory");
    let path = made.save(place.path());
    let read = end_of(&path);
    assert!(!verify(&path).is_ok_and(|it| it.is_good()), "{read}");
    let target = place.path().join("out");
    if let Ok(extracted) = extract(&path, &target) {
        assert_ne!(extracted.tail, Tail::Whole, "{read}");
    }
    read
}

#[test]
fn entries_that_no_bundle_has_are_refused() {
    let named = |name: &str| end_of_hostile(Hostile::new().file(name, b"x"));
    let kind = |kind| end_of_hostile(Hostile::new().entry(&format!("{ROOT}/x"), kind, 0, b""));
    let said = [
        named("/etc/passwd"),
        named(&format!("{ROOT}/../../etc/passwd")),
        named("../x"),
        named("other-root/x"),
        named("x"),
        named(&format!("{ROOT}/a\u{1b}[2Jb")),
        named(&format!("{ROOT}//x")),
        named(&format!("{ROOT}/-rf")),
        named(&format!("{ROOT}/capture.json")),
        named(""),
        kind(EntryType::Symlink),
        kind(EntryType::Link),
        kind(EntryType::Char),
        kind(EntryType::Block),
        kind(EntryType::Fifo),
        kind(EntryType::GNUSparse),
        kind(EntryType::XHeader),
        kind(EntryType::XGlobalHeader),
        kind(EntryType::Continuous),
        end_of_hostile(Hostile::new().entry("../out", EntryType::Directory, 0, b"")),
        end_of_hostile(Hostile::new().entry(
            &format!("{ROOT}/d/"),
            EntryType::Directory,
            9,
            b"123456789",
        )),
        end_of_hostile(Hostile::new().entry("././@LongLink", EntryType::GNULongName, 1 << 40, b"")),
        end_of_hostile(
            Hostile::new().entry("L", EntryType::GNULongName, 12, b"/etc/passwd\0").file("x", b""),
        ),
        end_of_hostile(Hostile::new().entry(
            &format!("{ROOT}/x"),
            EntryType::Regular,
            1 << 50,
            b"",
        )),
        end_of_hostile(Hostile::new().entry(
            &format!("{ROOT}/x"),
            EntryType::Regular,
            60 << 30,
            b"",
        )),
        end_of_hostile(Hostile::new().entry(
            &format!("{ROOT}/x"),
            EntryType::Regular,
            1 << 20,
            b"short",
        )),
    ];
    expect![[r#"
        B: entry `/etc/passwd` is refused: it is absolute (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/../../etc/passwd` is refused: `.` and `..` are not allowed (hint: do not extract this file with other programs)
        B: entry `../x` is refused: `.` and `..` are not allowed (hint: do not extract this file with other programs)
        B: entry `other-root/x` is refused: it is not in the root directory (hint: do not extract this file with other programs)
        B: entry `x` is refused: it is not in the root directory (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/a\u{1b}[2Jb` is refused: only A-Z a-z 0-9 . _ @ + - and / are allowed (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z//x` is refused: it has an empty component (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/-rf` is refused: a component begins with `-` (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/capture.json` is refused: the bundle has it twice (hint: do not extract this file with other programs)
        B: entry `` is refused: it is empty (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a link (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a link (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a device (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a device (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a pipe (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a sparse file (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a PAX header, which bundles do not have (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is a PAX header, which bundles do not have (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/x` is refused: it is of a kind that bundles do not have (hint: do not extract this file with other programs)
        B: entry `../out` is refused: `.` and `..` are not allowed (hint: do not extract this file with other programs)
        B: entry `web1-20261123T024512Z/d/` is refused: it is a directory with content (hint: do not extract this file with other programs)
        B: entry `././@LongLink` is refused: its name is longer than 512 bytes (hint: do not extract this file with other programs)
        B: entry `/etc/passwd` is refused: it is absolute (hint: do not extract this file with other programs)
        B: x has 1024 TiB, more than the 64.0 GiB this program takes
        B: the decompressed bundle has 60.0 GiB, more than the 64.0 MiB this program takes
        Cut(Left { samples: 0, files: 1, bytes: 1454, place: "in x" }) 942"#]].assert_eq(&said.join("\n"));
}

#[test]
fn what_is_no_bundle_is_told_apart() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("x");
    let mut said = vec![end_of(place.path())];
    let mut check = |content: &[u8]| {
        fs::write(&path, content).expect("written");
        said.push(end_of(&path));
    };
    let packed = |bytes: &[u8]| zstd::encode_all(bytes, 3).expect("zstd");
    check(b"");
    check(b"\x1f\x8b\x08\0");
    check(b"PK\x03\x04");
    check(&[0x5a; 4000]);
    check(&Hostile::new().0);
    check(&packed(b""));
    check(&packed(&[0; 1024]));
    check(&packed(b"no tar at all"));
    check(&packed(&[0x5a; 4000]));
    check(&packed(&Hostile::default().file(&format!("{ROOT}/manifest.yaml"), b"x").0));
    check(&packed(&Hostile::default().file(&format!("{ROOT}/capture.json"), b"{}").0));
    check(&packed(&Hostile::default().file(&format!("{ROOT}/capture.json"), b"[[[[").0));
    let newer =
        br#"{"layout":{"major":2,"minor":0},"tool":{"name":"collector","version":"3.1.0"}}"#;
    check(&packed(&Hostile::default().file(&format!("{ROOT}/capture.json"), newer).0));
    let large = Hostile::default().entry(
        &format!("{ROOT}/capture.json"),
        EntryType::Regular,
        1 << 30,
        b"{",
    );
    check(&packed(&large.0));
    expect![[r#"
        B is not a bundle: it is a directory (hint: name the .tar.zst file itself)
        B is not a bundle: it is empty: the capture ended before its first byte
        B is not a bundle: it is compressed with gzip; bundles are .tar.zst
        B is not a bundle: it is a zip archive; bundles are .tar.zst
        B is not a bundle: it is not compressed with zstd
        B is not a bundle: it is an uncompressed tar archive (hint: compress it again with zstd)
        B is not a bundle: it ends before its first entry does, and nothing can be saved
        B is not a bundle: it is an empty archive
        B is not a bundle: it ends before its first entry does, and nothing can be saved
        B is not a bundle: its first entry cannot be read: the header of an entry is broken
        B is not a bundle: its first entry is manifest.yaml and not capture.json (hint: a bundle that was unpacked cannot be packed again)
        B: capture.json cannot be understood
        B: capture.json cannot be understood
        B has layout 2.0, written by collector 3.1.0; this program reads layout 1 (hint: read it with collector 3.1.0 or later)
        B: the decompressed bundle has 1.00 GiB, more than the 64.0 MiB this program takes"#]].assert_eq(&said.join("\n").replace(&place.path().display().to_string(), "D"));
}

#[test]
fn a_window_larger_than_anybody_takes_is_refused() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("x");
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.window_log(25).expect("a window");
    encoder.write_all(&Hostile::new().0).expect("written");
    fs::write(&path, encoder.finish().expect("finished")).expect("written");
    expect!["B is not a bundle: its first entry cannot be read: it wants more than 16 MiB of memory to be decompressed (hint: compress it again with `zstd -19`)"].assert_eq(&end_of(&path));
}

#[test]
fn a_bomb_is_not_unpacked() {
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("x");
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).expect("an encoder");
    let size = 1_u64 << 28;
    let start = Hostile::new().entry(&format!("{ROOT}/x"), EntryType::Regular, size, b"");
    encoder.write_all(&start.0).expect("written");
    std::io::copy(&mut std::io::repeat(0).take(size), &mut encoder).expect("written");
    fs::write(&path, encoder.finish().expect("finished")).expect("written");
    assert!(fs::metadata(&path).expect("there").len() < 100_000);
    expect!["B: the decompressed bundle has 256 MiB, more than the 64.0 MiB this program takes"]
        .assert_eq(&end_of(&path));
}

#[test]
fn many_entries_are_too_many() {
    let place = tempfile::tempdir().expect("a directory");
    let path = small_bundle(place.path());
    let limits = ReadLimits { entries: 10, ..ReadLimits::default() };
    let mut reader = BundleReader::open_with(&path, limits).expect("opened");
    let error = reader.walk(|_| Ok::<(), ReadError>(())).expect_err("too many");
    assert!(error.to_string().contains("one entry more"), "{error}");
}

#[test]
fn data_after_the_end_is_damage() {
    let place = tempfile::tempdir().expect("a directory");
    let path = small_bundle(place.path());
    let whole = fs::read(&path).expect("read");
    let mut said = Vec::new();
    for extra in [&b"garbage"[..], &zstd::encode_all(&b"hidden"[..], 3).expect("zstd")] {
        fs::write(&path, [&whole, extra].concat()).expect("written");
        said.push(end_of(&path));
    }
    expect![[r#"
        Damaged { left: Left { samples: 3, files: 19, bytes: 41328, place: "after SHA256SUMS" }, why: "zstd: Unknown frame descriptor" } 26731
        Damaged { left: Left { samples: 3, files: 19, bytes: 41328, place: "after SHA256SUMS" }, why: "there is data after its end" } 26731"#]].assert_eq(&said.join("\n"));
}

/// What `zstd -dc | tar -x` makes of the file: the number of `sample.json` it unpacks.
fn samples_of_real_tar(path: &Path, target: &Path) -> usize {
    fs::create_dir(target).expect("a directory");
    let mut zstd = Command::new("zstd")
        .args(["-dcq"])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("zstd");
    let output = zstd.stdout.take().expect("its output");
    let mut tar = Command::new("tar");
    tar.arg("-xC").arg(target).stdin(output).stderr(Stdio::null()).status().expect("tar");
    zstd.wait().expect("zstd ends");
    let Ok(samples) = fs::read_dir(target.join(options(target).root.as_str()).join("samples"))
    else {
        return 0;
    };
    samples.filter(|it| it.as_ref().expect("an entry").path().join("sample.json").exists()).count()
}

#[test]
fn a_cut_at_any_byte_loses_only_the_sample_in_progress() {
    let place = tempfile::tempdir().expect("a directory");
    let mut writer =
        BundleWriter::create(options(place.path()), &capture(), "version: 1\n").expect("created");
    // Bytes of the file after each sample: what `end_sample` says is safe.
    let mut safe = vec![writer.written().0];
    for index in 0..4 {
        add_small_sample(&mut writer, index);
        safe.push(writer.written().0);
    }
    let finished = writer.finish(ending()).expect("finished");
    let whole = fs::read(&finished.path).expect("read");
    let cut = place.path().join("cut.tar.zst.partial");
    let mut n_real = 0;
    for length in 0..whole.len() as u64 {
        let is_near = safe.iter().any(|it| it.abs_diff(length) <= 20);
        if !is_near && length % 7 != 0 {
            continue;
        }
        let bytes = usize::try_from(length).expect("small");
        fs::write(&cut, &whole[..bytes]).expect("written");
        let promised = safe.iter().filter(|it| **it <= length).count();
        let mut samples = None;
        if let Ok(mut reader) = BundleReader::open(&cut) {
            let tail = reader.walk(|entry| entry.content(1 << 20).map(drop)).expect("a tail");
            let Tail::Cut(left) = tail else { panic!("cut at {length}: {tail:?}") };
            samples = Some(left.samples);
        }
        if promised > 0 {
            let samples = samples.unwrap_or_else(|| panic!("cut at {length}: not opened"));
            assert!(samples >= promised as u64 - 1, "cut at {length}: {samples}");
        }
        // Real programs are slow to start: near the promises, and now and then.
        if safe.iter().any(|it| it.abs_diff(length) <= 1) || length % 997 == 0 {
            let target = place.path().join(format!("out-{length}"));
            let real = samples_of_real_tar(&cut, &target);
            assert!(real >= promised.saturating_sub(1), "tar, cut at {length}: {real}");
            n_real += 1;
        }
    }
    assert!(n_real > 10, "{n_real}");
}
