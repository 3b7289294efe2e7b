//! A cut at any byte loses what was not finished, and nothing else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use expect_test::expect;

use super::{NAME, files_in, kept, made, save};
use crate::bundle::index::{EndReason, Index};
use crate::bundle::recover::{RecoverError, Recovered, Recovery, recover};
use crate::bundle::testing::shell;
use crate::bundle::verify::verify;

/// Recovers what `bytes` hold, checks the bundle with `verify`, and gives it with its bytes.
fn recovered(place: &Path, bytes: &[u8]) -> Option<(Recovered, Vec<u8>)> {
    let input = save(place, bytes);
    let recovery = recover(&input, None);
    assert!(fs::read(&input).expect("there") == bytes, "the input changed");
    match recovery {
        Ok(Recovery::Recovered(recovered)) => {
            let verdict = verify(&recovered.path).expect("readable");
            assert!(verdict.is_good(), "{verdict:?} of {recovered:?}");
            let bytes = fs::read(&recovered.path).expect("read");
            fs::remove_file(&recovered.path).expect("removed");
            Some((recovered, bytes))
        }
        Ok(other) => panic!("{other:?}"),
        Err(RecoverError::Read(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_cut_at_any_byte_keeps_exactly_the_finished_samples() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, flushes) = made(place.path());
    let ends = flushes.into_iter().chain([whole.len() as u64]);
    let mut cuts: Vec<usize> = ends
        .flat_map(|it| [it - 1, it, it + 1])
        .map(|it| usize::try_from(it).expect("small"))
        .chain((0..whole.len()).step_by(whole.len() / 60))
        .chain(whole.len() - 40..whole.len())
        .filter(|it| *it < whole.len())
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut counts = Vec::new();
    for cut in cuts {
        let expected = files_in(&whole[..cut]);
        let Some((recovered, bytes)) = recovered(place.path(), &whole[..cut]) else {
            assert!(!expected.contains_key("capture.json"), "cut at {cut}: nothing was made");
            continue;
        };
        let mut found = files_in(&bytes);
        let index: Index =
            serde_json::from_slice(&found.remove("index.json").expect("an index")).expect("JSON");
        assert_eq!(index.reason, EndReason::Cut, "cut at {cut}");
        assert_eq!(index.detail, Some(recovered.loss.to_string()), "cut at {cut}");
        assert_eq!(index.samples, recovered.samples, "cut at {cut}");
        assert!(found.remove("SHA256SUMS").is_some(), "cut at {cut}");
        let expected = kept(expected);
        assert!(found == expected, "cut at {cut}: {:?}, not {:?}", found.keys(), expected.keys());
        counts.push(index.samples);
    }
    assert!(counts.is_sorted());
    counts.dedup();
    assert_eq!(counts, [0, 1, 2, 3, 4, 5], "every number of samples was met");
}

#[test]
fn real_tools_read_what_was_recovered() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, flushes) = made(place.path());
    for flush in flushes {
        let input = save(place.path(), &whole[..usize::try_from(flush).expect("small")]);
        let said = recover(&input, Some(&place.path().join("out"))).expect("recovered");
        let Recovery::Recovered(recovered) = said else { panic!("{said:?}") };
        let line = "rm -rf out/x && mkdir out/x && tar --zstd -xf out/*.tar.zst -C out/x \
                    && cd out/x/web1* && sha256sum -c --strict --quiet SHA256SUMS && ls -A ..";
        let (is_good, said) = shell(place.path(), line);
        assert!(is_good && said == "web1-ACME-1234-20261123T024512Z\n", "{said}");
        let mode = fs::metadata(&recovered.path).expect("there").permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        fs::remove_file(recovered.path).expect("removed");
    }
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, _) = made(place.path());
    let cut = &whole[..whole.len() * 2 / 3];
    let bytes = [(), ()].map(|()| recovered(place.path(), cut).expect("recovered").1);
    assert!(bytes[0] == bytes[1], "two recoveries of one file differ");
}

#[test]
fn the_index_says_what_was_lost() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, flushes) = made(place.path());
    let at = |flush: usize| usize::try_from(flushes[flush]).expect("small");
    let told = |cut: usize| {
        let (recovered, bytes) = recovered(place.path(), &whole[..cut]).expect("recovered");
        let index = files_in(&bytes).remove("index.json").expect("an index");
        let index: Index = serde_json::from_slice(&index).expect("JSON");
        format!("{} after {} ms: {}\n", index.ended, index.duration_ms, recovered.loss)
    };
    let said: String =
        [at(0), at(1), at(1) + 90_000, at(2), at(2) + 60_000, at(3), whole.len() - 1]
            .map(told)
            .concat();
    expect![[r#"
        2026-11-23T02:45:12.123Z after 0 ms: cut off after manifest.yaml; 0 finished samples kept
        2026-11-23T02:45:12.135Z after 12 ms: cut off after samples/20261123T024512.123Z/sample.json; 1 finished sample kept
        2026-11-23T02:45:12.135Z after 12 ms: cut off in samples/20261123T024522.123Z/slow/early; 1 finished sample kept; left out: 1 unfinished sample with 0 whole files
        2026-11-23T02:45:32.135Z after 20012 ms: cut off after samples/20261123T024532.123Z/sample.json; 2 finished samples kept; left out: 1 unfinished sample with 1 whole file
        2026-11-23T02:45:32.135Z after 20012 ms: cut off after samples/20261123T024532.123Z/sample.json; 2 finished samples kept; left out: 1 unfinished sample with 1 whole file
        2026-11-23T02:45:34.123Z after 22000 ms: cut off after samples/20261123T024522.123Z/sample.json; 3 finished samples kept
        2026-11-23T02:45:42.123Z after 30000 ms: cut off after SHA256SUMS; 5 finished samples kept; the capture itself had ended (finished)
    "#]].assert_eq(&said);
}

#[test]
fn damage_in_the_middle_keeps_what_is_before() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, flushes) = made(place.path());
    // A block header behind the third flush.
    let mut bytes = whole.clone();
    let at = usize::try_from(flushes[2]).expect("small");
    bytes[at..at + 64].fill(0xff);
    let (recovered, found) = recovered(place.path(), &bytes).expect("recovered");
    assert_eq!(recovered.samples, 2);
    expect!["damaged after samples/20261123T024532.123Z/sample.json (zstd: Data corruption detected); 2 finished samples kept; left out: 1 unfinished sample with 1 whole file"].assert_eq(&recovered.loss.to_string());
    let mut found = files_in(&found);
    found.retain(|name, _| !["index.json", "SHA256SUMS"].contains(&name.as_str()));
    assert!(found == kept(files_in(&whole[..at])));
}

