//! The mounts that a scan has met, and whether procfs hides processes.

use std::collections::HashMap;
use std::sync::Mutex;

use plugin_api::mounts::MountLine;

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
        for mount in MountLine::all(mountinfo) {
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
    let mount = MountLine::all(mountinfo)
        .filter(|mount| mount.fs_type == "proc" && mount.point == mount_point)
        .last()?;
    let value = mount.options.split(',').find_map(|option| option.strip_prefix("hidepid="))?;
    (!matches!(value, "0" | "off" | "1" | "noaccess")).then_some(value)
}

#[cfg(test)]
mod tests;
