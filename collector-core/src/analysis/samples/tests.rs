//! Samples come out of bundles as they went in, and within limits out of bundles made to harm.

use std::collections::BTreeSet;
use std::path::Path;

use expect_test::{Expect, expect};

use super::*;
use crate::analysis::readers::Machine;
use crate::bundle::testing::{self, Hostile, ROOT};
use crate::units::Outcome;

const MEMINFO: &str = "text/x-linux-meminfo";

/// A record that lists `files` by name and media type.
fn record(index: u64, files: &[(&str, &str)]) -> index::Sample {
    let file = |(name, media_type): &(&str, &str)| index::File {
        media_type: (*media_type).to_owned(),
        ..testing::file(name, b"")
    };
    let rows = vec![testing::row("memory", Outcome::Ok, files.iter().map(file).collect())];
    let time = testing::time(i64::try_from(index).expect("small") * 1000);
    let monotonic_ms = index * 1000;
    index::Sample { index, time, monotonic_ms, boottime_ms: None, duration_ms: 1, rows }
}

fn json(record: &index::Sample) -> Vec<u8> {
    serde_json::to_vec(record).expect("JSON")
}

/// What is told of each sample, a line for each artifact.
fn told(path: &Path, limits: SampleLimits) -> (String, Tail) {
    let mut bundle = BundleReader::open(path).expect("a bundle");
    let mut told = String::new();
    let tail = walk_with(&mut bundle, limits, |sample| {
        told.push_str(&format!("{} {}\n", sample.record.index, sample.directory));
        for it in &sample.artifacts {
            let (name, n_bad) = (it.name, it.bad.n_lines());
            let kind = format!("{:?}", it.reading);
            let kind = kind.split('(').next().unwrap_or_default();
            told.push_str(&format!("  {} {name}: {kind}, {n_bad} bad\n", it.collector));
        }
        for it in &sample.unread {
            told.push_str(&format!("  not {}: {}\n", it.name, it.why));
        }
        Ok::<(), ReadError>(())
    });
    (told, tail.expect("it is read"))
}

fn check(path: &Path, expect: Expect) {
    expect.assert_eq(&told(path, SampleLimits::default()).0);
}

#[test]
fn a_bundle_of_the_writer_is_read_sample_by_sample() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = testing::small_bundle(dir.path());
    check(
        &path,
        expect![[r#"
        0 20261123T024512.123Z
          meminfo meminfo/meminfo: Foreign, 0 bad
          meminfo meminfo/empty: Foreign, 0 bad
          meminfo meminfo/zoneinfo: Foreign, 0 bad
          meminfo meminfo/deep/er/noise: Foreign, 0 bad
        1 20261123T024522.123Z
          meminfo meminfo/meminfo: Foreign, 0 bad
          meminfo meminfo/empty: Foreign, 0 bad
          meminfo meminfo/zoneinfo: Foreign, 0 bad
          meminfo meminfo/deep/er/noise: Foreign, 0 bad
        2 20261123T024532.123Z
          meminfo meminfo/meminfo: Foreign, 0 bad
          meminfo meminfo/empty: Foreign, 0 bad
          meminfo meminfo/zoneinfo: Foreign, 0 bad
          meminfo meminfo/deep/er/noise: Foreign, 0 bad
    "#]],
    );
    assert_eq!(told(&path, SampleLimits::default()).1, Tail::Whole);
    let machine = Machine::of(BundleReader::open(&path).expect("a bundle").capture());
    assert_eq!(machine.kernel.map(|it| (it.major, it.minor)), Some((6, 1)));
    assert!(machine.page_size.is_some());
}

#[test]
fn samples_that_overlap_are_told_apart_and_come_in_the_order_they_end() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut writer = testing::begun(dir.path());
    let (first, second) = (testing::directory(0), testing::directory(1000));
    for (sample, total) in [(&first, 1), (&second, 2), (&first, 3), (&second, 4)] {
        let name = if total < 3 { "memory/a" } else { "memory/b" };
        let content = format!("MemTotal: {total} kB\n");
        let file = testing::file(name, content.as_bytes());
        let time = testing::time(0);
        writer.append(sample, &file, time, &mut content.as_bytes()).expect("appended");
    }
    let files = [("memory/a", MEMINFO), ("memory/b", MEMINFO)];
    writer.end_sample(&second, &record(1, &files)).expect("ended");
    writer.end_sample(&first, &record(0, &files)).expect("ended");
    let path = writer.finish(testing::ending()).expect("finished").path;
    let mut totals = Vec::new();
    let mut bundle = BundleReader::open(&path).expect("a bundle");
    walk(&mut bundle, |sample| {
        for it in &sample.artifacts {
            let Reading::Meminfo(it) = &it.reading else { panic!("{it:?}") };
            let total = it.memory("MemTotal").expect("a total").0 >> 10;
            totals.push((sample.record.index, total));
        }
        Ok::<(), ReadError>(())
    })
    .expect("it is read");
    assert_eq!(totals, [(1, 2), (1, 4), (0, 1), (0, 3)]);
}