#[test]
fn a_file_that_does_not_fit_is_left_out_and_its_row_says_so() {
    let place = tempfile::tempdir().expect("a directory");
    let (whole, flushes) = made(place.path());
    // The artifact does not compress, so its bytes stand in the stream as they are: one of them
    // is another, and zstd would see that only at the end of the frame.
    let cut = usize::try_from(flushes[3]).expect("small");
    let mut bytes = whole[..cut].to_vec();
    let noise = crate::bundle::testing::noise(1, 150_000);
    let at = bytes.windows(64).position(|it| *it == noise[70_000..70_064]).expect("it is there");
    bytes[at] ^= 1;
    let (recovered, found) = recovered(place.path(), &bytes).expect("recovered");
    assert_eq!(recovered.samples, 3);
    expect![[r#"
        cut off after samples/20261123T024522.123Z/sample.json; 3 finished samples kept; left out: 1 file that did not fit `sample.json`
        [
            Misfit {
                name: "samples/20261123T024522.123Z/slow/early",
                why: "its SHA-256 is another",
            },
        ]"#]].assert_eq(&format!("{}\n{:#?}", recovered.loss, recovered.loss.misfits));
    let (mut found, mut expected) = (files_in(&found), kept(files_in(&whole[..cut])));
    found.retain(|name, _| !["index.json", "SHA256SUMS"].contains(&name.as_str()));
    let slow = "samples/20261123T024522.123Z";
    expected.remove(&format!("{slow}/slow/early")).expect("it was there");
    let [now, before] =
        [&mut found, &mut expected].map(|it| it.remove(&format!("{slow}/sample.json")));
    assert!(found == expected, "{:?}, not {:?}", found.keys(), expected.keys());
    let value: serde_json::Value = serde_json::from_slice(&now.expect("there")).expect("JSON");
    assert_ne!(serde_json::to_vec(&value).expect("JSON"), before.expect("there"));
    let text = serde_json::to_string_pretty(&value["rows"][0]).expect("JSON");
    expect![[r#"
        {
          "collector": "slow",
          "outcome": "partial",
          "started_ms": 0,
          "cost": {
            "wall_ms": 3,
            "cpu_us": 900,
            "max_rss_bytes": 4194304
          },
          "files": [
            {
              "name": "slow/late",
              "media_type": "text/plain",
              "bytes": 90000,
              "sha256": "3108237198b4852bdebc66efded3a6f77e09d32f36602d5a7af5635af19bbfe4"
            }
          ],
          "reason": "slow/early was damaged in the bundle, and left out when it was recovered",
          "problems": [
            {
              "outcome": "failed",
              "message": "slow/early was damaged in the bundle, and left out when it was recovered"
            }
          ]
        }"#]]
    .assert_eq(&text);
}

#[test]
fn a_cut_file_of_a_capture_stays_marked_as_cut() {
    use crate::bundle::testing::{capture, directory, file, options, row, time};
    use crate::units::Outcome;
    let place = tempfile::tempdir().expect("a directory");
    let mut writer = crate::bundle::writer::BundleWriter::create(
        options(place.path()),
        &capture(),
        "version: 1\n",
    )
    .expect("created");
    let cut = crate::bundle::index::File { cut: true, ..file("a/log", b"the begin") };
    writer.append(&directory(0), &cut, time(0), &mut &b"the begin"[..]).expect("appended");
    let sample = crate::bundle::index::Sample {
        index: 0,
        time: time(0),
        monotonic_ms: 0,
        boottime_ms: None,
        duration_ms: 5,
        rows: vec![row("a", Outcome::Timeout, vec![cut])],
    };
    writer.end_sample(&directory(0), &sample).expect("a sample");
    let bytes = fs::read(writer.partial_path()).expect("read");
    drop(writer);
    fs::remove_file(place.path().join(format!("{NAME}.partial"))).expect("removed");
    let (_, bytes) = recovered(place.path(), &bytes).expect("recovered");
    let index = files_in(&bytes).remove("index.json").expect("an index");
    let index: serde_json::Value = serde_json::from_slice(&index).expect("JSON");
    expect![[r#"[{"path":"capture.json","bytes":942},{"path":"manifest.yaml","bytes":11},{"path":"samples/20261123T024512.123Z/a/log","bytes":9,"cut":true},{"path":"samples/20261123T024512.123Z/sample.json","bytes":393}]"#]].assert_eq(&serde_json::to_string(&index["files"]).expect("JSON"));
}
