//! Tells a capture of Ctrl-C, SIGTERM and SIGHUP.
//!
//! A signal that was ignored when the program started stays ignored: under `nohup` a closed
//! terminal is not the end.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::run::{Interrupter, RAISE_LIMIT};

/// Ends with the capture.
#[derive(Debug)]
pub(super) struct Watch {
    is_over: Arc<AtomicBool>,
}

impl Watch {
    /// From now on a signal does what it does to any program: whoever reads what is still to be
    /// printed may never do so. Between the last sample and this, the bundle is completed and a
    /// signal changes nothing.
    pub(super) fn end(self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Watches for signals until the capture is over.
///
/// # Errors
///
/// The system gave no thread; the error says what to do.
pub(super) fn watch(interrupter: Interrupter) -> io::Result<Watch> {
    let ignored = ignored_signals();
    let watched = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|it| ignored >> (it - 1) & 1 == 0);
    let mut signals = Signals::new(watched)?;
    let is_over = Arc::new(AtomicBool::new(false));
    let watch = Watch { is_over: Arc::clone(&is_over) };
    let started = thread::Builder::new()
        .name("collector-signal".into())
        .stack_size(64 * 1024)
        .spawn(move || {
            for signal in signals.forever() {
                if !interrupter.signal(signal) && is_over.load(Ordering::Relaxed) {
                    // It fails for signals that nobody can send.
                    let _ = emulate_default_handler(signal);
                }
            }
        });
    started.map(|_| watch).map_err(|error| {
        let told = format!("no thread to watch for Ctrl-C: {error}; {RAISE_LIMIT}");
        io::Error::new(error.kind(), told)
    })
}

/// The signals this process ignores, as the mask `SigIgn` of `/proc/self/status`: bit 0 is signal
/// 1. Without `/proc` none is known to be ignored.
fn ignored_signals() -> u64 {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return 0 };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
