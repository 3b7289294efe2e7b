//! Far more than anybody expects: artifacts, texts of the kernel and answers of servers of any
//! size. Quotas hold, and whatever comes, the core with the thread that writes stays small. What
//! reading a bundle may cost is in `hostile_bundles`.

mod answers;

use std::fs;
use std::path::Path;
use std::time::Duration;

use expect_test::expect;

use crate::support::{Captured, Missing, Scene, collector, in_own_mounts, measured};

/// Bytes of memory that the core may have resident at any time.
const MOST: u64 = 32 << 20;
/// What a worker of the official plugins may have. It has no limit of its own in the design beside
/// `max_memory`; this is a fourth of the usual one.
const MOST_OF_WORKER: u64 = 64 << 20;
/// Far above what it takes.
const LIMIT: Duration = Duration::from_secs(1800);

/// Runs the capture of `scene`, whose core must stay small.
fn captured_in_little_memory(scene: &Scene) -> Captured {
    captured_in(MOST, scene)
}

fn captured_in(limit: u64, scene: &Scene) -> Captured {
    let (said, most) = measured(scene.command(&[]), LIMIT);
    assert!(most < limit, "the core had {} KiB of memory: {said}", most >> 10);
    scene.captured(said)
}

/// Asserts that the worker of `collector` stayed small too.
fn check_worker(captured: &Captured, collector: &str) {
    let row = captured.bundle.row(0, collector);
    // One that was killed on a busy machine did not live to tell.
    let Some(most) = row["cost"]["max_rss_bytes"].as_u64() else {
        assert_eq!(row["outcome"], "timeout", "{row}");
        return;
    };
    assert!(most < MOST_OF_WORKER, "the worker of {collector} had {} KiB", most >> 10);
}

/// A capture by `names`, collectors that may deliver `max_bytes` and deliver `mib` MiB each, at once.
fn gigantic(names: &[&str], mib: u64, max_bytes: &str) -> Result<Captured, Missing> {
    let item = |name: &&str| {
        format!("  - {{ plugin: '[gigantic.c]', name: {name}, config: {{ mib: {mib} }} }}\n")
    };
    let items: String = names.iter().map(item).collect();
    let scene = Scene::with_output(
        "min_free: 0, max_bytes: 64GiB",
        &format!(
            "\
limits: {{ timeout: 20m, max_bytes: {max_bytes} }}
collectors:
  - {{ plugin: '[good.c]', name: before }}
{items}  - {{ plugin: '[good.c]', name: after }}
"
        ),
    )?;
    let captured = captured_in_little_memory(&scene);
    for good in ["before", "after"] {
        assert_eq!(captured.bundle.outcomes(good), ["ok"], "{}", captured.said);
    }
    Ok(captured)
}

/// 2 GiB; `COLLECTOR_TEST_GIB=10 cargo test -p collector-core --test it bounds` has as many as one
/// likes. It needs that much room on the disk twice: where the artifact is held until it is whole,
/// and where this test unpacks it.
#[test]
fn an_artifact_of_any_size_is_stored_in_little_memory() {
    let gib = std::env::var("COLLECTOR_TEST_GIB").ok();
    let gib = gib.map_or(2, |it| it.parse::<u64>().expect("a number of GiB"));
    let captured = need!(gigantic(&["gigantic"], gib << 10, "64GiB"));
    let n_bytes = gib << 30;
    assert_eq!(
        captured.rows("gigantic"),
        format!("1 x ok [before, 5 bytes] [gigantic, {n_bytes} bytes]\n")
    );
}

