//! The table of mounts, taken apart, and which file systems answer without waiting for anybody.
//!
//! A plugin that asks for an attribute of a file on a dead server hangs until its worker is killed,
//! so it looks here first. The table of file systems names those that are known to answer from this
//! machine's memory or disks. It is a list of the allowed: a file system nobody here has heard of
//! may be a network's.

use std::collections::HashSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

/// File systems whose `getattr` needs no answer from a server or a daemon. `overlay` passes the
/// question to the layers below, mostly local ones.
const LOCAL: &[&str] = &[
    "bcachefs",
    "btrfs",
    "cramfs",
    "debugfs",
    "devtmpfs",
    "erofs",
    "exfat",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "hugetlbfs",
    "iso9660",
    "jffs2",
    "jfs",
    "minix",
    "msdos",
    "nilfs2",
    "ntfs3",
    "overlay",
    "proc",
    "ramfs",
    "reiserfs",
    "rootfs",
    "squashfs",
    "sysfs",
    "tmpfs",
    "tracefs",
    "ubifs",
    "udf",
    "vfat",
    "xfs",
    "zfs",
];

/// Whether attributes of a file on a file system of this type can be had without waiting.
#[must_use]
pub fn is_local(fs_type: &str) -> bool {
    LOCAL.contains(&fs_type)
}

/// One line of `/proc/PID/mountinfo`; see `proc_pid_mountinfo(5)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MountLine<'m> {
    /// Its number, in all mount namespaces.
    pub id: u64,
    /// The device of its file system, `major:minor`.
    pub device: &'m str,
    /// Where it is mounted, with space, tab, line feed and backslash written `\040` and so on.
    pub point: &'m str,
    /// The type of its file system.
    pub fs_type: &'m str,
    /// The options of its file system, the last field.
    pub options: &'m str,
}

impl<'m> MountLine<'m> {
    /// The lines of a whole table. A line that is not of the form
    /// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue` is passed
    /// over: its mount stays unknown.
    pub fn all(mountinfo: &'m [u8]) -> impl Iterator<Item = Self> {
        mountinfo.split(|byte| *byte == b'\n').filter_map(Self::parse)
    }

    fn parse(line: &'m [u8]) -> Option<Self> {
        let (mount, file_system) = std::str::from_utf8(line).ok()?.split_once(" - ")?;
        let mut mount = mount.split(' ');
        let mut file_system = file_system.split(' ');
        Some(MountLine {
            id: mount.next()?.parse().ok()?,
            device: mount.nth(1)?,
            point: mount.nth(1)?,
            fs_type: file_system.next()?,
            options: file_system.nth(1)?,
        })
    }

    /// [`point`](Self::point) as a path.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        let mut path = Vec::with_capacity(self.point.len());
        let mut rest = self.point.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let octal = after.get(..3).and_then(|it| std::str::from_utf8(it).ok());
            match octal.and_then(|it| u8::from_str_radix(it, 8).ok()).filter(|_| *first == b'\\') {
                Some(byte) => {
                    path.push(byte);
                    rest = &after[3..];
                }
                None => {
                    path.push(*first);
                    rest = after;
                }
            }
        }
        OsString::from_vec(path).into()
    }
}

/// Which paths of this process lead through file systems that may wait.
///
/// Not told by the parents in the table: a server may be mounted over a directory in which there
/// was a mount before, and a path to that goes through the server now.
#[derive(Debug)]
pub struct Barriers(HashSet<PathBuf>);

impl Barriers {
    /// Those of a table of mounts. With a line that cannot be read no path is free.
    #[must_use]
    pub fn of(mountinfo: &[u8]) -> Self {
        let is_odd = |line: &[u8]| !line.is_empty() && MountLine::parse(line).is_none();
        if mountinfo.split(|byte| *byte == b'\n').any(is_odd) {
            return Barriers(HashSet::from([PathBuf::from("/")]));
        }
        let waits = MountLine::all(mountinfo).filter(|it| !is_local(it.fs_type));
        Barriers(waits.map(|it| it.path()).collect())
    }

    /// Whether `path`, which has no links in it, can be walked without waiting for anybody.
    #[must_use]
    pub fn are_not_on(&self, path: &Path) -> bool {
        path.ancestors().all(|it| !self.0.contains(it))
    }
}

#[cfg(test)]
mod tests;
