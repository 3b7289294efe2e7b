//! Plugins that deliver more than the bundle or its disk may take: `output.max_bytes` and
//! `output.min_free` hold, what came before is kept, and the bundle says why it ends.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use expect_test::expect;

use crate::support::{Captured, Missing, Scene, SmallDisk, redact};

const MIB: u64 = 1 << 20;

/// A capture of `collectors` on a disk of `disk_mib` that is to keep `min_free_mib`: it must.
fn on_small_disk(disk_mib: u64, min_free_mib: u64, rest: &str) -> Result<Captured, Missing> {
    let scene = Scene::with_output(&format!("min_free: {min_free_mib}MiB"), rest)?;
    let disk = SmallDisk::at(&scene.path().join("out"), &format!("{disk_mib}m"))?;
    let (least, is_over) = (AtomicU64::new(u64::MAX), AtomicBool::new(false));
    let captured = thread::scope(|threads| {
        // A thread that finds no end would keep the scope waiting when the capture panics.
        let over = SetOnDrop(&is_over);
        threads.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                least.fetch_min(disk.free_bytes(), Ordering::Relaxed);
                thread::yield_now();
            }
        });
        let captured = scene.capture(&[]);
        drop(over);
        captured
    });
    let least = least.into_inner().min(disk.free_bytes());
    assert!(least >= min_free_mib * MIB, "{least} bytes were free once: {}", captured.said);
    assert!(least < disk_mib * MIB, "the bundle is on this disk");
    drop(disk);
    Ok(captured)
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Exit code, and why the capture ended.
fn ending(captured: &Captured) -> (i32, &str) {
    let reason = captured.bundle.index["reason"].as_str().expect("a word");
    (captured.said.exit, reason)
}

/// The rows of these collectors, without the sizes: they depend on the machine.
fn rows(captured: &Captured, collectors: &[&str]) -> String {
    let rows = collectors.iter().map(|name| format!("{name}: {}", captured.rows(name)));
    redact(&rows.collect::<String>(), Path::new("/"))
}

#[test]
fn an_artifact_larger_than_the_disk_may_take_is_left_out_and_the_capture_goes_on() {
    let captured = need!(on_small_disk(
        24,
        16,
        "\
schedule: { every: 1s, samples: 3 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[fills.c]' }
"
    ));
    assert_eq!(ending(&captured), (4, "finished"));
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 3]);
    assert_eq!(captured.bundle.outcomes("fills"), ["ok", "quota", "ok"]);
    expect![[r#"
        fills: 1 x ok [before, [SIZE]] [after, [SIZE]]
        1 x quota [before, [SIZE]]
          reason: the output directory cannot hold what arrives: the disk has [SIZE] free and is to keep [SIZE] (`output.min_free`); make room, or name another disk with --output
          skipped: noise was collected and not stored: the disk has [SIZE] free and is to keep [SIZE] (`output.min_free`); make room, or name another disk with --output
        1 x ok [before, [SIZE]] [after, [SIZE]]
    "#]]
    .assert_eq(&rows(&captured, &["fills"]));
}

/// They look at the disk at the same time, and no two may take the same space.
#[test]
fn large_artifacts_at_once_leave_the_disk_what_it_is_to_keep() {
    let captured = need!(on_small_disk(
        28,
        16,
        "\
schedule: { every: 2s, samples: 3 }
collectors:
  - { plugin: '[fills.c]', name: one }
  - { plugin: '[fills.c]', name: two }
  - { plugin: '[fills.c]', name: three }
  - { plugin: '[fills.c]', name: four }
"
    ));
    assert_eq!(ending(&captured), (4, "finished"));
    for name in ["one", "two", "three", "four"] {
        assert_eq!(captured.bundle.outcomes(name), ["ok", "quota", "ok"], "{name}");
    }
}

#[test]
fn a_disk_that_fills_up_ends_the_capture() {
    let captured = need!(on_small_disk(
        2,
        1,
        "\
schedule: { every: 200ms, samples: 100 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[noisy.c]' }
"
    ));
    assert_eq!(ending(&captured), (4, "disk"));
    check_filled(&captured);
}

#[test]
fn a_bundle_that_is_full_ends_the_capture() {
    const LIMIT: u64 = 256 << 10;
    let scene = need!(Scene::with_output(
        "min_free: 0, max_bytes: 256KiB",
        "\
schedule: { every: 200ms, samples: 100 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[noisy.c]' }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(ending(&captured), (4, "size"));
    check_filled(&captured);
    let [bundle] = &scene.output()[..] else { panic!("one file") };
    let n_bytes = std::fs::metadata(bundle).expect("the bundle").len();
    assert!(n_bytes <= LIMIT, "{n_bytes} bytes");
}

/// With the least that a manifest may ask for, the bundle is whole, within that, and says what is
/// not in it.
#[test]
fn the_smallest_bundle_says_what_it_left_out() {
    let scene = need!(Scene::with_output(
        "min_free: 0, max_bytes: 128KiB",
        "\
schedule: { every: 10s, samples: 100 }
collectors:
  - { plugin: '[good.c]' }
  - { plugin: '[noisy.c]' }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(ending(&captured), (4, "size"));
    let [bundle] = &scene.output()[..] else { panic!("one file") };
    let n_bytes = std::fs::metadata(bundle).expect("the bundle").len();
    assert!(n_bytes <= 128 << 10, "{n_bytes} bytes");
    expect![[r#"
        good: 1 x ok [count, [SIZE]]
        noisy: 1 x quota
          reason: noise was collected and not stored: the bundle has [SIZE] and may have [SIZE] (`output.max_bytes`) with its index; raise that to get all
          quota: noise was collected and not stored: the bundle has [SIZE] and may have [SIZE] (`output.max_bytes`) with its index; raise that to get all
    "#]]
    .assert_eq(&rows(&captured, &["good", "noisy"]));
}

/// More than one sample is there and whole, and fewer than were asked for.
fn check_filled(captured: &Captured) {
    let outcomes = captured.bundle.outcomes("noisy");
    let n_ok = outcomes.iter().take_while(|it| **it == "ok").count();
    assert!((2..99).contains(&n_ok), "{outcomes:?}");
    assert!(n_ok + 1 >= outcomes.len(), "nothing comes after the end: {outcomes:?}");
    for at in 0..n_ok {
        assert_eq!(captured.bundle.file(at, "noisy/noise").len(), 64 << 10);
        assert_eq!(captured.bundle.row(at, "good")["outcome"], "ok");
    }
}
