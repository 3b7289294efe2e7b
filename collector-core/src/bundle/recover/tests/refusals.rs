//! When nothing is made: what is said, and what stays as it was.

use std::fs;
use std::path::Path;

use expect_test::expect;

use super::{NAME, made, save};
use crate::bundle::recover::{RecoverError, Recovery, recover};
use crate::bundle::testing::{SmallDisk, add_small_sample, capture, noise, options, small_bundle};
use crate::bundle::writer::BundleWriter;

/// The error with the directory left out.
fn said(place: &Path, error: &RecoverError) -> String {
    format!("{}\n", error.to_string().replace(&place.display().to_string(), "DIR"))
}

#[test]
fn what_is_no_bundle_is_told_apart() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, _) = made(place.path());
    let garbage = noise(9, 4000);
    let empty_archive = zstd::encode_all(&[0; 1024][..], 3).expect("zstd");
    let mut texts = String::new();
    for bytes in [b"".as_slice(), &garbage, b"\x1f\x8b\x08", &whole[..200], &empty_archive] {
        let path = save(place.path(), bytes);
        let error = recover(&path, None).expect_err("no bundle");
        assert!(matches!(error, RecoverError::Read(_)));
        texts.push_str(&said(place.path(), &error));
    }
    let missing = recover(&place.path().join("missing"), None).expect_err("not there");
    texts.push_str(&said(place.path(), &missing));
    let directory = recover(place.path(), None).expect_err("a directory");
    texts.push_str(&said(place.path(), &directory));
    expect![[r#"
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is not a bundle: it is empty: the capture ended before its first byte
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is not a bundle: it is not compressed with zstd
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is not a bundle: it is compressed with gzip; bundles are .tar.zst
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is not a bundle: it ends before its first entry does, and nothing can be saved
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is not a bundle: it is an empty archive
        cannot read DIR/missing
        DIR is not a bundle: it is a directory (hint: name the .tar.zst file itself)
    "#]].assert_eq(&texts);
    assert_eq!(fs::read_dir(place.path()).expect("there").count(), 1, "nothing was made");
}

#[test]
fn nothing_is_overwritten() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, _) = made(place.path());
    let input = save(place.path(), &whole[..whole.len() / 2]);
    let mut texts = String::new();
    for taken in [NAME.to_owned(), NAME.replace(".zst", ".zst.recovering")] {
        let taken = place.path().join(taken);
        fs::write(&taken, "precious").expect("written");
        let error = recover(&input, None).expect_err("the name is taken");
        texts.push_str(&said(place.path(), &error));
        assert_eq!(fs::read(&taken).expect("there"), b"precious");
        assert_eq!(fs::read_dir(place.path()).expect("there").count(), 2, "nothing was made");
        fs::remove_file(&taken).expect("removed");
    }
    // A bundle that lost its end on the way has the name of the one to be made.
    let copy = place.path().join(NAME);
    fs::rename(&input, &copy).expect("renamed");
    texts.push_str(&said(place.path(), &recover(&copy, None).expect_err("its own name")));
    expect![[r#"
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst exists already and is not overwritten (hint: name another directory with -C)
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.recovering exists already: another recovery is running, or one was ended (hint: delete it when none is running)
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst exists already and is not overwritten (hint: name another directory with -C)
    "#]].assert_eq(&texts);
    let elsewhere = recover(&copy, Some(&place.path().join("a/b"))).expect("recovered");
    assert!(matches!(elsewhere, Recovery::Recovered(it) if it.samples > 0));
}

#[test]
fn a_complete_bundle_is_not_written_again() {
    let place = tempfile::tempdir().expect("a directory");
    let bundle = small_bundle(place.path());
    let recovery = recover(&bundle, None).expect("complete");
    assert_eq!(recovery, Recovery::Complete { proper_name: NAME.to_owned() });
    assert_eq!(fs::read_dir(place.path()).expect("there").count(), 1, "nothing was made");
}

#[test]
fn a_capture_that_goes_on_is_left_alone() {
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = BundleWriter::create(options(place.path()), &capture(), "").expect("created");
    add_small_sample(&mut writer, 0);
    let error = recover(&writer.partial_path(), None).expect_err("it goes on");
    expect![[r#"
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is still being written (hint: end the capture with Ctrl-C, which leaves a proper bundle)
    "#]].assert_eq(&said(place.path(), &error));
    assert_eq!(fs::read_dir(place.path()).expect("there").count(), 1, "nothing was made");
}

#[test]
fn a_full_disk_leaves_the_file_and_nothing_else() {
    let Some(disk) = SmallDisk::new() else { return };
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = BundleWriter::create(options(place.path()), &capture(), "").expect("created");
    let noise = noise(1, 700_000);
    crate::bundle::testing::add_sample(&mut writer, 0, &[("a/noise", &noise)]).expect("a sample");
    let bytes = fs::read(writer.partial_path()).expect("read");
    let input = save(&disk.path(), &bytes);
    let error = recover(&input, None).expect_err("1 MiB does not hold it twice");
    let text = said(&disk.path(), &error);
    let text = text.split_once(": ").map_or("", |(_, after)| after);
    let (_, text) = text.split_once(" are free").expect("it says how much is free");
    expect![[r#"
        on its disk; DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is as it was (hint: name a directory on another disk with -C)
    "#]].assert_eq(text.trim_start());
    assert!(fs::read(&input).expect("there") == bytes, "the input changed");
    assert_eq!(fs::read_dir(disk.path()).expect("there").count(), 1, "nothing was left");
    let recovery = recover(&input, Some(place.path())).expect("recovered");
    assert!(matches!(recovery, Recovery::Recovered(it) if it.samples == 1));
}
