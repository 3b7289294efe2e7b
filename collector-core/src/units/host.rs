//! What is known of the host a capture was taken on, as values.
//!
//! `plan::host` fills it in on the customer's machine, the bundle carries it, and the analysis
//! takes page size, kernel and boot from it and never from the machine it runs on.

use serde::{Deserialize, Serialize};

/// The host at the start of a capture. What could not be read is `None`, never a made-up value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HostFacts {
    /// Name of the host, as `uname -n` gives it.
    pub hostname: String,
    /// Kernel release, as `uname -r`.
    pub kernel_release: String,
    /// Kernel build, as `uname -v`.
    pub kernel_version: String,
    /// Machine, as `uname -m`.
    pub architecture: String,
    /// `PRETTY_NAME` of `/etc/os-release`.
    pub distribution: Option<String>,
    /// Bytes of a page of memory.
    pub page_size: u64,
    /// Clock ticks per second, the unit of times in `/proc/PID/stat`.
    pub ticks_per_second: u64,
    /// Processors on line.
    pub cpus: u64,
    /// `MemTotal` in bytes.
    pub memory_bytes: Option<u64>,
    /// `/proc/sys/kernel/random/boot_id`: another one means the host was booted in between.
    pub boot_id: Option<String>,
    /// Seconds since boot at the start of the capture.
    pub uptime_seconds: Option<u64>,
    /// Offset of the local time zone from UTC, in seconds east.
    pub utc_offset_seconds: i32,
    /// Effective user of the collector.
    pub uid: u32,
    /// Effective capabilities of the collector, as the 64-bit mask of `CapEff`, in hexadecimal.
    pub capabilities: Option<String>,
    /// Version of the cgroup hierarchy processes live in: 1, 2, or none mounted.
    pub cgroup_version: Option<u8>,
    /// The container runtime the collector runs in, where it can be told.
    pub container: Option<String>,
}
