//! Lists the open descriptors of every process, and the kernel's tables of sockets and locks beside them.
//!
//! `fds.tsv` has one line per descriptor with the link text of `/proc/PID/fd/N` as the kernel
//! gives it, ` (deleted)` included: whether a file named `x (deleted)` was deleted is for the
//! reader of the bundle to judge, who can see the whole. The columns are described in `row`.
//! The tables of `/proc/net` are copied as they are; a reader joins them by the inode of
//! `socket:[INODE]`. They are those of one network namespace, the collector's own. `locks`
//! is `/proc/locks`, which has the process of each lock. Of descriptors that watch files `fdinfo` has
//! the watches (`watches`).
//!
//! Links are read and never followed, with one guarded exception: the size of a deleted file can
//! only be learned through its descriptor (`sizes` says why that cannot hang). Descriptors a
//! thread holds apart from its process (`unshare(CLONE_FILES)`) are not listed.
//!
//! Reading order: `scan` drives; `queue` hands out units of work in order of pid and
//! descriptor; `output` puts the lines back into that order.

#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod locks;
mod mounts;
mod output;
mod process;
mod queue;
mod row;
mod scan;
mod sizes;
mod told;
mod watches;

use std::path::PathBuf;

use plugin_api::{Context, Error, Plugin, Processes, Source, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

/// Below `<procfs>/net`; every one of them is missing in some kernel.
const SOCKETS: &[Source] = &[
    socket("net/tcp", "net-tcp", "text/x-linux-net-tcp", "CONFIG_INET"),
    socket("net/tcp6", "net-tcp6", "text/x-linux-net-tcp6", "CONFIG_IPV6, unless it is disabled"),
    socket("net/udp", "net-udp", "text/x-linux-net-udp", "CONFIG_INET"),
    socket("net/udp6", "net-udp6", "text/x-linux-net-udp6", "CONFIG_IPV6, unless it is disabled"),
    socket("net/unix", "net-unix", "text/x-linux-net-unix", "CONFIG_UNIX"),
    socket("net/packet", "net-packet", "text/x-linux-net-packet", "CONFIG_PACKET, when loaded"),
];

const fn socket(
    path: &'static str,
    name: &'static str,
    media_type: &'static str,
    since: &'static str,
) -> Source {
    Source { path, name, media_type, since: Some(since) }
}

/// What to scan, and how much of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Where procfs is mounted: `/host/proc` in a container that sees the host's.
    #[serde(default = "default_procfs")]
    procfs: PathBuf,
    /// Process ids and command names; in a name `*` stands for any characters and `?` for one.
    /// Empty means every process. The kernel keeps 15 bytes of a command's name; a longer one
    /// without those signs is compared up to there.
    #[serde(default)]
    processes: Processes,
    /// How many descriptors are listed at most; how many were left out is told.
    #[serde(default = "default_max_rows")]
    max_rows: u64,
    /// Threads that scan.
    #[serde(default = "default_threads")]
    #[schemars(range(min = 1, max = 8))]
    threads: usize,
}

fn default_procfs() -> PathBuf {
    "/proc".into()
}

fn default_max_rows() -> u64 {
    1_000_000
}

fn default_threads() -> usize {
    2
}

struct FdScan {
    config: Config,
}

impl Plugin for FdScan {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        if (1..=8).contains(&config.threads) {
            Ok(FdScan { config })
        } else {
            Err(Error::bad_config(format!("threads: {} is not within 1..=8", config.threads)))
        }
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        // The tables first: they are quick, and a scan that runs out of time must not cost them.
        context.copy_sources(&self.config.procfs, SOCKETS, "run as root to add it");
        locks::store(&self.config.procfs, context)?;
        scan::scan(&self.config, context)
    }
}

collector_plugin!(FdScan, "../plugin.json");

#[cfg(test)]
mod tests;
