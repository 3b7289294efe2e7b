//! What the benchmarks share: a bundle to write to, and the memory that took.
//!
//! Measures nothing itself.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use collector_core::bundle::index::{Capture, Layout, Schedule, Tool};
use collector_core::bundle::layout::RootName;
use collector_core::bundle::writer::{BundleWriter, WriterOptions};
use collector_core::units::{Bytes, HostFacts, Timestamp};

/// A result whose error is only printed.
pub(crate) type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// A bundle in `directory` of a capture that began at `begun`.
pub(crate) fn create(directory: &Path, begun: DateTime<Utc>) -> Fallible<BundleWriter> {
    let options = WriterOptions {
        directory: directory.to_owned(),
        root: RootName::new("bench", None, begun),
        compression: 3,
        max_bytes: Bytes(4 << 30),
        min_free: Bytes(0),
    };
    let host = HostFacts {
        hostname: "bench".to_owned(),
        kernel_release: "6.1.0".to_owned(),
        kernel_version: String::new(),
        architecture: std::env::consts::ARCH.to_owned(),
        distribution: None,
        page_size: 4096,
        ticks_per_second: 100,
        cpus: 2,
        memory_bytes: None,
        boot_id: None,
        uptime_seconds: None,
        utc_offset_seconds: 0,
        uid: 0,
        capabilities: None,
        cgroup_version: None,
        container: None,
    };
    let capture = Capture {
        layout: Layout::CURRENT,
        bundle_id: "0".repeat(32),
        tool: Tool { name: "collector".to_owned(), version: "bench".to_owned(), pid: None },
        command_line: Vec::new(),
        case: None,
        started: Timestamp::new(begun),
        schedule: Schedule { every_ms: Some(1000), for_ms: None, samples: None },
        host,
        plan: Vec::new(),
    };
    Ok(BundleWriter::create(options, &capture, "version: 1\n")?)
}

/// The most resident memory this process had.
pub(crate) fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_else(|error| error.to_string());
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |it| it.trim().to_owned())
}
