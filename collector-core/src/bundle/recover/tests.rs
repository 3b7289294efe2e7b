//! Bundles cut at many bytes, damaged, and files that are no bundles.

mod cuts;
mod refusals;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::bundle::index::Sample;
use crate::bundle::testing::{
    add_sample, add_small_sample, capture, directory, ending, file, noise, options, row, text, time,
};
use crate::bundle::writer::BundleWriter;
use crate::units::Outcome;

/// A bundle of five samples, small and large, two of which overlap, and the lengths it had after
/// each flush.
fn made(place: &Path) -> (Vec<u8>, Vec<u64>) {
    let mut writer =
        BundleWriter::create(options(place), &capture(), "version: 1\n").expect("created");
    let mut flushes = vec![writer.written().0];
    add_small_sample(&mut writer, 0);
    flushes.push(writer.written().0);
    // A slow collector of the second sample is not done when the third one is.
    let (early, late) = (noise(1, 150_000), noise(2, 90_000));
    let files = [file("slow/early", &early), file("slow/late", &late)];
    let slow = directory(10_000);
    writer.append(&slow, &files[0], time(10_000), &mut &*early).expect("appended");
    add_small_sample(&mut writer, 2);
    flushes.push(writer.written().0);
    writer.append(&slow, &files[1], time(10_000), &mut &*late).expect("appended");
    let rows = vec![row("slow", Outcome::Ok, files.into())];
    let sample = Sample {
        index: 1,
        time: time(10_000),
        monotonic_ms: 10_000,
        boottime_ms: None,
        duration_ms: 12_000,
        rows,
    };
    writer.end_sample(&slow, &sample).expect("a sample");
    flushes.push(writer.written().0);
    let large = text(3, 5_000);
    add_sample(&mut writer, 30_000, &[("meminfo/large", &large)]).expect("a sample");
    flushes.push(writer.written().0);
    add_small_sample(&mut writer, 4);
    flushes.push(writer.written().0);
    let path = writer.finish(ending()).expect("finished").path;
    let bytes = fs::read(&path).expect("read");
    fs::remove_file(path).expect("removed");
    (bytes, flushes)
}

/// The name of the bundles here.
const NAME: &str = "web1-ACME-1234-20261123T024512Z.tar.zst";

/// Saves `bytes` as a bundle that was cut.
fn save(place: &Path, bytes: &[u8]) -> PathBuf {
    let path = place.join(format!("{NAME}.partial"));
    fs::write(&path, bytes).expect("written");
    path
}

/// All whole files of a stream, read with `zstd` and `tar` alone.
fn files_in(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut stream = Vec::new();
    // It ends with an error where the bytes are cut.
    let _ = zstd::Decoder::new(bytes).expect("a decoder").read_to_end(&mut stream);
    let mut archive = tar::Archive::new(stream.as_slice());
    let mut files = BTreeMap::new();
    for entry in archive.entries().expect("entries") {
        let Ok(mut entry) = entry else { break };
        let name = entry.path().expect("a path").display().to_string();
        let mut content = Vec::new();
        let is_file = entry.header().entry_type().is_file();
        if entry.read_to_end(&mut content).is_err() || content.len() as u64 != entry.size() {
            break;
        }
        if let Some((_, name)) = name.split_once('/').filter(|_| is_file) {
            files.insert(name.to_owned(), content);
        }
    }
    files
}

/// Of these, what a recovered bundle holds: without index and sums, and without the files of
/// samples that were not finished.
fn kept(mut files: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let names: Vec<String> = files.keys().cloned().collect();
    files.retain(|name, _| match name.split('/').collect::<Vec<_>>().as_slice() {
        ["samples", sample, ..] => names.contains(&format!("samples/{sample}/sample.json")),
        [name] => !["index.json", "SHA256SUMS"].contains(name),
        _ => true,
    });
    files
}
