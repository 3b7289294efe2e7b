//! One call of a worker: reports come in until it is done, dead, or out of time.
//!
//! The core believes nothing: sizes, names and handles are checked again, and a worker that breaks
//! the protocol is killed.
//!
//! No plugin holds up a capture for more than a second past its deadline. It may use up
//! [`STOP_GRACE`] and [`TERM_GRACE`], and where it then hangs up and lives on `END_TIME`; is killed,
//! which takes `KILL_TIME` where the kernel holds it, and not even a hundredth of that where it does
//! not; and is swept away, which takes a `SWEEP_TIME` and what is left of another's. At the end of the capture comes `destroy` of all
//! at once, at most `END_TIME`, and the last sweep. Nothing else may wait past the deadline: no look at the
//! family is begun that would last longer, and no command waits for a worker to read. See the test at the end.

mod arriving;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plugin_api::abi::status;
use rustix::net::SendFlags;
use rustix::process::Signal;

use super::family::LOOK_TIME;
use super::outcome::{Artifact, End, Notes};
use super::process::Process;
use super::spool::Spool;
use super::watch::{self, Watch};
use super::wire::{Command, Reports, WireError};
use crate::units::Bytes;

use arriving::{Arriving, broken};

/// How long a plugin has to return after `should_stop`.
const STOP_GRACE: Duration = Duration::from_millis(350);
/// How long it has after SIGTERM, which ends a process that has made nothing of it.
const TERM_GRACE: Duration = Duration::from_millis(100);
/// Longest wait without a look at the clock and at [`Bounds::stop`].
const SLICE: Duration = Duration::from_millis(100);
/// A worker that can be called.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) process: Process,
    reports: Reports,
    watch: Watch,
}

impl Live {
    pub(crate) fn new(process: Process) -> Self {
        Live { process, reports: Reports::default(), watch: Watch::default() }
    }

    /// How it must be ended because it takes too much; `None` when it does not.
    pub(crate) fn excess(&mut self, bounds: &Bounds<'_>, rest: Option<Duration>) -> Option<End> {
        self.watch.look(&self.process, bounds.max_memory, bounds.page_size, rest)
    }
}

/// What a call may take.
#[derive(Debug)]
pub(crate) struct Bounds<'a> {
    pub(crate) timeout: Duration,
    pub(crate) max_bytes: Bytes,
    pub(crate) max_memory: Bytes,
    pub(crate) page_size: u64,
    /// Set when the capture is to end now.
    pub(crate) stop: &'a AtomicBool,
}

/// What a call gave.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) end: End,
    /// Whether the worker waits for the next command.
    pub(crate) goes_on: bool,
    pub(crate) notes: Notes,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) cpu: Option<Duration>,
}

/// Sends `command` and takes what the worker reports until the call ends.
pub(crate) fn call(
    live: &mut Live,
    command: &Command,
    spool: &Spool,
    bounds: &Bounds<'_>,
) -> Called {
    let is_sample = matches!(command, Command::Collect { .. });
    let mut arriving = Arriving::new(is_sample, spool, bounds.max_bytes);
    let end = exchange(live, command, &mut arriving, bounds)
        .unwrap_or_else(|error| End::Broken(format!("the worker sent {error}")));
    arriving.close(end)
}

/// Where the ending of a worker stands that has not returned and should.
enum Patience {
    Working,
    Asked { until: Instant, why: End },
    Terminated { until: Instant, why: End },
}

impl Patience {
    /// The end of the call once the plugin is through with `end`: what it said too late is kept,
    /// and it was late all the same.
    fn judge(self, end: End, deadline: Instant, bounds: &Bounds<'_>) -> End {
        let stopped = end == End::Returned(status::STOPPED);
        match self {
            // The worker has the same deadline, and on a busy machine may look at the clock first.
            Patience::Working if stopped && Instant::now() >= deadline => {
                End::Deadline(bounds.timeout)
            }
            Patience::Working => end,
            // It was told to stop and had just finished.
            Patience::Asked { why: End::Stopped, .. } if end == End::Returned(status::OK) => end,
            Patience::Asked { why, .. } | Patience::Terminated { why, .. } => why,
        }
    }
}

