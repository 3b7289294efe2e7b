//! Stores the host's memory accounts as the kernel writes them.
//!
//! They are read back to back, because the accounts close only when they are of one moment:
//! `zoneinfo` has the free pages on per-CPU lists, which `MemFree` of `meminfo` leaves out. What
//! the numbers mean is for the reader of the bundle.

use std::path::PathBuf;

use plugin_api::{Context, Error, Plugin, Source, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

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
];

/// Where to read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// Where procfs is mounted: `/host/proc` in a container that sees the host's.
    #[serde(default = "default_procfs")]
    procfs: PathBuf,
}

fn default_procfs() -> PathBuf {
    "/proc".into()
}

struct Meminfo {
    procfs: PathBuf,
}

impl Plugin for Meminfo {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        Ok(Meminfo { procfs: config.procfs })
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        context.copy_sources(&self.procfs, SOURCES, "run as root to add it");
        Ok(())
    }
}

collector_plugin!(Meminfo, "../plugin.json");

#[cfg(test)]
mod tests;
