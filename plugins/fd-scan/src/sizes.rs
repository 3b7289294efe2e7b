//! The size of a deleted file, taken so that no file server can make the scan wait.
//!
//! A deleted file has no name any more; the only way to its attributes is `statx` through the
//! link `/proc/PID/fd/N`. For most files that reads the inode in memory. For a file of a dead NFS
//! server it may wait for ever, in two places:
//!
//! - `getattr` asks the server. `AT_STATX_DONT_SYNC` makes NFS and FUSE answer from what they
//!   have (`nfs_getattr`, `fuse_update_get_attr`).
//! - Before that, the walk of the path ends on a dentry it jumped to, which is revalidated first
//!   (`complete_walk` calls `d_weak_revalidate`), and the flag is not yet looked at. NFS asks the
//!   server there in older kernels (4.x), 9p does today, and overlayfs passes it to its layers.
//!
//! So the flag is not enough: the question is asked only where the mount is known to be of a
//! [local](is_local) file system. Alternatives that were rejected: `fstatfs` and `O_PATH` walk
//! the same path; the longest mount point that begins the link text is wrong for a file of
//! another mount namespace, below a `chroot`, and on a mount detached by `umount -l`, which is
//! how administrators leave a dead NFS mount behind. `/proc/PID/fdinfo/N` names the mount's id
//! without touching the file, and `/proc/PID/mountinfo` the type of that mount; a detached mount
//! is not in it and therefore unknown.
//!
//! Reading `fdinfo` costs the kernel 0.9 KiB of reclaimable slab per file, so it is read once for
//! a run of descriptors of one process and one directory: a leak of one file by the thousand costs
//! one. Where that guess is wrong, or a descriptor was given to another file in between, the flag
//! is the second line of defense.
//!
//! What remains: an overlay with a layer on a network, which is rare and not looked into. The
//! deadline of the worker bounds it, because waiting for NFS can be killed.
//!
//! Files of `memfd_create` are on a mount of the kernel's own, which no mountinfo shows; they are
//! shared memory and known by their text.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::fs::File;
use std::io::Read;

use plugin_api::mounts::is_local;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, StatxFlags, openat, statx};

use crate::mounts::Mounts;
use crate::process::{Process, read_small};

/// What the kernel appends to the path of a file without a name.
const DELETED: &[u8] = b" (deleted)";
/// How the kernel names the files of `memfd_create`.
const MEMFD: &[u8] = b"/memfd:";
/// A host of many containers has thousands of mounts of some 200 bytes; what is beyond this stays
/// unknown.
const MAX_MOUNTINFO_BYTES: u64 = 16 * 1024 * 1024;

/// The attributes of a deleted regular file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deleted {
    pub(crate) size_bytes: u64,
    pub(crate) blocks_512: u64,
    pub(crate) device_major: u32,
    pub(crate) device_minor: u32,
    pub(crate) inode: u64,
    pub(crate) links: u32,
}

/// Takes sizes; one per thread.
#[derive(Debug)]
pub(crate) struct Sizes<'m> {
    mounts: &'m Mounts,
    /// Of the last descriptor: its process, directory, and what was found about them.
    last: Option<(u32, Vec<u8>, Mount)>,
    /// Deleted files that were not asked, by the type of their file system.
    pub(crate) not_taken: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Mount {
    Local,
    /// Of this file system, which may wait.
    Other(Box<str>),
    /// Detached, of a kernel that does not tell (before 3.15), or denied.
    Unknown,
}

impl<'m> Sizes<'m> {
    pub(crate) fn new(mounts: &'m Mounts) -> Self {
        Sizes { mounts, last: None, not_taken: BTreeMap::new() }
    }

    /// The attributes of the file of a descriptor, if its link text says that it is deleted and it
    /// is a regular file that can be asked. `name` is the descriptor's number.
    pub(crate) fn take(&mut self, process: &Process, name: &CStr, link: &[u8]) -> Option<Deleted> {
        let path = link.strip_suffix(DELETED).filter(|path| path.starts_with(b"/"))?;
        if !path.starts_with(MEMFD) {
            let fs_type = match self.mount(process, name, path) {
                Mount::Local => None,
                Mount::Other(fs_type) => Some(&**fs_type),
                Mount::Unknown => Some("an unknown mount"),
            };
            if let Some(fs_type) = fs_type {
                let fs_type = fs_type.to_owned();
                *self.not_taken.entry(fs_type).or_default() += 1;
                return None;
            }
        }
        ask(process, name)
    }

    fn mount(&mut self, process: &Process, name: &CStr, path: &[u8]) -> &Mount {
        let slash = path.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
        let directory = &path[..slash];
        let known =
            matches!(&self.last, Some((pid, last, _)) if *pid == process.pid && last == directory);
        if !known {
            let mount = self.look_up(process, name);
            self.last = Some((process.pid, directory.to_vec(), mount));
        }
        self.last.as_ref().map_or(&Mount::Unknown, |(_, _, mount)| mount)
    }

    fn look_up(&self, process: &Process, name: &CStr) -> Mount {
        let Some(id) = mount_id(process, name) else { return Mount::Unknown };
        if self.mounts.fs_type(id).is_none() && process.take_mounts_wanted() {
            self.mounts.add(&mountinfo(process));
        }
        match self.mounts.fs_type(id) {
            Some(fs_type) if is_local(&fs_type) => Mount::Local,
            Some(fs_type) => Mount::Other(fs_type),
            None => Mount::Unknown,
        }
    }
}

/// The id of the mount a descriptor's file is on. It stands in the first lines of `fdinfo`.
fn mount_id(process: &Process, name: &CStr) -> Option<u64> {
    let path = [b"fdinfo/", name.to_bytes()].concat();
    let mut text = [0; 512];
    let text = read_small(process.directory(), path, &mut text).ok()?;
    let text = text.split(|byte| *byte == b'\n').find_map(|it| it.strip_prefix(b"mnt_id:"))?;
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

/// The process's table of mounts; empty when it cannot be read, so that its mounts stay unknown.
fn mountinfo(process: &Process) -> Vec<u8> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let mut text = Vec::new();
    if let Ok(file) = openat(process.directory(), "mountinfo", flags, Mode::empty()) {
        // What was read before an error are whole lines of mounts, and a cut line is passed over.
        let _ = File::from(file).take(MAX_MOUNTINFO_BYTES).read_to_end(&mut text);
    }
    text
}

fn ask(process: &Process, name: &CStr) -> Option<Deleted> {
    let flags = AtFlags::STATX_DONT_SYNC | AtFlags::NO_AUTOMOUNT;
    let mask = StatxFlags::TYPE
        | StatxFlags::SIZE
        | StatxFlags::BLOCKS
        | StatxFlags::INO
        | StatxFlags::NLINK;
    let stat = statx(process.descriptors(), name, flags, mask).ok()?;
    let is_file = FileType::from_raw_mode(stat.stx_mode.into()) == FileType::RegularFile;
    is_file.then_some(Deleted {
        size_bytes: stat.stx_size,
        blocks_512: stat.stx_blocks,
        device_major: stat.stx_dev_major,
        device_minor: stat.stx_dev_minor,
        inode: stat.stx_ino,
        links: stat.stx_nlink,
    })
}