fn exchange(
    live: &mut Live,
    command: &Command,
    arriving: &mut Arriving<'_>,
    bounds: &Bounds<'_>,
) -> Result<End, WireError> {
    let deadline = Instant::now() + bounds.timeout;
    let mut patience = Patience::Working;
    let mut look_at = Instant::now() + watch::INTERVAL;
    if spoke_unasked(live)? {
        return Ok(broken("spoke when it was not asked"));
    }
    if send(&mut live.process, command).is_err() {
        return Ok(End::Died(live.process.end(true)));
    }
    loop {
        if let Some(end) = arriving.take_all(&mut live.reports)? {
            return Ok(patience.judge(end, deadline, bounds));
        }
        let now = Instant::now();
        patience = match patience {
            Patience::Working if bounds.stop.load(Ordering::Relaxed) => {
                ask_to_stop(&mut live.process, now, End::Stopped)
            }
            Patience::Working if now >= deadline => {
                ask_to_stop(&mut live.process, now, End::Deadline(bounds.timeout))
            }
            Patience::Asked { until, why } if now >= until => {
                live.process.signal(Signal::TERM);
                Patience::Terminated { until: now + TERM_GRACE, why }
            }
            Patience::Terminated { until, why } if now >= until => return Ok(why),
            patience => patience,
        };
        if now >= look_at {
            look_at = now + watch::INTERVAL;
            // Where the time is up, or would be during a look at the family, all of it ends soon.
            let has_time = matches!(patience, Patience::Working) && now + LOOK_TIME < deadline;
            let rest = has_time.then_some(watch::INTERVAL);
            if let Some(end) = live.excess(bounds, rest) {
                return Ok(end);
            }
        }
        let wake_at = match &patience {
            Patience::Working => deadline,
            Patience::Asked { until, .. } | Patience::Terminated { until, .. } => *until,
        };
        let watch = SLICE.min(wake_at.saturating_duration_since(now));
        let ready = live.process.wait_readable(watch)?;
        if ready.output {
            live.process.read_output();
        }
        // A process it forked may hold the socket open after it has died.
        let is_silent = !ready.socket && !ready.output;
        let has_hung_up = if ready.socket {
            !filled(live)?
        } else {
            is_silent && watch == SLICE && live.process.has_exited()
        };
        if has_hung_up {
            let end = arriving.take_all(&mut live.reports)?;
            let end = end.unwrap_or_else(|| End::Died(live.process.end(true)));
            return Ok(patience.judge(end, deadline, bounds));
        }
    }
}

/// Whether there is something from before the command: it would be taken for the answer.
fn spoke_unasked(live: &mut Live) -> Result<bool, WireError> {
    let is_ready = live.process.wait_readable(Duration::ZERO)?.socket;
    // One that has hung up is found out when it is asked.
    let has_come = is_ready && filled(live)?;
    Ok(has_come || live.reports.has_unread())
}

/// Asks the plugin to return, through `should_stop`.
fn ask_to_stop(process: &mut Process, now: Instant, why: End) -> Patience {
    // A worker that cannot be told is killed soon.
    let _ = send(process, &Command::Stop);
    Patience::Asked { until: now + STOP_GRACE, why }
}

/// Reads once from the worker; `false` when it has hung up.
fn filled(live: &mut Live) -> Result<bool, WireError> {
    match live.reports.fill(&mut live.process.socket) {
        Ok(n) => Ok(n > 0),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(false),
        Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Only the start of a worker, whose plugin is not loaded yet, is waited for: the rest is small, and
/// a plugin that has left it no room reads nothing.
fn send(process: &mut Process, command: &Command) -> std::io::Result<()> {
    let mut frame = Vec::new();
    command.put(&mut frame);
    if matches!(command, Command::Start(_)) {
        return process.socket.write_all(&frame);
    }
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    match rustix::net::send(&process.socket, &frame, flags)? {
        n_sent if n_sent == frame.len() => Ok(()),
        _ => Err(std::io::ErrorKind::WriteZero.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::family::SWEEP_TIME;
    use crate::run::process::{END_TIME, KILL_TIME};

    /// To kill what the kernel does not hold takes a moment, which is in what is left over.
    #[test]
    fn no_plugin_can_hold_up_a_capture_for_more_than_a_second() {
        let asked = STOP_GRACE + TERM_GRACE;
        let capture = END_TIME + SWEEP_TIME;
        // One sweep that had begun before, and one that begins then.
        let sweeps = 2 * SWEEP_TIME;
        let hangs_up_and_lives_on = asked + END_TIME + sweeps + capture;
        let held_by_the_kernel = asked + KILL_TIME + sweeps + capture;
        let held_in_destroy = asked + sweeps + KILL_TIME + capture;
        for worst in [hangs_up_and_lives_on, held_by_the_kernel, held_in_destroy] {
            assert!(worst <= Duration::from_millis(950), "{worst:?}");
        }
    }
}
