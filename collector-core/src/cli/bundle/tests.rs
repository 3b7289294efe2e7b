//! What a support engineer reads about a bundle.

use expect_test::{Expect, expect};

use super::*;
use crate::bundle::testing::{self, small_bundle};
use crate::bundle::writer::BundleWriter;
use crate::units::Bytes;

fn said(action: Action) -> String {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let end = match run_with(action, &mut stdout, &mut stderr) {
        Ok(exit) => format!("exit {}", exit.code()),
        Err(Stop::Failure(failure)) => {
            format!("error: {}\nexit {}", failure.error, failure.exit.code())
        }
        Err(Stop::Output(error)) => format!("output: {error}"),
    };
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    format!("{stdout}{stderr}{end}\n")
}

fn check(directory: &Path, action: Action, expected: &Expect) {
    let said = said(action).replace(&directory.display().to_string(), "DIR");
    // How small a bundle becomes is zstd's affair.
    let sizes = std::fs::read_dir(directory).expect("readable").map(|entry| {
        Bytes(entry.and_then(|entry| entry.metadata()).expect("an entry").len()).to_string()
    });
    let said = sizes.fold(said, |said, size| {
        let said = said.replace(&format!(".zst  {size}"), ".zst  SIZE");
        said.replace(&format!("samples, {size}"), "samples, SIZE")
    });
    expected.assert_eq(&said);
}

