//! A disk that is really full: a small tmpfs, or a small ext4 in a file, which take root to mount.

use std::fs::File;
use std::io::Write;
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
        let options = format!("size={size},mode=0700");
        let disk = SmallDisk { place: place.to_owned() };
        disk.mount(&["-t", "tmpfs", "-o", &options, "none"], "mounting a small disk takes root")?;
        Ok(disk)
    }

    /// Mounts an ext4 of `size`, made with these `options` of `mke2fs`, at `place`, which is
    /// created. It is in a file beside that.
    ///
    /// # Errors
    ///
    /// [`Missing`] where this process may not mount, or has no `mke2fs` or no loop device.
    pub(crate) fn ext4_at(place: &Path, size: &str, options: &[&str]) -> Result<Self, Missing> {
        std::fs::create_dir(place).expect("a new directory");
        let image = place.with_extension("ext4");
        let mut make = Command::new("sh");
        make.current_dir("/");
        // Found also where the PATH of an ordinary user leaves it out.
        make.args(["-c", "PATH=$PATH:/usr/sbin:/sbin; exec mke2fs \"$@\"", "sh"]);
        make.args(["-q", "-t", "ext4", "-m", "0"]).args(options).arg(&image).arg(size);
        if run(make, LIMIT).exit != 0 {
            return Err(Missing("no mke2fs that makes an ext4 like this"));
        }
        let disk = SmallDisk { place: place.to_owned() };
        let image = image.display().to_string();
        disk.mount(&["-o", "loop", &image], "mounting a file takes root and a loop device")?;
        Ok(disk)
    }

    /// Mounts it again with other `options`.
    ///
    /// # Errors
    ///
    /// [`Missing`] where the kernel does not know these.
    pub(crate) fn remount(&self, options: &str) -> Result<(), Missing> {
        self.mount(&["-o", &format!("remount,{options}")], "the kernel cannot remount like this")
    }

    fn mount(&self, arguments: &[&str], otherwise: &'static str) -> Result<(), Missing> {
        let mut mount = Command::new("mount");
        mount.current_dir("/").args(arguments).arg(&self.place);
        match run(mount, LIMIT).exit {
            0 => Ok(()),
            _ => Err(Missing(otherwise)),
        }
    }

    /// Writes all there is to a file on it, as another program would. Called again, it takes what
    /// has become free meanwhile.
    pub(crate) fn fill(&self) {
        let path = self.place.join("somebody-else");
        let mut file = File::options().create(true).append(true).open(path).expect("a file");
        // Down to the last block: large pieces first.
        for n_bytes in [1 << 20, 4096] {
            while file.write_all(&vec![7; n_bytes]).is_ok() {}
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
