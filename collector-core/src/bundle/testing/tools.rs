//! What tests need of the system: a shell with real tools, and a disk that is really full.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a shell line in `directory`; its output, errors included, and whether it succeeded.
pub(crate) fn shell(directory: &Path, line: &str) -> (bool, String) {
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; umask 022; {line}")])
        .current_dir(directory)
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .output()
        .expect("a shell");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A disk of 1 MiB that goes away with the value: a small tmpfs, which takes root to mount.
pub(crate) struct SmallDisk {
    place: tempfile::TempDir,
}

impl SmallDisk {
    pub(crate) fn new() -> Option<Self> {
        let place = tempfile::tempdir().expect("a directory");
        let (is_mounted, why) = shell(place.path(), "mkdir m && mount -t tmpfs -o size=1m none m");
        if !is_mounted {
            eprintln!("skipped: mounting a small disk takes root: {why}");
        }
        is_mounted.then_some(SmallDisk { place })
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.place.path().join("m")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also when a failed test has left something that holds it.
        shell(self.place.path(), "umount -l m");
    }
}
