//! A disk that is really full: a small tmpfs, which takes root to mount.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Missing;
use super::run::{LIMIT, run};

/// The disk, mounted. Dropping it unmounts it, with all that is on it.
#[derive(Debug)]
pub(crate) struct SmallDisk {
    place: PathBuf,
}

impl SmallDisk {
    /// Mounts one of `size`, such as `2m`, at `place`, which is created. Other options may follow,
    /// as in `2m,noexec`.
    ///
    /// # Errors
    ///
    /// [`Missing`] where this process may not mount.
    pub(crate) fn at(place: &Path, size: &str) -> Result<Self, Missing> {
        std::fs::create_dir(place).expect("a new directory");
        let mut mount = Command::new("mount");
        mount.current_dir("/").args(["-t", "tmpfs", "-o", &format!("size={size},mode=0700")]);
        mount.arg("none").arg(place);
        match run(mount, LIMIT).exit {
            0 => Ok(SmallDisk { place: place.to_owned() }),
            _ => Err(Missing("mounting a small disk takes root")),
        }
    }

    /// Bytes that may still be written to it.
    pub(crate) fn free_bytes(&self) -> u64 {
        let disk = rustix::fs::statvfs(&self.place).expect("a mounted disk");
        disk.f_bavail * disk.f_frsize
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let mut unmount = Command::new("umount");
        // Also when a failed test has left something that holds it.
        unmount.current_dir("/").arg("--lazy").arg(&self.place);
        // The directory cannot be removed then, which is no reason for a second panic.
        let _ = unmount.output();
    }
}
