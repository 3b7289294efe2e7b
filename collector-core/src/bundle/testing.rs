//! Bundles made for tests, the same bytes every time.

mod tools;

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

use super::index::{
    Capture, Cost, EndReason, File, Layout, Limits, PlannedItem, Row, Sample, Schedule, Tool,
};
use super::layout::{self, RootName};
use super::writer::{BundleWriter, Ending, Finished, Room, WriteError, WriterOptions};
use crate::units::{Bytes, HostFacts, Outcome, Timestamp, hex};

pub(crate) use self::tools::{SmallDisk, shell};

/// The start of every capture here.
pub(crate) const START_MS: i64 = 1_795_401_912_123;

pub(crate) fn time(ms: i64) -> Timestamp {
    Timestamp::new(chrono::DateTime::from_timestamp_millis(START_MS + ms).expect("a moment"))
}

pub(crate) fn directory(ms: i64) -> String {
    layout::sample_directory(time(ms).date_time())
}

pub(crate) fn options(directory: &Path) -> WriterOptions {
    WriterOptions {
        directory: directory.to_owned(),
        root: RootName::new("web1", Some("ACME-1234"), time(0).date_time()),
        compression: 3,
        max_bytes: Bytes(1 << 30),
        min_free: Bytes(0),
    }
}

pub(crate) fn capture() -> Capture {
    let item = |name: &str| PlannedItem {
        collector: name.to_owned(),
        plugin: name.to_owned(),
        every_ms: None,
        limits: Limits { timeout_ms: 30_000, max_bytes: 1 << 28, max_memory_bytes: 1 << 28 },
        plugin_version: Some("0.1.0".to_owned()),
        library: None,
        rights: None,
        refused: None,
    };
    Capture {
        layout: Layout::CURRENT,
        bundle_id: "0123456789abcdef0123456789abcdef".to_owned(),
        tool: Tool { name: "collector".to_owned(), version: "0.1.0".to_owned(), pid: None },
        command_line: vec!["collector".to_owned(), "run".to_owned()],
        case: Some("ACME-1234".to_owned()),
        started: time(0),
        schedule: Schedule { every_ms: Some(10_000), for_ms: None, samples: Some(3) },
        host: HostFacts {
            hostname: "web1".to_owned(),
            kernel_release: "6.1.0-18-amd64".to_owned(),
            kernel_version: "#1 SMP Debian 6.1.76-1".to_owned(),
            architecture: "x86_64".to_owned(),
            distribution: Some("Debian GNU/Linux 12 (bookworm)".to_owned()),
            page_size: 4096,
            ticks_per_second: 100,
            cpus: 2,
            memory_bytes: Some(8 << 30),
            boot_id: None,
            uptime_seconds: Some(86_400),
            utc_offset_seconds: 0,
            uid: 0,
            capabilities: None,
            cgroup_version: Some(2),
            container: None,
        },
        plan: ["meminfo", "slabinfo"].map(item).into(),
    }
}

pub(crate) fn file(name: &str, content: &[u8]) -> File {
    File {
        name: name.to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: content.len() as u64,
        sha256: hex(&Sha256::digest(content)),
        cut: false,
    }
}

pub(crate) fn row(collector: &str, outcome: Outcome, files: Vec<File>) -> Row {
    Row {
        collector: collector.to_owned(),
        outcome,
        reason: (outcome != Outcome::Ok).then(|| "/proc/slabinfo: permission denied".to_owned()),
        problems: Vec::new(),
        log: Vec::new(),
        started_ms: Some(0),
        cost: Some(Cost { wall_ms: 3, cpu_us: Some(900), max_rss_bytes: Some(4 << 20) }),
        files,
        stderr: None,
    }
}

pub(crate) fn ending() -> Ending {
    Ending {
        reason: EndReason::Finished,
        detail: None,
        ended: time(30_000),
        duration_ms: 30_000,
        cost: None,
    }
}

/// Stores `contents` as one sample at `ms` after the start, and ends it.
pub(crate) fn add_sample(
    writer: &mut BundleWriter,
    ms: i64,
    contents: &[(&str, &[u8])],
) -> Result<Room, WriteError> {
    let sample = directory(ms);
    let mut files = Vec::new();
    for (name, content) in contents {
        let file = file(name, content);
        writer.append(&sample, &file, time(ms), &mut &**content)?;
        files.push(file);
    }
    end_sample(writer, ms, files)
}

