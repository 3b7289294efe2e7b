//! What happens on a disk that is really full: a small tmpfs, which takes root to mount.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::bundle::testing::{
    SmallDisk, add_sample, add_small_sample, capture, directory, ending, file, noise, options, time,
};
use crate::bundle::verify::verify;
use crate::bundle::writer::{BundleWriter, WriteError};

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
fn a_disk_that_somebody_else_fills_keeps_every_finished_sample() {
    let Some(disk) = SmallDisk::new() else { return };
    let path = disk.path();
    let mut writer = BundleWriter::create(options(&path), &capture(), "").expect("created");
    add_small_sample(&mut writer, 0);
    add_small_sample(&mut writer, 1);
    let noise = noise(1, 400_000);
    let promised = file("a/noise", &noise);
    let mut content = Filler { disk: &path, content: &noise };
    let error = writer
        .append(&directory(20_000), &promised, time(20_000), &mut content)
        .and_then(|()| add_sample(&mut writer, 20_000, &[]).map(drop))
        .expect_err("the disk is full");
    let said = error.to_string();
    assert!(said.contains("0 B are free on its disk") && said.contains("bundle recover"), "{said}");
    assert!(matches!(writer.finish(ending()), Err(WriteError::GivenUp { .. })));
    let partial = path.join("web1-ACME-1234-20261123T024512Z.tar.zst.partial");
    let verdict = verify(&partial).expect("readable");
    assert_eq!((verdict.samples, verdict.damage), (2, None));
}
