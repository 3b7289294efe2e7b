//! Texts of samples, written down, and the numbers they become.

mod account;
mod descriptors;
mod holders;
mod objects;

use expect_test::{Expect, expect};

use super::*;
use crate::analysis::readers::{self, KernelVersion, Reading};
use crate::analysis::samples::Artifact;
use crate::analysis::series::Key;
use crate::bundle::index;
use crate::bundle::testing;

/// A text by its media type.
type Text<'t> = (&'static str, &'t str);

const MEMINFO: &str = "text/x-linux-meminfo";
const STAT: &str = "text/x-linux-pid-stat";
const STATUS: &str = "text/x-linux-pid-status";
const FDS: &str = "text/x-collector-fds";
const FDINFO: &str = "text/x-linux-pid-fdinfo";
const LOCKS: &str = "text/x-linux-locks";
const TIMERS: &str = "text/x-linux-pid-timers";
const METRICS: &str = "text/plain; version=0.0.4";

/// What samples of these texts, ten seconds apart, become.
fn gathered(samples: &[&[Text<'_>]]) -> Observed {
    gathered_by(None, samples)
}

/// The same, of a bundle that the collector with the process `core` wrote.
fn gathered_by(core: Option<u32>, samples: &[&[Text<'_>]]) -> Observed {
    let machine = Machine {
        hostname: "web1".to_owned(),
        page_size: PageSize::new(4096),
        kernel: Some(KernelVersion { major: 6, minor: 1 }),
        ticks_per_second: 100,
        cpus: 2,
        boot_id: None,
    };
    // Booted at Unix time 1000.
    let mut gathering = Gathering::new(machine, Some(1000.0)).expect("a size of pages");
    gathering.begin(core);
    for (at, texts) in samples.iter().enumerate() {
        let record = index::Sample {
            index: at as u64,
            time: testing::time(0),
            monotonic_ms: 0,
            boottime_ms: None,
            duration_ms: 1,
            rows: Vec::new(),
        };
        let artifact = |(media_type, text): &(&'static str, &'static str)| {
            let read = readers::read(media_type, text.as_bytes()).expect("short");
            assert!(read.bad.is_empty(), "{media_type}: {:?}", read.bad.kept());
            assert_ne!(read.value, Reading::Foreign, "{media_type}");
            Artifact {
                collector: "c",
                name: "c/text",
                media_type,
                is_cut: false,
                content: text.as_bytes(),
                reading: read.value,
                bad: read.bad,
            }
        };
        // Texts of a test live as long as it does.
        let texts: Vec<(&'static str, &'static str)> = texts
            .iter()
            .map(|(media_type, text)| {
                (*media_type, &*Box::leak((*text).to_owned().into_boxed_str()))
            })
            .collect();
        let sample = Sample {
            directory: "20261123T024512.123Z",
            record: &record,
            artifacts: texts.iter().map(artifact).collect(),
            unread: Vec::new(),
        };
        gathering.take(at as f64 * 10.0, &sample);
    }
    gathering.finish()
}

/// All series, a line each.
fn check(samples: &[&[Text<'_>]], expected: Expect) {
    let observed = gathered(samples);
    let mut text = String::new();
    for (key, series) in &observed.series {
        text.push_str(&format!("{}: {:?}\n", name_of(&observed, key), series.values()));
    }
    expected.assert_eq(&text);
}

fn name_of(observed: &Observed, key: &Key) -> String {
    match key {
        Key::Of(process, figure) => format!("{figure:?} of {}", observed.called(process)),
        Key::Descriptors(process, class) => format!("{class} of {}", observed.called(process)),
        Key::Repeated(process, class) => {
            format!("repeated {class} of {}", observed.called(process))
        }
        Key::DeletedBytes(process, class) => {
            format!("bytes of {class} of {}", observed.called(process))
        }
        Key::Connections(process, kind) => format!("{kind} of {}", observed.called(process)),
        other => format!("{other:?}"),
    }
}

fn stat(pid: u32, command: &str, state: char, parent: u32, start: u64) -> String {
    let rest = "0 0 0 0 0 0 0 0 0 0 0 0 0 20 0 1 0";
    let text = format!("{pid} ({command}) {state} {parent} {rest} {start} 0 0\n");
    format!("==> {pid}/stat {} <==\n{text}\n", text.len())
}

fn status(pid: u32, anonymous_kb: u64, file_kb: u64) -> String {
    let text = format!(
        "Name:\tx\nVmRSS:\t{} kB\nRssAnon:\t{anonymous_kb} kB\nRssFile:\t{file_kb} kB\nThreads:\t3\n",
        anonymous_kb + file_kb
    );
    format!("==> {pid}/status {} <==\n{text}\n", text.len())
}

const HEAD: &str =
    "pid\tstart_ticks\tcommand\tfd\tlink\tsize_bytes\tblocks_512\tdevice\tinode\tlinks\n";

fn fd(pid: u32, fd: u32, link: &str) -> String {
    format!("{pid}\t7\tdolt\t{fd}\t{link}\t\t\t\t\t\n")
}

#[test]
fn the_account_of_a_host() {
    let meminfo = "MemTotal: 8000 kB\nMemFree: 4000 kB\nMemAvailable: 5000 kB\nBuffers: 8 kB\n\
                   Cached: 1000 kB\nSwapCached: 0 kB\nAnonPages: 1500 kB\nShmem: 100 kB\n\
                   SReclaimable: 400 kB\nSUnreclaim: 300 kB\nKernelStack: 64 kB\n\
                   PageTables: 50 kB\nVmallocUsed: 0 kB\nPercpu: 20 kB\n";
    let zoneinfo = "Node 0, zone   Normal\n  pages free     1000\n  pagesets\n    cpu: 0\n              \
                    count:    10\n";
    let areas = "0x1-0x2   20480 kernel_clone+0x9c/0x3d0 pages=4 vmalloc\n\
                 0x3-0x4   12288 htab_map_alloc+0x1d/0x2e pages=2 vmalloc\n";
    let observed = gathered(&[&[
        (MEMINFO, meminfo),
        ("text/x-linux-zoneinfo", zoneinfo),
        ("text/x-linux-vmallocinfo", areas),
        ("text/x-linux-dentry-state", "100\t60\t45\t0\t5\t0\n"),
    ]]);
    let account = observed.accounts[0];
    assert_eq!(account.used(), (8000 - 4000 - 40) << 10, "without the lists of the processors");
    assert_eq!(account.vmalloc, Some(6 * 4096), "the sum, where the kernel gives 0");
    assert!(account.stacks_in_vmalloc);
    let lines: Vec<String> = account
        .terms()
        .iter()
        .map(|(term, bytes)| format!("{} {}", term.name(), bytes >> 10))
        .collect();
    expect![[r#"
        anonymous 1500
        shared-memory 100
        file-cache 908
        swap-cache 0
        slab-pinned 160
        slab-reclaimable 240
        slab-unreclaimable 300
        page-tables 50
        kernel-stacks 64
        vmalloc -40
        per-cpu 20
        huge-pages 0
        unaccounted 658"#]]
    .assert_eq(&(lines.join("\n") + &format!("\nunaccounted {}", account.unaccounted() >> 10)));
}

#[test]
fn the_collector_is_no_suspect_and_a_parent_has_its_dead_children() {
    let stats = stat(7, "dolt", 'S', 1, 7)
        + &stat(8, "sh", 'Z', 7, 9)
        + &stat(20, "collector", 'S', 1, 50)
        + &stat(21, "exe", 'S', 20, 51);
    let statuses = status(7, 40, 4) + &status(20, 100, 1) + &status(21, 100, 1);
    check(
        &[&[(STAT, &stats), (STATUS, &statuses)]],
        expect![[r#"
            Anonymous of dolt (pid 7): [40960.0]
            File of dolt (pid 7): [4096.0]
            Threads of dolt (pid 7): [3.0]
            Zombies of dolt (pid 7): [1.0]
            Own(Anonymous): [204800.0]
            Own(Threads): [6.0]
        "#]],
    );
}

#[test]
fn a_number_that_is_used_again_is_another_process() {
    let (old, new) = (stat(7, "dolt", 'S', 1, 7), stat(7, "cron", 'S', 1, 900));
    let status = status(7, 40, 4);
    let observed =
        gathered(&[&[(STAT, &old), (STATUS, &status)], &[(STAT, &new), (STATUS, &status)]]);
    let names: Vec<String> = observed.commands.keys().map(|it| observed.called(it)).collect();
    assert_eq!(names, ["dolt (pid 7)", "cron (pid 7)"]);
}

#[test]
fn a_page_is_of_the_process_that_started_then_and_is_as_large() {
    // Started 0.07 and 0.09 s after the boot.
    let stats = stat(7, "dolt", 'S', 1, 7) + &stat(8, "cron", 'S', 1, 9);
    let statuses = status(7, 90, 10) + &status(8, 9, 1);
    let page = "# TYPE go_goroutines gauge\ngo_goroutines 5\n\
                # TYPE rows_total counter\nrows_total 7\n\
                process_start_time_seconds 1000.05\nprocess_resident_memory_bytes 102000\n";
    let observed = gathered(&[&[(STAT, &stats), (STATUS, &statuses), (METRICS, page)]]);
    let target = &observed.targets["c"];
    assert_eq!(target.process, Some(Process { pid: 7, start_ticks: 7 }));
    let total = Key::Metric("c".into(), "rows_total".into());
    assert!(!observed.series.contains_key(&total), "what only grows is no level");
}

#[test]
fn what_a_page_had_before_a_restart_is_left_out() {
    let page =
        |start: u32, value: u32| format!("sessions {value}\nprocess_start_time_seconds {start}\n");
    let (one, two, three) = (page(2000, 900), page(3000, 1), page(3000, 2));
    let observed = gathered(&[&[(METRICS, &one)], &[(METRICS, &two)], &[(METRICS, &three)]]);
    assert_eq!(observed.targets["c"].restarts, 1);
    let sessions = &observed.series[&Key::Metric("c".into(), "sessions".into())];
    assert_eq!(sessions.values(), [1.0, 2.0]);
}

#[test]
fn samples_that_overlap_are_put_in_the_order_of_their_times() {
    let mut observed = Observed { times: vec![0.0, 20.0, 10.0], ..Observed::default() };
    let key = Key::Host(crate::analysis::series::HostFigure::Used);
    for (at, value) in [(0, 1_u32), (1, 3), (2, 2)] {
        observed.push(key.clone(), at, f64::from(value));
        let total = u64::from(value);
        observed.accounts.push(crate::analysis::ledger::Accounts { total, ..Default::default() });
    }
    observed.put_in_order();
    assert_eq!(observed.times, [0.0, 10.0, 20.0]);
    assert_eq!(observed.series[&key].values(), [1.0, 2.0, 3.0]);
    let totals: Vec<u64> = observed.accounts.iter().map(|it| it.total).collect();
    assert_eq!(totals, [1, 2, 3]);
}

#[test]
fn an_account_of_more_than_any_machine_has_is_none() {
    let meminfo = |cached: u64| {
        format!(
            "MemTotal: 8000 kB\nMemFree: 4000 kB\nBuffers: 8 kB\nCached: {cached} kB\n\
             AnonPages: 1500 kB\nSReclaimable: 400 kB\nSUnreclaim: 300 kB\n"
        )
    };
    let (good, damaged) = (meminfo(1000), meminfo(9_007_199_254_740_991));
    let observed = gathered(&[&[(MEMINFO, &good)], &[(MEMINFO, &damaged)]]);
    assert_eq!(observed.accounts.len(), 1);
}
