//! Bundles as other programs see them: `tar`, `zstd`, `sha256sum`; and what is never overwritten.

mod full_disk;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use expect_test::expect;

use super::{BundleWriter, END_BYTES, Room, WriteError};
use crate::bundle::testing::{
    add_sample, add_small_sample, capture, directory, ending, file, noise, options, row, shell,
    small_bundle, time, write_small,
};
use crate::units::{Bytes, Outcome};

#[test]
fn plain_tar_and_sha256sum_read_a_bundle() {
    let place = tempfile::tempdir().expect("a directory");
    small_bundle(place.path());
    let (_, listing) = shell(place.path(), "tar --zstd -tvf *.tar.zst | tr -s ' '");
    expect![[r#"
        -rw------- 0/0 942 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/capture.json
        -rw------- 0/0 11 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/manifest.yaml
        drwx------ 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/
        -rw------- 0/0 21 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/meminfo
        -rw------- 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/empty
        -rw------- 0/0 5890 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/zoneinfo
        -rw------- 0/0 700 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/meminfo/deep/er/noise
        -rw------- 0/0 939 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024512.123Z/sample.json
        -rw------- 0/0 21 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/meminfo
        -rw------- 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/empty
        -rw------- 0/0 5890 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/zoneinfo
        -rw------- 0/0 700 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/meminfo/deep/er/noise
        -rw------- 0/0 943 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024522.123Z/sample.json
        -rw------- 0/0 21 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/meminfo
        -rw------- 0/0 0 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/empty
        -rw------- 0/0 5890 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/zoneinfo
        -rw------- 0/0 700 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/meminfo/deep/er/noise
        -rw------- 0/0 943 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/samples/20261123T024532.123Z/sample.json
        -rw------- 0/0 1216 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/index.json
        -rw------- 0/0 1904 2026-11-23 02:45 web1-ACME-1234-20261123T024512Z/SHA256SUMS
    "#]]
    .assert_eq(&listing);
    for line in ["tar --zstd -xf *.tar.zst", "zstd -dcq *.tar.zst | tar -x"] {
        let line = format!("rm -rf web1*Z && {line} && cd web1*Z && sha256sum -c SHA256SUMS");
        let (is_good, said) = shell(place.path(), &line);
        assert!(is_good, "{said}");
        assert_eq!(said.lines().filter(|it| it.ends_with(": OK")).count(), 18, "{said}");
    }
    let root = place.path().join("web1-ACME-1234-20261123T024512Z");
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o7777;
    assert_eq!(mode(&root), 0o700);
    assert_eq!(mode(&root.join("capture.json")), 0o600);
    let (is_good, said) = shell(place.path(), "zstd -tq *.tar.zst && zstd -lv *.tar.zst");
    assert!(is_good && said.contains("Check: XXH64"), "{said}");
}

fn create(place: &Path) -> BundleWriter {
    BundleWriter::create(options(place), &capture(), "version: 1\n").expect("created")
}

/// The error with the directory left out.
fn said(place: &Path, error: &WriteError) -> String {
    error.to_string().replace(&place.display().to_string(), "DIR")
}

#[test]
fn the_same_capture_gives_the_same_bytes() {
    let places = [(), ()].map(|()| tempfile::tempdir().expect("a directory"));
    let bytes = places.each_ref().map(|it| fs::read(small_bundle(it.path())).expect("read"));
    assert!(bytes[0] == bytes[1], "two bundles of one capture differ");
}

#[test]
fn the_directory_is_made_for_its_owner_alone_and_so_is_the_file() {
    let place = tempfile::tempdir().expect("a directory");
    let finished = write_small(&place.path().join("a/b"));
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o7777;
    assert_eq!(mode(&place.path().join("a")), 0o700);
    assert_eq!(mode(&finished.path), 0o600);
    let left: Vec<_> = fs::read_dir(place.path().join("a/b")).expect("there").collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(finished.bytes.0, fs::metadata(&finished.path).expect("there").len());
    assert_eq!(finished.totals.get(&Outcome::Denied), Some(&3));
}

#[test]
fn nothing_is_ever_overwritten() {
    let place = tempfile::tempdir().expect("a directory");
    let root = options(place.path()).root;
    let create = || BundleWriter::create(options(place.path()), &capture(), "").err();
    for suffix in [".tar.zst", ".tar.zst.partial"] {
        let taken = place.path().join(format!("{root}{suffix}"));
        std::os::unix::fs::symlink("/nowhere", &taken).expect("a link");
        assert!(matches!(create(), Some(WriteError::Exists { path }) if path == taken));
        fs::remove_file(&taken).expect("removed");
    }
    // Somebody takes the name while the capture runs.
    let mut writer = BundleWriter::create(options(place.path()), &capture(), "").expect("created");
    add_small_sample(&mut writer, 0);
    let taken = place.path().join(format!("{root}.tar.zst"));
    fs::write(&taken, "precious").expect("written");
    let error = writer.finish(ending()).expect_err("the name is taken");
    expect!["the bundle is complete, but cannot be renamed to DIR/web1-ACME-1234-20261123T024512Z.tar.zst; it is DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial (hint: rename it yourself, to a name that ends with .tar.zst)"].assert_eq(&said(place.path(), &error));
    assert_eq!(fs::read_to_string(&taken).ok().as_deref(), Some("precious"));
    let partial = place.path().join(format!("{root}.tar.zst.partial"));
    let verdict = crate::bundle::verify::verify(&partial).expect("readable");
    assert!(verdict.is_good(), "{verdict:?}");
}

/// Nothing of it is left then: the last place for it is taken, too.
#[test]
fn a_removed_bundle_whose_name_is_taken_is_told_to_be_lost() {
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = create(place.path());
    add_small_sample(&mut writer, 0);
    let partial = writer.partial_path();
    fs::remove_file(&partial).expect("removed");
    fs::create_dir(&partial).expect("a directory");
    let error = writer.finish(ending()).expect_err("its name is taken");
    expect!["DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial was removed while it was written, and cannot be written again, so what was collected is lost (hint: start again, and name a directory that nobody clears with --output)"].assert_eq(&said(place.path(), &error));
    assert!(partial.is_dir(), "it is not touched");
}

#[test]
fn names_that_would_meet_in_one_place_are_refused_and_the_bundle_goes_on() {
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = create(place.path());
    let mut refusals = Vec::new();
    for name in [
        "acme/stats",
        "acme/stats",
        "acme/stats/now",
        "acme/db/one",
        "acme/db",
        "acme/dbx",
        "acme",
        "sample.json/x",
        "acme/../x",
        "acme//x",
        "/acme/x",
        "acme/a b",
    ] {
        let result = writer.append(&directory(0), &file(name, b"x"), time(0), &mut &b"x"[..]);
        if let Err(error) = result {
            assert!(!error.is_final());
            refusals.push(error.to_string());
        }
    }
    expect![[r#"
        cannot store `acme/stats`: the sample has a file of this name
        cannot store `acme/stats/now`: the sample has a file where this one needs a directory
        cannot store `acme/db`: the sample has a directory of this name
        cannot store `acme`: it is not in a collector's directory
        cannot store `sample.json/x`: `sample.json` is not a collector
        cannot store `acme/../x`: `.` and `..` are not allowed
        cannot store `acme//x`: it has an empty component
        cannot store `/acme/x`: it has an empty component
        cannot store `acme/a b`: only A-Z a-z 0-9 . _ @ + - and / are allowed"#]]
    .assert_eq(&refusals.join("\n"));
    add_sample(&mut writer, 0, &[("meminfo/meminfo", b"1")]).expect("a sample");
    // Another sample has names of its own.
    add_sample(&mut writer, 10, &[("acme/stats", b"1")]).expect("a sample");
    let path = writer.finish(ending()).expect("finished").path;
    let (is_good, said) =
        shell(place.path(), "tar --zstd -xf *.tar.zst && find . -name stats -type f");
    assert!(is_good && said.lines().count() == 2, "{said}");
    drop(path);
}

#[test]
fn samples_that_overlap_may_interleave() {
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = create(place.path());
    let slow = file("slow/late", b"late");
    let early = file("slow/early", b"early");
    writer.append(&directory(0), &early, time(0), &mut &b"early"[..]).expect("appended");
    add_sample(&mut writer, 10_000, &[("meminfo/meminfo", b"1")]).expect("a sample");
    writer.append(&directory(0), &slow, time(11_000), &mut &b"late"[..]).expect("appended");
    let rows = vec![row("slow", Outcome::Ok, vec![early, slow])];
    let sample = crate::bundle::index::Sample {
        index: 0,
        time: time(0),
        monotonic_ms: 0,
        boottime_ms: None,
        duration_ms: 11_000,
        rows,
    };
    writer.end_sample(&directory(0), &sample).expect("a sample");
    let path = writer.finish(ending()).expect("finished").path;
    let verdict = crate::bundle::verify::verify(&path).expect("readable");
    assert!(verdict.is_good() && verdict.samples == 2, "{verdict:?}");
}

#[test]
fn the_bundle_stops_below_its_limit_and_says_so() {
    let place = tempfile::tempdir().expect("a directory");
    let mut options = options(place.path());
    options.max_bytes = Bytes(1 << 20);
    let mut writer = BundleWriter::create(options, &capture(), "").expect("created");
    let mut ends = Vec::new();
    for index in 0..100_u32 {
        let noise = noise(u64::from(index), 100_000);
        let room = add_sample(&mut writer, i64::from(index) * 1000, &[("a/noise", &noise)]);
        if !matches!(room, Ok(Room::Enough)) {
            ends.push(format!("{room:?}"));
            break;
        }
    }
    assert!(ends.concat().contains("Size"), "{ends:?}");
    let large = noise(7, 900_000);
    let error = writer
        .append(&directory(99), &file("a/large", &large), time(99), &mut &large[..])
        .expect_err("no room");
    assert!(!error.is_final());
    let finished = writer.finish(ending()).expect("finished");
    assert!(finished.samples >= 5 && finished.bytes.0 <= 1 << 20, "{finished:?}");
}

#[test]
fn a_disk_that_is_too_full_is_not_begun_on() {
    let place = tempfile::tempdir().expect("a directory");
    let mut options = options(place.path());
    options.min_free = Bytes(u64::MAX / 2);
    let error = BundleWriter::create(options, &capture(), "").expect_err("too full");
    assert!(error.to_string().contains("`output.min_free`"), "{error}");
    assert_eq!(fs::read_dir(place.path()).expect("there").count(), 0);
}

#[test]
fn a_plan_for_which_the_bundle_may_not_be_large_enough_is_not_begun() {
    let place = tempfile::tempdir().expect("a directory");
    let mut options = options(place.path());
    options.max_bytes = Bytes(128 << 10);
    let manifest = "# long\n".repeat(10_000);
    let error = BundleWriter::create(options, &capture(), &manifest).expect_err("too long");
    expect!["no room for a bundle of 133 KiB: the bundle has 0 B and may have 128 KiB (`output.max_bytes`) with its index; raise that to get all"].assert_eq(&error.to_string());
    assert_eq!(fs::read_dir(place.path()).expect("there").count(), 0);
}

/// zstd adds three bytes to each 128 KiB that it cannot make smaller: 24 KiB here.
#[test]
fn what_zstd_adds_to_noise_needs_room_too() {
    let place = tempfile::tempdir().expect("a directory");
    let mut options = options(place.path());
    let n_bytes = 1 << 30;
    options.max_bytes = Bytes(n_bytes + END_BYTES + (20 << 10));
    let mut writer = BundleWriter::create(options, &capture(), "").expect("created");
    let room = writer.room_for(n_bytes).expect("the directory can be asked");
    assert!(matches!(room, Room::Size { .. }), "{room:?}");
}

#[test]
fn content_that_ends_early_ends_the_bundle_but_not_its_samples() {
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = create(place.path());
    add_small_sample(&mut writer, 0);
    let promised = file("a/b", b"four");
    let error =
        writer.append(&directory(1), &promised, time(1), &mut &b"two"[..]).expect_err("too short");
    assert!(error.is_final());
    let again = writer.finish(ending()).expect_err("given up");
    expect![[r#"
        cannot store samples/20261123T024512.124Z/a/b: its content ended after 3 of 4 bytes
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial was given up after an earlier error (hint: the finished samples are kept; `collector bundle recover DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial -C DIR` makes a bundle of them in the directory DIR, on another disk)"#]].assert_eq(&format!("{error}\n{}", said(place.path(), &again)));
    let partial = place.path().join("web1-ACME-1234-20261123T024512Z.tar.zst.partial");
    let verdict = crate::bundle::verify::verify(&partial).expect("readable");
    assert_eq!((verdict.samples, verdict.damage), (1, None));
}

#[test]
fn a_directory_that_cannot_be_written_to_is_named() {
    let error = BundleWriter::create(options(Path::new("/proc/1")), &capture(), "").err();
    let error = error.expect("/proc takes no files");
    assert!(error.to_string().starts_with("cannot write to directory /proc/1 (hint:"), "{error}");
}

/// A reader takes no more of it.
#[test]
fn a_sample_json_above_the_limit_of_readers_is_stored_without_logs() {
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = create(place.path());
    let mut noisy = row("slabinfo", Outcome::Denied, Vec::new());
    noisy.stderr = Some("x".repeat(17 << 20));
    let sample = crate::bundle::index::Sample {
        index: 0,
        time: time(0),
        monotonic_ms: 0,
        boottime_ms: None,
        duration_ms: 12,
        rows: vec![noisy],
    };
    assert_eq!(writer.end_sample(&directory(0), &sample).ok(), Some(Room::Enough));
    let path = writer.finish(ending()).expect("finished").path;
    let verdict = crate::bundle::verify::verify(&path).expect("readable");
    assert!(verdict.is_good() && verdict.samples == 1, "{verdict:?}");
    let (_, stored) = shell(place.path(), "tar --zstd -xOf *.tar.zst --wildcards '*/sample.json'");
    let stored: crate::bundle::index::Sample = serde_json::from_str(&stored).expect("JSON");
    expect!["its log and its output were not stored: sample.json would have 17.0 MiB of at most 16.0 MiB"]
        .assert_eq(&stored.rows[0].problems[0].message);
}
