//! Stores the kernel's slab caches and its counts of dentries, inodes and open files.
//!
//! They are read back to back: `dentry-state` says how many dentries are in use, which tells the
//! growth of the `dentry` cache in `slabinfo` apart from a harmless one. The first sample also has
//! what does not change, and what the names in `slabinfo` mean by:
//!
//! - `slab-aliases`: the links of `<sysfs>/kernel/slab`. The kernel keeps objects of equal size in
//!   one cache, and `slabinfo` shows one name for all: open sockets appear as `signal_cache`.
//!   One line for each link, `NAME -> TARGET` and a line feed, sorted by name; the target is what
//!   `readlink` gives, such as `:a-0000192`. Names with one target are one cache.
//! - `slab-reclaim-account`: for each cache one line, its directory's name, a tab, and its
//!   `reclaim_account`: 1 if the kernel counts it in `SReclaimable`, else 0.
//!
//! Both exist with `SLUB`'s part of sysfs (see `Documentation/ABI/testing/sysfs-kernel-slab`).
//! How many bytes a cache grew, and whose objects they are, is for the reader of the bundle.

use std::path::PathBuf;

use plugin_api::{Context, Error, Plugin, Source, Status, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

mod sysfs;

const SOURCES: &[Source] = &[
    Source { path: "slabinfo", name: "slabinfo", media_type: "text/x-linux-slabinfo", since: None },
    Source {
        path: "sys/fs/dentry-state",
        name: "dentry-state",
        media_type: "text/x-linux-dentry-state",
        since: None,
    },
    Source {
        path: "sys/fs/inode-nr",
        name: "inode-nr",
        media_type: "text/x-linux-inode-nr",
        since: None,
    },
    Source {
        path: "sys/fs/file-nr",
        name: "file-nr",
        media_type: "text/x-linux-file-nr",
        since: None,
    },
];

/// Where to read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Where procfs is mounted: `/host/proc` in a container that sees the host's.
    #[serde(default = "default_procfs")]
    procfs: PathBuf,
    /// Where sysfs is mounted: `/host/sys` in a container that sees the host's.
    #[serde(default = "default_sysfs")]
    sysfs: PathBuf,
}

fn default_procfs() -> PathBuf {
    "/proc".into()
}

fn default_sysfs() -> PathBuf {
    "/sys".into()
}

struct Slabinfo {
    config: Config,
    /// Whether the names of the caches are still to be taken.
    names_due: bool,
}

impl Plugin for Slabinfo {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        Ok(Slabinfo { config, names_due: true })
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let advice = "only root may read it: run as root to add it";
        context.copy_sources(&self.config.procfs, SOURCES, advice);
        if self.names_due && context.stopping() {
            let message = "kernel/slab: not read, the time was up; the next sample tries again";
            return Err(Error::new(Status::Stopped, message));
        }
        // What is denied once stays denied.
        if std::mem::take(&mut self.names_due) {
            sysfs::store_names(context, &self.config.sysfs.join("kernel/slab"))?;
        }
        Ok(())
    }
}

collector_plugin!(Slabinfo, "../plugin.json");

#[cfg(test)]
mod tests;