/// Ends the sample at `ms` after the start, whose `files` are stored.
pub(crate) fn end_sample(
    writer: &mut BundleWriter,
    ms: i64,
    files: Vec<File>,
) -> Result<Room, WriteError> {
    let since_start = u64::try_from(ms).expect("after the start");
    let rows =
        vec![row("meminfo", Outcome::Ok, files), row("slabinfo", Outcome::Denied, Vec::new())];
    writer.end_sample(
        &directory(ms),
        &Sample {
            index: since_start / 10_000,
            time: time(ms),
            monotonic_ms: since_start,
            boottime_ms: None,
            duration_ms: 12,
            rows,
        },
    )
}

/// A text of about `n_lines` * 30 bytes that differs a little from seed to seed.
pub(crate) fn text(seed: u64, n_lines: u64) -> Vec<u8> {
    let mut text = String::new();
    for line in 0..n_lines {
        let value = if line % 50 == 0 { seed.wrapping_mul(7919) + line } else { line * 31 };
        text.push_str(&format!("{line:<8} cache_{line} {value:>10}\n"));
    }
    text.into_bytes()
}

/// Bytes that do not compress.
pub(crate) fn noise(seed: u64, n_bytes: usize) -> Vec<u8> {
    let mut state = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..n_bytes).map(|_| next()).collect()
}

/// A finished bundle of three samples in `directory`.
pub(crate) fn small_bundle(directory: &Path) -> PathBuf {
    write_small(directory).path
}

/// A bundle that is begun in `directory`.
pub(crate) fn begun(directory: &Path) -> BundleWriter {
    begun_with(directory, &capture())
}

/// The same, of this capture.
pub(crate) fn begun_with(directory: &Path, capture: &Capture) -> BundleWriter {
    BundleWriter::create(options(directory), capture, "version: 1\n").expect("created")
}

pub(crate) fn write_small(directory: &Path) -> Finished {
    let mut writer = begun(directory);
    for index in 0..3 {
        add_small_sample(&mut writer, index);
    }
    writer.finish(ending()).expect("finished")
}

pub(crate) fn add_small_sample(writer: &mut BundleWriter, index: i64) {
    let seed = u64::try_from(index).expect("small");
    let (long, noise) = (text(seed, 200), noise(seed, 700));
    let contents: [(&str, &[u8]); 4] = [
        ("meminfo/meminfo", b"MemTotal: 8388608 kB\n"),
        ("meminfo/empty", b""),
        ("meminfo/zoneinfo", &long),
        ("meminfo/deep/er/noise", &noise),
    ];
    add_sample(writer, index * 10_000, &contents).expect("a sample");
}

/// The root of what is made by hand.
pub(crate) const ROOT: &str = "web1-20261123T024512Z";

/// A tar stream made by hand.
#[derive(Debug, Default)]
pub(crate) struct Hostile(pub(crate) Vec<u8>);

impl Hostile {
    /// With a good first entry.
    pub(crate) fn new() -> Self {
        let text = serde_json::to_vec(&capture()).expect("JSON");
        Hostile::default().file(&format!("{ROOT}/capture.json"), &text)
    }

    pub(crate) fn entry(mut self, name: &str, kind: EntryType, size: u64, content: &[u8]) -> Self {
        let mut header = Header::new_ustar();
        let length = name.len().min(100);
        header.as_old_mut().name[..length].copy_from_slice(&name.as_bytes()[..length]);
        header.set_size(size);
        header.set_mode(0o600);
        header.set_entry_type(kind);
        header.as_old_mut().linkname[..11].copy_from_slice(b"/etc/passwd");
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    pub(crate) fn file(self, name: &str, content: &[u8]) -> Self {
        self.entry(name, EntryType::Regular, content.len() as u64, content)
    }

    pub(crate) fn save(mut self, directory: &Path) -> PathBuf {
        self.0.resize(self.0.len() + 1024, 0);
        let path = directory.join("hostile.tar.zst");
        fs::write(&path, zstd::encode_all(self.0.as_slice(), 3).expect("zstd")).expect("written");
        path
    }
}
