//! The same inputs and the same clock give the same bytes, through workers, plugins and threads.
//!
//! At the library, because the program has no way to hold its clock still.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::DateTime;
use collector_core::bundle::record::{Recorded, Recording, record};
use collector_core::manifest::Manifest;
use collector_core::plan::locate::Places;
use collector_core::plan::{Machine, Plan};
use collector_core::run::{Cost, Ended, Inbox, Instruments, Observer, OwnCost, Stamp};
use collector_core::units::{Bytes, HostFacts};

use crate::support::{check_bundle, plugins};

/// A clock that goes on by a second whenever somebody looks, and meters that stand still.
struct Still(AtomicU32);

impl Instruments for Still {
    fn now(&self) -> Stamp {
        let seconds = Duration::from_secs(self.0.fetch_add(1, Ordering::Relaxed).into());
        let start = DateTime::from_timestamp(1_795_401_912, 0).expect("a time");
        Stamp {
            wall: start + seconds,
            monotonic: Duration::from_secs(5000) + seconds,
            boottime: Duration::from_secs(9000) + seconds,
        }
    }

    fn cost(&self, _: Cost) -> Cost {
        Cost {
            wall: Duration::from_millis(7),
            cpu: Some(Duration::from_millis(3)),
            max_rss: Some(Bytes(4 << 20)),
        }
    }

    fn own_cost(&self) -> OwnCost {
        OwnCost { cpu: Duration::from_millis(30), max_rss: Some(Bytes(8 << 20)) }
    }
}

struct Nobody;

impl Observer for Nobody {}

fn host() -> HostFacts {
    HostFacts {
        hostname: "db1".into(),
        kernel_release: "6.1.0-18-amd64".into(),
        kernel_version: "#1 SMP Debian 6.1.76-1".into(),
        architecture: "x86_64".into(),
        distribution: Some("Debian GNU/Linux 12 (bookworm)".into()),
        page_size: 4096,
        ticks_per_second: 100,
        cpus: 2,
        memory_bytes: Some(4 << 30),
        boot_id: Some("b7c1f0de-0000-4000-8000-000000000000".into()),
        uptime_seconds: Some(9000),
        utc_offset_seconds: 0,
        uid: 0,
        capabilities: Some("000001ffffffffff".into()),
        cgroup_version: Some(2),
        container: None,
    }
}

/// Files below `dir`, as lines `PATH: CONTENT`; `\n` in a content is a line feed.
fn lay_out(dir: &Path, text: &str) {
    for line in text.lines() {
        let (path, content) = line.split_once(": ").expect("a path and a content");
        let path = dir.join(path);
        fs::create_dir_all(path.parent().expect("below the directory")).expect("create");
        fs::write(path, content.replace("\\n", "\n")).expect("write");
    }
}

const TREE: &str = "\
proc/meminfo: MemTotal:        4028440 kB\\nMemFree:          123456 kB\\n
proc/zoneinfo: Node 0, zone      DMA\\n  pages free     3840\\n
proc/vmstat: nr_free_pages 30864\\n
proc/vmallocinfo: 0xffffb0 8192 acpi_os_map+0x1b phys=0xbffe1000 ioremap\\n
proc/net/sockstat: sockets: used 151\\n
proc/pressure/memory: some avg10=0.00 avg60=0.00 avg300=0.00 total=0\\n
proc/swaps: Filename Type Size Used Priority\\n
proc/sysvipc/shm:        key      shmid perms                  size  cpid  lpid nattch\\n
proc/cgroups: #subsys_name\thierarchy\tnum_cgroups\tenabled\\n
proc/self/mountinfo: 27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\\n
proc/slabinfo: slabinfo - version: 2.1\\n# name <active_objs>\\ndentry 812 903 192 21 1 : tunables 0 0 0 : slabdata 43 43 0\\n
proc/sys/fs/dentry-state: 903 812 45 0 30 0\\n
proc/sys/fs/inode-nr: 700 20\\n
proc/sys/fs/file-nr: 1200 0 9223372036854775807\\n
sys/kernel/slab/dentry/reclaim_account: 1\\n
proc/1/comm: init\\n
proc/1/stat: 1 (init) S 0 1 1 0 -1 4194560 100 0 0 0 5 3 0 0 20 0 1 0 1 100000 100 18446744073709551615\\n
proc/1/status: Name:\\tinit\\nPid:\\t1\\nVmRSS:\\t     400 kB\\n
proc/1/statm: 25000 100 90 10 0 2000 0\\n
proc/1/smaps_rollup: 00400000-7ffd0000 ---p 00000000 00:00 0 [rollup]\\nRss:                 400 kB\\n
proc/4242/comm: dolt\\n
proc/4242/stat: 4242 (dolt) S 1 4242 4242 0 -1 4194560 100 0 0 0 5 3 0 0 20 0 8 0 12345 100000 2500 18446744073709551615\\n
proc/4242/status: Name:\\tdolt\\nPid:\\t4242\\nVmRSS:\\t   10000 kB\\n
proc/4242/statm: 25000 2500 900 10 0 2000 0\\n
proc/4242/smaps_rollup: 00400000-7ffd0000 ---p 00000000 00:00 0 [rollup]\\nRss:               10000 kB\\n
";

/// Records the tree in `dir` into `dir/out`.
fn capture(dir: &Path) -> Recorded {
    let (proc, sys) = (dir.join("proc"), dir.join("sys"));
    let (proc, sys, out) = (proc.display(), sys.display(), dir.join("out"));
    let yaml = format!(
        "\
version: 1
case: ACME-1
output: {{ directory: {}, min_free: 0 }}
schedule: {{ every: 5s, samples: 2 }}
collectors:
  - {{ plugin: meminfo, config: {{ procfs: {proc}, sysfs: {sys} }} }}
  - {{ plugin: slabinfo, config: {{ procfs: {proc}, sysfs: {sys} }} }}
  - {{ plugin: process-memory, config: {{ procfs: {proc} }} }}
",
        out.display()
    );
    let manifest = Manifest::parse("m.yaml", &yaml, &|_| None).expect("a manifest");
    let machine = Machine { host: host(), ..Machine::here() };
    let places = Places::new(&[plugins()], None);
    let plan = Plan::make_from(&places, &manifest, &machine);
    let recording = Recording {
        plan: &plan,
        host: &machine.host,
        manifest_yaml: &manifest.masked_yaml().expect("text"),
        command_line: vec!["collector".into(), "run".into(), "m.yaml".into()],
        program: PathBuf::from(env!("CARGO_BIN_EXE_collector")),
        instruments: &Still(AtomicU32::new(0)),
        observer: &Nobody,
    };
    record(&recording, Inbox::new()).expect("a bundle")
}

#[test]
fn two_captures_of_the_same_give_the_same_bytes() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    lay_out(dir.path(), TREE);
    let mut bundles = Vec::new();
    for _ in 0..2 {
        let recorded = capture(dir.path());
        assert!(matches!(recorded.ended, Ended::Finished), "{recorded}");
        let bundle = check_bundle(&recorded.path);
        for name in ["meminfo", "slabinfo", "process-memory"] {
            assert_eq!(bundle.outcomes(name), ["ok"; 2], "{:#}", bundle.row(0, name));
        }
        let name = recorded.path.file_name().expect("a name").to_owned();
        bundles.push((name, fs::read(&recorded.path).expect("read the bundle")));
        fs::remove_file(&recorded.path).expect("make room for the next");
    }
    assert_eq!(bundles[0].0, "db1-ACME-1-20261123T024512Z.tar.zst");
    assert!(bundles[0] == bundles[1], "the bytes differ");
}