#[test]
fn ten_gibibytes_from_each_of_four_are_cut_at_the_quota() {
    let names = ["one", "two", "three", "four"];
    let captured = need!(gigantic(&names, 10 << 10, "64MiB"));
    let rows = names.map(|name| captured.rows(name));
    expect![[r#"
        1 x quota [before, 5 bytes] [gigantic, 67108859 bytes, cut]
          reason: more than 64.0 MiB in one sample; raise limits.max_bytes
          quota: more than 64.0 MiB in one sample; raise limits.max_bytes
    "#]]
    .assert_eq(&rows[0]);
    assert!(rows.iter().all(|row| *row == rows[0]), "{rows:?}");
}

/// As many collectors as a manifest may have, and all of them say as much as they can. Each costs
/// the core its buffers, and the 96 KiB that are kept of it three times: as they came, as the row
/// that is stored, and as JSON. A debug build has 39 MiB with as many that say nothing.
#[test]
fn what_sixty_four_plugins_say_at_once_is_bounded_and_can_be_read() {
    let item = |at: usize| format!("  - {{ plugin: '[gibbers.c]', name: c{at} }}\n");
    let items: String = (0..64).map(item).collect();
    let scene = need!(Scene::new(&format!("collectors:\n{items}")));
    let captured = captured_in(MOST + 64 * (768 << 10), &scene);
    let row = captured.bundle.row(0, "c63");
    assert_eq!(row["outcome"], "partial");
    let printed = row["stderr"].as_str().expect("a text");
    assert!(printed.len() > 60 << 10, "{} bytes of what it printed", printed.len());
    // That it is good has been checked; a copy without its end still has its sample.
    let whole = fs::read(&scene.output()[0]).expect("the bundle");
    let cut = scene.path().join("cut.tar.zst");
    fs::write(&cut, &whole[..whole.len() - 10]).expect("write");
    let said = collector(scene.path(), &["bundle", "recover", "cut.tar.zst"]);
    assert!(said.exit == 0 && said.stderr.contains("recovered 1 sample"), "{said}");
}

/// A `/proc` made for this, with four texts of 100 MB.
fn large_proc(dir: &Path) {
    let small = ["meminfo", "zoneinfo", "vmstat", "net/sockstat", "pressure/memory", "swaps"];
    let holders = ["sysvipc/shm", "cgroups", "self/mountinfo"];
    let counts = ["sys/fs/dentry-state", "sys/fs/inode-nr", "sys/fs/file-nr", "1/stat", "1/comm"];
    for name in small.iter().chain(&holders).chain(&counts) {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().expect("below a directory")).expect("create");
        fs::write(path, "1 (init) S 0 1\n").expect("write");
    }
    fs::create_dir(dir.join("1/fd")).expect("create");
    let line =
        "0xffffffffc0000000-0xffffffffc0005000   20480 a_function+0x1b/0x30 pages=4 vmalloc\n";
    let text = line.repeat(100_000_000 / line.len());
    fs::write(dir.join("vmallocinfo"), text).expect("write");
    for name in ["slabinfo", "net/tcp", "1/status"] {
        fs::hard_link(dir.join("vmallocinfo"), dir.join(name)).expect("link");
    }
}

/// The rows of the official plugins on such a `/proc`.
fn rows_of_large_proc(max_bytes: &str) -> String {
    let dir = tempfile::tempdir().expect("a temporary directory");
    large_proc(dir.path());
    let proc = dir.path().display();
    let config = format!("config: {{ procfs: {proc} }}");
    let manifest = format!(
        "\
limits: {{ timeout: 5m, max_bytes: {max_bytes} }}
collectors:
  - {{ plugin: meminfo, config: {{ procfs: {proc}, sysfs: {proc} }} }}
  - {{ plugin: slabinfo, config: {{ procfs: {proc}, sysfs: {proc} }} }}
  - {{ plugin: fd-scan, {config} }}
  - {{ plugin: process-memory, {config} }}
"
    );
    let scene = Scene::new(&manifest).expect("nothing in C is needed");
    let captured = captured_in_little_memory(&scene);
    let mut rows = String::new();
    for name in ["meminfo", "slabinfo", "fd-scan", "process-memory"] {
        check_worker(&captured, name);
        rows.push_str(&format!("{name}: {}", captured.rows(name)));
    }
    rows.replace(&proc.to_string(), "[PROC]")
}

#[test]
fn kernel_texts_of_a_hundred_megabytes_are_stored_in_little_memory() {
    expect![[r#"
        meminfo: 1 x ok [meminfo, 15 bytes] [zoneinfo, 15 bytes] [vmstat, 15 bytes] [vmallocinfo, 99999977 bytes] [sockstat, 15 bytes] [pressure-memory, 15 bytes] [swaps, 15 bytes] [sysvipc-shm, 15 bytes] [cgroups, 15 bytes] [tmpfs.tsv, 46 bytes]
        slabinfo: 1 x ok [slabinfo, 99999977 bytes] [dentry-state, 15 bytes] [inode-nr, 15 bytes] [file-nr, 15 bytes]
        fd-scan: 1 x ok [net-tcp, 99999977 bytes] [fds.tsv, 73 bytes] [fdinfo, 0 bytes]
        process-memory: 1 x partial [stat, 34 bytes]
          reason: stat and status of 1 of 1 processes, the first [PROC]/1/status: longer than 1048576 bytes
          failed: stat and status of 1 of 1 processes, the first [PROC]/1/status: longer than 1048576 bytes
    "#]].assert_eq(&rows_of_large_proc("1GiB"));
}

#[test]
fn kernel_texts_above_the_quota_are_cut_and_told() {
    expect![[r#"
        meminfo: 1 x quota [meminfo, 15 bytes] [zoneinfo, 15 bytes] [vmstat, 15 bytes] [vmallocinfo, 10485715 bytes, cut]
          reason: more than 10.0 MiB in one sample; raise limits.max_bytes
          quota: more than 10.0 MiB in one sample; raise limits.max_bytes
          quota: artifact vmallocinfo: the limit of this collector is reached
          quota: artifact sockstat: the limit of this collector is reached
          quota: artifact pressure-memory: the limit of this collector is reached
          quota: artifact swaps: the limit of this collector is reached
          quota: artifact sysvipc-shm: the limit of this collector is reached
          quota: artifact cgroups: the limit of this collector is reached
          quota: artifact tmpfs.tsv: the limit of this collector is reached
        slabinfo: 1 x quota [slabinfo, 10485760 bytes, cut]
          reason: more than 10.0 MiB in one sample; raise limits.max_bytes
          quota: more than 10.0 MiB in one sample; raise limits.max_bytes
          quota: artifact slabinfo: the limit of this collector is reached
          quota: artifact dentry-state: the limit of this collector is reached
          quota: artifact inode-nr: the limit of this collector is reached
          quota: artifact file-nr: the limit of this collector is reached
        fd-scan: 1 x quota [net-tcp, 10485760 bytes, cut]
          reason: more than 10.0 MiB in one sample; raise limits.max_bytes
          quota: more than 10.0 MiB in one sample; raise limits.max_bytes
          quota: artifact net-tcp: the limit of this collector is reached
          quota: artifact fds.tsv: the limit of this collector is reached
        process-memory: 1 x partial [stat, 34 bytes]
          reason: stat and status of 1 of 1 processes, the first [PROC]/1/status: longer than 1048576 bytes
          failed: stat and status of 1 of 1 processes, the first [PROC]/1/status: longer than 1048576 bytes
    "#]].assert_eq(&rows_of_large_proc("10MiB"));
}

/// The core reads texts of the kernel too, for the facts of the machine. A host of containers has
/// thousands of mounts, and a `/proc` that a container is given may be anything.
#[test]
fn what_the_core_reads_itself_may_have_a_hundred_megabytes() {
    let scene = need!(Scene::new("collectors:\n  - { plugin: meminfo }\n"));
    let line = "36 35 98:0 / /mnt/of/a/container rw,noatime master:1 - overlay overlay rw,";
    let line = format!("{line}lowerdir={}\n", "/var/lib/layers/abcdef:".repeat(20));
    let mounts = line.repeat(100_000_000 / line.len());
    fs::write(scene.path().join("mounts"), mounts).expect("write");
    let text = "A_line_of_meminfo: 123456 kB\n".repeat(4_000_000);
    fs::write(scene.path().join("text"), text).expect("write");
    // The shell becomes the program and keeps its number.
    let place = scene.path().display();
    let before = format!(
        "mount --bind {place}/mounts /proc/$$/mountinfo && mount --bind {place}/text /proc/meminfo"
    );
    let command = need!(in_own_mounts(&before, &scene.command(&[])));
    let (said, most) = measured(command, LIMIT);
    assert!(most < MOST, "the core had {} KiB of memory: {said}", most >> 10);
    let captured = scene.captured(said);
    let row = captured.bundle.row(0, "meminfo");
    assert_eq!(row["outcome"], "ok", "{row:#}");
    assert_eq!(row["files"][0]["bytes"], 116_000_000, "the text was there: {row:#}");
}