#[test]
fn what_is_missing_unlisted_or_too_long_is_told() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = [
        ("memory/meminfo", MEMINFO),
        ("memory/missing", MEMINFO),
        ("memory/long", MEMINFO),
        ("memory/profile", "application/x-pprof"),
    ];
    let path = Hostile::new()
        .file(&format!("{ROOT}/samples/t/memory/meminfo"), b"MemTotal: 1 kB\nMemFree: 2")
        .file(&format!("{ROOT}/samples/t/memory/unlisted"), b"x")
        .file(&format!("{ROOT}/samples/t/memory/long"), &vec![b'\n'; (1 << 20) + 1])
        .file(&format!("{ROOT}/samples/t/memory/profile"), b"\x1f\x8b")
        .file(&format!("{ROOT}/samples/t/sample.json"), &json(&record(0, &files)))
        .file(&format!("{ROOT}/samples/u/memory/meminfo"), b"MemTotal: 1 kB\n")
        .save(dir.path());
    check(
        &path,
        expect![[r#"
        0 t
          memory memory/meminfo: Meminfo, 1 bad
          memory memory/profile: Foreign, 0 bad
          not memory/missing: the sample lists it, and it is not there
          not memory/long: it has 1048577 bytes, and 1048576 at most are read
          not memory/unlisted: it is there, and the sample does not list it, so nobody knows what it is
    "#]],
    );
}

#[test]
fn what_is_kept_is_limited_and_comes_free_with_each_sample() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut hostile = Hostile::new();
    for index in 0..3 {
        let mut files = Vec::new();
        for name in ["memory/a", "memory/b", "memory/c", "memory/d"] {
            let content: &[u8] = if name == "memory/b" { &[b'\n'; 700] } else { &[b'\n'; 100] };
            hostile = hostile.file(&format!("{ROOT}/samples/{index}/{name}"), content);
            files.push((name, MEMINFO));
        }
        let record = json(&record(index, &files));
        hostile = hostile.file(&format!("{ROOT}/samples/{index}/sample.json"), &record);
    }
    let path = hostile.save(dir.path());
    let limits = SampleLimits { artifact_bytes: 600, kept_bytes: 1000 };
    expect![[r#"
        0 0
          memory memory/a: Meminfo, 0 bad
          memory memory/c: Meminfo, 0 bad
          memory memory/d: Meminfo, 0 bad
          not memory/b: it has 700 bytes, and 600 at most are read
        1 1
          memory memory/a: Meminfo, 0 bad
          memory memory/c: Meminfo, 0 bad
          memory memory/d: Meminfo, 0 bad
          not memory/b: it has 700 bytes, and 600 at most are read
        2 2
          memory memory/a: Meminfo, 0 bad
          memory memory/c: Meminfo, 0 bad
          memory memory/d: Meminfo, 0 bad
          not memory/b: it has 700 bytes, and 600 at most are read
    "#]]
    .assert_eq(&told(&path, limits).0);
    let limits = SampleLimits { artifact_bytes: 1000, kept_bytes: 1000 };
    expect![[r#"
        0 0
          memory memory/a: Meminfo, 0 bad
          memory memory/c: Meminfo, 0 bad
          memory memory/d: Meminfo, 0 bad
          not memory/b: with it more than 1000 bytes of unfinished samples would be kept in memory
        1 1
          memory memory/a: Meminfo, 0 bad
          memory memory/c: Meminfo, 0 bad
          memory memory/d: Meminfo, 0 bad
          not memory/b: with it more than 1000 bytes of unfinished samples would be kept in memory
        2 2
          memory memory/a: Meminfo, 0 bad
          memory memory/c: Meminfo, 0 bad
          memory memory/d: Meminfo, 0 bad
          not memory/b: with it more than 1000 bytes of unfinished samples would be kept in memory
    "#]]
    .assert_eq(&told(&path, limits).0);
    let limits = SampleLimits { artifact_bytes: 1000, kept_bytes: 10 };
    let (told, _) = told(&path, limits);
    assert_eq!(told.matches("more than 10 bytes of unfinished samples").count(), 12, "{told}");
}

#[test]
fn a_bundle_that_was_cut_is_read_up_to_its_last_whole_sample() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = testing::small_bundle(dir.path());
    let whole = std::fs::read(&path).expect("its bytes");
    let (all, _) = told(&path, SampleLimits::default());
    let n_lines = all.lines().count() / 3;
    let mut seen = BTreeSet::new();
    for n_bytes in (whole.len() / 4..whole.len()).step_by(37) {
        std::fs::write(&path, &whole[..n_bytes]).expect("written");
        if BundleReader::open(&path).is_err() {
            continue;
        }
        let (told, tail) = told(&path, SampleLimits::default());
        assert!(all.starts_with(&told), "{told}");
        assert_eq!(told.lines().count() % n_lines, 0, "whole samples only");
        seen.insert(told.lines().count() / n_lines);
        assert_ne!(tail, Tail::Whole, "{n_bytes} of {}", whole.len());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3], "cuts at every place");
}