#[test]
fn a_bundle_is_listed() {
    let place = tempfile::tempdir().expect("a directory");
    let bundle = small_bundle(place.path());
    let action = Action::List { bundle, files: false };
    check(
        place.path(),
        action,
        &expect![[r#"
        web1-ACME-1234-20261123T024512Z.tar.zst  SIZE
        host      web1, Linux 6.1.0-18-amd64 x86_64, Debian GNU/Linux 12 (bookworm)
        capture   2026-11-23 02:45:12 UTC, collector 0.1.0, case ACME-1234
        plan      meminfo, slabinfo

        SAMPLE                   AFTER  FILES       BYTES  OUTCOMES
        20261123T024512.123Z        0s      4    6.46 KiB  1 ok, 1 denied
            slabinfo           denied       /proc/slabinfo: permission denied
        20261123T024522.123Z       10s      4    6.46 KiB  1 ok, 1 denied
        20261123T024532.123Z       20s      4    6.46 KiB  1 ok, 1 denied

        ended     finished after 30s: 3 samples, 3 ok, 3 denied
        exit 0
    "#]],
    );
}

#[test]
fn files_can_be_listed() {
    let place = tempfile::tempdir().expect("a directory");
    let bundle = small_bundle(place.path());
    let action = Action::List { bundle, files: true };
    check(
        place.path(),
        action,
        &expect![[r#"
        web1-ACME-1234-20261123T024512Z.tar.zst  SIZE
        host      web1, Linux 6.1.0-18-amd64 x86_64, Debian GNU/Linux 12 (bookworm)
        capture   2026-11-23 02:45:12 UTC, collector 0.1.0, case ACME-1234
        plan      meminfo, slabinfo

        SAMPLE                   AFTER  FILES       BYTES  OUTCOMES
        20261123T024512.123Z        0s      4    6.46 KiB  1 ok, 1 denied
            slabinfo           denied       /proc/slabinfo: permission denied
                21 B  samples/20261123T024512.123Z/meminfo/meminfo  text/plain
                 0 B  samples/20261123T024512.123Z/meminfo/empty  text/plain
            5.75 KiB  samples/20261123T024512.123Z/meminfo/zoneinfo  text/plain
               700 B  samples/20261123T024512.123Z/meminfo/deep/er/noise  text/plain
        20261123T024522.123Z       10s      4    6.46 KiB  1 ok, 1 denied
                21 B  samples/20261123T024522.123Z/meminfo/meminfo  text/plain
                 0 B  samples/20261123T024522.123Z/meminfo/empty  text/plain
            5.75 KiB  samples/20261123T024522.123Z/meminfo/zoneinfo  text/plain
               700 B  samples/20261123T024522.123Z/meminfo/deep/er/noise  text/plain
        20261123T024532.123Z       20s      4    6.46 KiB  1 ok, 1 denied
                21 B  samples/20261123T024532.123Z/meminfo/meminfo  text/plain
                 0 B  samples/20261123T024532.123Z/meminfo/empty  text/plain
            5.75 KiB  samples/20261123T024532.123Z/meminfo/zoneinfo  text/plain
               700 B  samples/20261123T024532.123Z/meminfo/deep/er/noise  text/plain

        ended     finished after 30s: 3 samples, 3 ok, 3 denied
        exit 0
    "#]],
    );
}

#[test]
fn one_file_is_shown_with_or_without_the_root() {
    let place = tempfile::tempdir().expect("a directory");
    let bundle = small_bundle(place.path());
    let name = format!("samples/{}/meminfo/meminfo", testing::directory(0));
    let full = format!("web1-ACME-1234-20261123T024512Z/{name}");
    for entry in [name, full] {
        let said = said(Action::Cat { bundle: bundle.clone(), entry });
        assert_eq!(said, "MemTotal: 8388608 kB\nexit 0\n");
    }
    let action = Action::Cat { bundle, entry: "samples/meminfo".to_owned() };
    check(
        place.path(),
        action,
        &expect![[r#"
        error: DIR/web1-ACME-1234-20261123T024512Z.tar.zst has no `samples/meminfo` (hint: `collector bundle list --files DIR/web1-ACME-1234-20261123T024512Z.tar.zst` shows the names)
        exit 2
    "#]],
    );
}

#[test]
fn a_good_bundle_is_called_good() {
    let place = tempfile::tempdir().expect("a directory");
    let bundle = small_bundle(place.path());
    check(
        place.path(),
        Action::Verify { bundle },
        &expect![[r#"
            DIR/web1-ACME-1234-20261123T024512Z.tar.zst: good: 3 samples in 19 files of 24.2 KiB
            exit 0
        "#]],
    );
}

#[test]
fn a_cut_bundle_is_called_cut_and_the_rest_is_used() {
    let place = tempfile::tempdir().expect("a directory");
    let whole = std::fs::read(small_bundle(place.path())).expect("read");
    let bundle = place.path().join("cut.tar.zst.partial");
    std::fs::write(&bundle, &whole[..whole.len() - 600]).expect("written");
    let directory = place.path().join("out");
    check(
        place.path(),
        Action::Verify { bundle: bundle.clone() },
        &expect![[r#"
            warning: DIR/cut.tar.zst.partial was cut off after samples/20261123T024532.123Z/sample.json; 3 samples and 17 files are whole (hint: `collector bundle recover DIR/cut.tar.zst.partial` makes a bundle of them)
            exit 6
        "#]],
    );
    let action = Action::Extract { bundle: bundle.clone(), directory: directory.clone() };
    check(
        place.path(),
        action,
        &expect![[r#"
            DIR/out/web1-ACME-1234-20261123T024512Z
            warning: DIR/cut.tar.zst.partial was cut off after samples/20261123T024532.123Z/sample.json; 3 samples and 17 files are whole (hint: `collector bundle recover DIR/cut.tar.zst.partial` makes a bundle of them)
            exit 6
        "#]],
    );
    check(
        place.path(),
        Action::Extract { bundle, directory },
        &expect![[r#"
        error: DIR/out/web1-ACME-1234-20261123T024512Z exists already and is not written to (hint: name another place with -C)
        exit 2
    "#]],
    );
}

#[test]
fn what_is_no_bundle_is_told_apart() {
    let place = tempfile::tempdir().expect("a directory");
    let bundle = place.path().join("b.tar.zst");
    check(
        place.path(),
        Action::Verify { bundle: bundle.clone() },
        &expect![[r#"
        error: cannot read DIR/b.tar.zst
        exit 6
    "#]],
    );
    std::fs::write(&bundle, b"\x1f\x8b\x08").expect("written");
    check(
        place.path(),
        Action::Verify { bundle },
        &expect![[r#"
        error: DIR/b.tar.zst is not a bundle: it is compressed with gzip; bundles are .tar.zst
        exit 6
    "#]],
    );
}

#[test]
fn a_cut_bundle_is_recovered() {
    let place = tempfile::tempdir().expect("a directory");
    let bundle = small_bundle(place.path());
    let file = place.path().join("web1-ACME-1234-20261123T024512Z.tar.zst.partial");
    std::fs::rename(&bundle, &file).expect("renamed");
    let recover = |file: &Path| Action::Recover { file: file.to_owned(), directory: None };
    check(
        place.path(),
        recover(&file),
        &expect![[r#"
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is complete: nothing was written (hint: name it web1-ACME-1234-20261123T024512Z.tar.zst)
        exit 0
    "#]],
    );
    std::fs::remove_file(&file).expect("removed");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let options = testing::options(elsewhere.path());
    let mut writer = BundleWriter::create(options, &testing::capture(), "").expect("created");
    for index in 0..2 {
        testing::add_small_sample(&mut writer, index);
    }
    std::fs::copy(writer.partial_path(), &file).expect("copied");
    check(
        place.path(),
        recover(&file),
        &expect![[r#"
            DIR/web1-ACME-1234-20261123T024512Z.tar.zst
            the bundle is cut off after samples/20261123T024522.123Z/sample.json
            recovered 2 samples, SIZE
            exit 0
        "#]],
    );
    check(
        place.path(),
        recover(&file),
        &expect![[r#"
        error: DIR/web1-ACME-1234-20261123T024512Z.tar.zst exists already and is not overwritten (hint: name another directory with -C)
        exit 5
    "#]],
    );
    check(
        place.path(),
        Action::Verify { bundle: bundle.clone() },
        &expect![[r#"
        DIR/web1-ACME-1234-20261123T024512Z.tar.zst: good: 2 samples in 14 files of 16.6 KiB
        exit 0
    "#]],
    );
    check(
        place.path(),
        Action::List { bundle, files: false },
        &expect![[r#"
            web1-ACME-1234-20261123T024512Z.tar.zst  SIZE
            host      web1, Linux 6.1.0-18-amd64 x86_64, Debian GNU/Linux 12 (bookworm)
            capture   2026-11-23 02:45:12 UTC, collector 0.1.0, case ACME-1234
            plan      meminfo, slabinfo

            SAMPLE                   AFTER  FILES       BYTES  OUTCOMES
            20261123T024512.123Z        0s      4    6.46 KiB  1 ok, 1 denied
                slabinfo           denied       /proc/slabinfo: permission denied
            20261123T024522.123Z       10s      4    6.46 KiB  1 ok, 1 denied

            ended     cut after 10s12ms (cut off after samples/20261123T024522.123Z/sample.json; 2 finished samples kept): 2 samples, 2 ok, 2 denied
            exit 0
        "#]],
    );
    std::fs::write(&file, "").expect("written");
    check(
        place.path(),
        recover(&file),
        &expect![[r#"
        error: DIR/web1-ACME-1234-20261123T024512Z.tar.zst.partial is not a bundle: it is empty: the capture ended before its first byte
        exit 6
    "#]],
    );
}
