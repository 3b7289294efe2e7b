//! Bundles of one host and of several, in order and out of it.

use std::path::{Path, PathBuf};

use super::*;
use crate::bundle::testing;
use crate::units::Timestamp;

/// A bundle of a host: when it began, in seconds after the first; how long the host was up then,
/// and in which boot.
struct Made<'m> {
    host: &'m str,
    boot: Option<&'m str>,
    begins: i64,
    samples: i64,
}

const MEMINFO: &[u8] = b"MemTotal: 8000 kB\nMemFree: 4000 kB\nCached: 0 kB\nAnonPages: 0 kB\n\
                         SReclaimable: 0 kB\nSUnreclaim: 0 kB\n";

/// Writes it, with samples ten seconds apart.
fn make(place: &Path, number: usize, made: &Made<'_>) -> PathBuf {
    let mut capture = testing::capture();
    let directory = place.join(number.to_string());
    std::fs::create_dir(&directory).expect("a directory");
    let began = testing::time(made.begins * 1000).date_time();
    capture.bundle_id = format!("{number:032x}");
    capture.started = Timestamp::new(began);
    made.host.clone_into(&mut capture.host.hostname);
    capture.host.boot_id = made.boot.map(str::to_owned);
    capture.host.uptime_seconds =
        Some(u64::try_from(86_400 + made.begins).expect("after the boot"));
    let mut writer = testing::begun_with(&directory, &capture);
    for at in 0..made.samples {
        testing::add_sample(&mut writer, at * 10_000, &[("meminfo/meminfo", MEMINFO)])
            .expect("a sample");
    }
    writer.finish(testing::ending()).expect("finished").path
}

fn hosts(place: &Path, all: &[Made<'_>]) -> Vec<Host> {
    let paths: Vec<PathBuf> =
        all.iter().enumerate().map(|(at, made)| make(place, at, made)).collect();
    by_host(&paths).expect("bundles")
}

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory")
}

#[test]
fn captures_of_one_boot_are_one_series_in_whatever_order_they_are_given() {
    let made = |begins| Made { host: "web1", boot: Some("b"), begins, samples: 2 };
    let place = place();
    let mut hosts = hosts(place.path(), &[made(3600), made(0), made(60)]);
    assert_eq!(hosts.len(), 1);
    let (observed, quality) = hosts.remove(0).observe().expect("readable");
    assert_eq!(observed.times, [0.0, 10.0, 60.0, 70.0, 3600.0, 3610.0]);
    assert_eq!((quality.samples, quality.span_seconds), (6, 3610.0));
    let gaps: Vec<String> = quality
        .gaps
        .iter()
        .map(|it| format!("{} s at {}: {}", it.seconds, it.at_seconds, it.why))
        .collect();
    assert_eq!(
        gaps,
        [
            "50 s at 10: nothing was captured between two bundles",
            "3530 s at 70: nothing was captured between two bundles"
        ]
    );
}

#[test]
fn the_same_bundle_twice_counts_once() {
    let place = place();
    let path = make(place.path(), 0, &Made { host: "web1", boot: None, begins: 0, samples: 2 });
    let hosts = by_host(&[path.clone(), path]).expect("bundles");
    assert_eq!(hosts[0].n_bundles(), 1);
}

#[test]
fn a_host_is_told_by_its_boot_and_else_by_its_name() {
    let made = |host, boot, begins| Made { host, boot, begins, samples: 1 };
    let place = place();
    let all = [
        made("web1", Some("b"), 0),
        made("web1.example.com", Some("b"), 60),
        made("web2", Some("c"), 0),
        made("web1", Some("d"), 120),
    ];
    let hosts = hosts(place.path(), &all);
    let names: Vec<(&str, usize)> = hosts.iter().map(|it| (&*it.name, it.n_bundles())).collect();
    assert_eq!(names, [("web1", 3), ("web2", 1)]);
}

#[test]
fn nothing_is_joined_across_a_reboot() {
    let made = |boot, begins, samples| Made { host: "web1", boot: Some(boot), begins, samples };
    let place = place();
    let mut hosts = hosts(place.path(), &[made("b", 0, 3), made("c", 3600, 2)]);
    let (observed, quality) = hosts.remove(0).observe().expect("readable");
    assert_eq!(observed.times, [0.0, 10.0, 20.0], "the boot with most samples");
    assert_eq!(quality.samples, 3);
    assert!(
        quality.gaps[0].why.starts_with("the host was booted 1 times in between; the 2 samples")
    );
}

#[test]
fn captures_at_the_same_time_are_in_the_order_of_their_samples() {
    let made = |begins| Made { host: "web1", boot: Some("b"), begins, samples: 3 };
    let place = place();
    let mut hosts = hosts(place.path(), &[made(0), made(15)]);
    let (observed, _) = hosts.remove(0).observe().expect("readable");
    assert_eq!(observed.times, [0.0, 10.0, 15.0, 20.0, 25.0, 35.0]);
}

#[test]
fn a_row_that_is_not_ok_is_told_once_with_what_to_do() {
    let place = place();
    let mut hosts =
        hosts(place.path(), &[Made { host: "web1", boot: None, begins: 0, samples: 3 }]);
    let (_, quality) = hosts.remove(0).observe().expect("readable");
    let slabinfo = quality.missing.iter().find(|it| it.what == "slabinfo").expect("told");
    assert_eq!(slabinfo.why, "/proc/slabinfo: permission denied");
    assert_eq!(slabinfo.how_to_get, "run as root");
}
