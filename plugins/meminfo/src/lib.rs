//! Stores the host's memory accounts as the kernel writes them.
//!
//! They are read back to back, because the accounts close only when they are of one moment:
//! `zoneinfo` has the free pages on per-CPU lists, which `MemFree` of `meminfo` leaves out. After
//! them comes who may hold what they count: segments of shared memory, tmpfs (`tmpfs` says how),
//! control groups, the tracing buffer. What the numbers mean is for the reader of the bundle.
//!
//! The directories of control groups are not counted: to look at them the kernel makes an inode and
//! a name for each, and the collector would add to the slab that it measures. `cgroup.stat` of
//! version 2 tells how many there are and how many are dying; version 1 tells only their sum.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use plugin_api::mounts::Barriers;
use plugin_api::{Context, Error, Plugin, Source, Status, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

mod tmpfs;
mod tracing;

/// In the order of reading: the three of the identity first.
const SOURCES: &[Source] = &[
    Source { path: "meminfo", name: "meminfo", media_type: "text/x-linux-meminfo", since: None },
    Source { path: "zoneinfo", name: "zoneinfo", media_type: "text/x-linux-zoneinfo", since: None },
    Source { path: "vmstat", name: "vmstat", media_type: "text/x-linux-vmstat", since: None },
    Source {
        path: "vmallocinfo",
        name: "vmallocinfo",
        media_type: "text/x-linux-vmallocinfo",
        since: Some("CONFIG_MMU"),
    },
    Source {
        path: "net/sockstat",
        name: "sockstat",
        media_type: "text/x-linux-sockstat",
        since: Some("CONFIG_INET"),
    },
    Source {
        path: "pressure/memory",
        name: "pressure-memory",
        media_type: "text/x-linux-pressure",
        since: Some("CONFIG_PSI (4.20)"),
    },
    Source {
        path: "swaps",
        name: "swaps",
        media_type: "text/x-linux-swaps",
        since: Some("CONFIG_SWAP"),
    },
    Source {
        path: "sysvipc/shm",
        name: "sysvipc-shm",
        media_type: "text/x-linux-sysvipc-shm",
        since: Some("CONFIG_SYSVIPC"),
    },
    Source {
        path: "cgroups",
        name: "cgroups",
        media_type: "text/x-linux-cgroups",
        since: Some("CONFIG_CGROUPS"),
    },
];

/// Below sysfs.
const CONTROL_GROUPS: &[Source] = &[Source {
    path: "fs/cgroup/cgroup.stat",
    name: "cgroup-stat",
    media_type: "text/x-linux-cgroup-stat",
    since: Some("control groups of version 2 (4.14)"),
}];

const ADVICE: &str = "run as root to add it";

/// A table of mounts that is longer is not read: in what is left out may be what hangs.
const MAX_MOUNTINFO_BYTES: u64 = 16 * 1024 * 1024;

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

struct Meminfo {
    config: Config,
}

impl Plugin for Meminfo {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        Ok(Meminfo { config })
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        context.copy_sources(&self.config.procfs, SOURCES, ADVICE);
        if context.stopping() {
            let message = "self/mountinfo: not read, the time was up";
            return Err(Error::new(Status::Stopped, message));
        }
        let mountinfo = mountinfo(&self.config.procfs.join("self/mountinfo"))?;
        context.copy_sources(&self.config.sysfs, CONTROL_GROUPS, ADVICE);
        let barriers = Barriers::of(&mountinfo);
        tmpfs::store(context, &mountinfo, &barriers);
        tracing::store(context, &mountinfo, &barriers);
        Ok(())
    }
}

/// The mounts of the collector's mount namespace.
fn mountinfo(path: &Path) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    let read =
        File::open(path).and_then(|file| file.take(MAX_MOUNTINFO_BYTES + 1).read_to_end(&mut text));
    let n_bytes = read.map_err(|error| Error::reading(path, &error))?;
    if n_bytes as u64 > MAX_MOUNTINFO_BYTES {
        let place = path.display();
        let text =
            format!("{place}: longer than {MAX_MOUNTINFO_BYTES} bytes, so no tmpfs is asked");
        return Err(Error::new(Status::Partial, text));
    }
    Ok(text)
}

collector_plugin!(Meminfo, "../plugin.json");

#[cfg(test)]
mod tests;
