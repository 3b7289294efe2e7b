//! What happens on a disk that is really full: a small tmpfs, which takes root to mount.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::bundle::index::Sample;
use crate::bundle::testing::{
    SmallDisk, add_sample, add_small_sample, capture, directory, end_sample, ending, file, noise,
    options, row, shell, time,
};
use crate::bundle::verify::verify;
use crate::bundle::writer::{BundleWriter, Room, WriteError};
use crate::units::{Outcome, hex};

#[test]
fn a_disk_that_fills_up_slowly_ends_in_a_proper_bundle() {
    let Some(disk) = SmallDisk::new() else { return };
    let mut writer = BundleWriter::create(options(&disk.path()), &capture(), "").expect("created");
    let mut n_samples = 0;
    let error = loop {
        let noise = noise(n_samples, 150_000);
        let ms = i64::try_from(n_samples).expect("small") * 1000;
        match add_sample(&mut writer, ms, &[("a/noise", &noise)]) {
            Ok(_) => n_samples += 1,
            Err(error) => break error,
        }
        assert!(n_samples < 20, "1 MiB took it all");
    };
    assert!(matches!(error, WriteError::NoRoom { .. }) && n_samples > 2, "{error}");
    let finished = writer.finish(ending()).expect("finished");
    let verdict = verify(&finished.path).expect("readable");
    assert!(verdict.is_good() && verdict.samples == n_samples, "{verdict:?}");
}

/// Content that fills the disk while it is read.
struct Filler<'a> {
    disk: &'a Path,
    content: &'a [u8],
}

impl Read for Filler<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.content.len() > buffer.len() {
            // It fails, once it has taken all there is.
            let _ = fs::write(self.disk.join("somebody-else"), vec![0; 2 << 20]);
        }
        self.content.read(buffer)
    }
}

#[test]
fn what_was_begun_fits_also_on_a_disk_that_somebody_else_fills() {
    let Some(disk) = SmallDisk::new() else { return };
    let path = disk.path();
    let mut writer = BundleWriter::create(options(&path), &capture(), "").expect("created");
    add_small_sample(&mut writer, 0);
    add_small_sample(&mut writer, 1);
    let noise = noise(1, 400_000);
    let promised = file("a/noise", &noise);
    let mut content = Filler { disk: &path, content: &noise };
    writer.append(&directory(20_000), &promised, time(20_000), &mut content).expect("reserved");
    assert_eq!(free_bytes(&path), 0);
    let room = end_sample(&mut writer, 20_000, vec![promised]).expect("there is room for its end");
    assert_eq!(
        room.to_string(),
        "the disk has 0 B free; make room, or name another disk with --output"
    );
    // The disk stays full, and the end fits all the same.
    let finished = writer.finish(ending()).expect("finished");
    let verdict = verify(&finished.path).expect("readable");
    assert!(verdict.is_good() && verdict.samples == 3, "{verdict:?}");
    assert!(free_bytes(&path) > 0, "what was not needed is given back");
}

/// What plugins say has no bound that the end of a bundle could be given.
#[test]
fn a_sample_on_a_full_disk_lacks_what_its_plugins_said() {
    let Some(disk) = SmallDisk::new() else { return };
    let path = disk.path();
    let mut writer = BundleWriter::create(options(&path), &capture(), "").expect("created");
    let filled = fs::write(path.join("somebody-else"), vec![0; 2 << 20]);
    assert!(filled.is_err(), "it takes all there is");
    let mut talkative = row("talkative", Outcome::Failed, Vec::new());
    talkative.stderr = Some(hex(&noise(1, 200_000)));
    let sample = Sample {
        index: 0,
        time: time(0),
        monotonic_ms: 0,
        boottime_ms: None,
        duration_ms: 1,
        rows: vec![talkative],
    };
    let room = writer.end_sample(&directory(0), &sample).expect("its row is stored");
    assert!(matches!(room, Room::Disk(_)), "{room}");
    let finished = writer.finish(ending()).expect("finished");
    let verdict = verify(&finished.path).expect("readable");
    assert!(verdict.is_good() && verdict.samples == 1, "{verdict:?}");
    let (_, text) = shell(&path, "tar --zstd -xOf *.tar.zst --wildcards '*/sample.json'");
    let told = "its log and its output were not stored: the disk has 0 B free; make room, or";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_disk_without_room_for_an_end_gets_no_beginning() {
    let Some(disk) = SmallDisk::new() else { return };
    let path = disk.path();
    fs::write(path.join("somebody-else"), vec![0; (1 << 20) - 70_000]).expect("room for it");
    let error = BundleWriter::create(options(&path), &capture(), "").expect_err("no room");
    assert!(matches!(error, WriteError::NoRoom { .. }), "{error}");
    assert_eq!(fs::read_dir(&path).expect("a directory").count(), 1, "nothing new is there");
}

fn free_bytes(path: &Path) -> u64 {
    let disk = rustix::fs::statvfs(path).expect("a mounted disk");
    disk.f_bavail * disk.f_frsize
}
