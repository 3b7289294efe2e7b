//! What kind of file system a mount is, and whether its attributes can be had without waiting.
//!
//! The table names the file systems that are known to answer from this machine's memory. It is a
//! list of the allowed: a file system nobody here has heard of may be a network's.

use std::collections::HashMap;
use std::sync::Mutex;

/// File systems whose `getattr` needs no answer from a server or a daemon. `overlay` passes the
/// question to the layers below, mostly local ones; see [`sizes`](crate::sizes).
const LOCAL: &[&str] = &[
    "bcachefs",
    "btrfs",
    "cramfs",
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
    "ramfs",
    "reiserfs",
    "rootfs",
    "squashfs",
    "tmpfs",
    "ubifs",
    "udf",
    "vfat",
    "xfs",
    "zfs",
];

/// Whether attributes of a file on a file system of this type can be had without waiting.
pub(crate) fn is_local(fs_type: &str) -> bool {
    LOCAL.contains(&fs_type)
}

/// The mounts seen in one scan, of all mount namespaces: their ids are the kernel's own and
/// differ between namespaces.
#[derive(Debug, Default)]
pub(crate) struct Mounts(Mutex<HashMap<u64, Box<str>>>);

impl Mounts {
    /// The type of the file system of a mount, once it was [added](Self::add).
    pub(crate) fn fs_type(&self, mount_id: u64) -> Option<Box<str>> {
        self.lock().get(&mount_id).cloned()
    }

    /// Adds the mounts of a `mountinfo` text. A line that is not of its form is passed over: its
    /// mount stays unknown, which is the careful answer.
    pub(crate) fn add(&self, mountinfo: &[u8]) {
        let mut mounts = self.lock();
        for mount in entries(mountinfo) {
            mounts.insert(mount.id, mount.fs_type.into());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Box<str>>> {
        // An insertion is whole or absent, so a panic elsewhere does not spoil the map.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How processes are hidden from those who do not own them, if the procfs mounted at
/// `mount_point` does that: the value of its option `hidepid` (`2` or, from 5.8, `invisible` and
/// `ptraceable`). `noaccess` (`1`) hides none and only denies, which the scan meets itself.
pub(crate) fn hidepid<'m>(mountinfo: &'m [u8], mount_point: &str) -> Option<&'m str> {
    let mount = entries(mountinfo)
        .filter(|mount| mount.fs_type == "proc" && mount.point == mount_point)
        .last()?;
    let value = mount.options.split(',').find_map(|option| option.strip_prefix("hidepid="))?;
    (!matches!(value, "0" | "off" | "1" | "noaccess")).then_some(value)
}

/// One line of `mountinfo`.
struct Mount<'m> {
    id: u64,
    point: &'m str,
    fs_type: &'m str,
    /// Those of the file system, the last field.
    options: &'m str,
}

/// The lines of the form given in `proc_pid_mountinfo(5)`, such as
/// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
fn entries(mountinfo: &[u8]) -> impl Iterator<Item = Mount<'_>> {
    mountinfo.split(|byte| *byte == b'\n').filter_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        let (mount, file_system) = line.split_once(" - ")?;
        let mut mount = mount.split(' ');
        let mut file_system = file_system.split(' ');
        Some(Mount {
            id: mount.next()?.parse().ok()?,
            point: mount.nth(3)?,
            fs_type: file_system.next()?,
            options: file_system.nth(1)?,
        })
    })
}

#[cfg(test)]
mod tests;
