//! How much memory a program takes while it runs.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::run::{Said, start};

/// Runs `command` to its end, and gives the most bytes its process had resident at a time. What it
/// starts does not count.
///
/// # Panics
///
/// As [`run`](super::run::run) does, and when the process ended before it was looked at.
pub(crate) fn measured(command: Command, limit: Duration) -> (Said, u64) {
    let running = start(command);
    let status = format!("/proc/{}/status", running.pid());
    // The mark of a program only rises. It is gone when the program has ended.
    let watch = thread::spawn(move || {
        let mut most = 0;
        while let Some(now) = high_water_mark(&status) {
            most = most.max(now);
            thread::sleep(Duration::from_millis(2));
        }
        most
    });
    let said = running.wait(limit);
    let most = watch.join().expect("it only reads");
    assert!(most > 1 << 20, "{most} bytes are no measurement: {said}");
    (said, most)
}

fn high_water_mark(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|it| it << 10)
}
