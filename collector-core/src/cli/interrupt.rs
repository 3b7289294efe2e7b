//! Tells a capture of Ctrl-C, SIGTERM and SIGHUP.
//!
//! A signal that was ignored when the program started stays ignored: under `nohup` a closed
//! terminal is not the end.

use std::fs;
use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::run::Interrupter;

/// Watches for signals until the capture is over.
pub(super) fn watch(interrupter: Interrupter) -> io::Result<()> {
    let ignored = ignored_signals();
    let watched = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|it| ignored >> (it - 1) & 1 == 0);
    let mut signals = Signals::new(watched)?;
    thread::Builder::new().name("collector-signal".into()).stack_size(64 * 1024).spawn(
        move || {
            for signal in signals.forever() {
                if !interrupter.signal(signal) {
                    return;
                }
            }
        },
    )?;
    Ok(())
}

/// The signals this process ignores, as the mask `SigIgn` of `/proc/self/status`: bit 0 is signal
/// 1. Without `/proc` none is known to be ignored.
fn ignored_signals() -> u64 {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return 0 };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
