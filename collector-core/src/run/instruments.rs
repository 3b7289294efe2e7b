//! The clocks and meters of a capture, behind a trait so that a test can hold them still.

use std::fs;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rustix::time::{ClockId, clock_gettime};

use super::outcome::Cost;
use crate::units::Bytes;

/// One moment, on three clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Wall clock; may be set back and forth while a capture runs.
    pub wall: DateTime<Utc>,
    /// `CLOCK_MONOTONIC`: stands still while the machine sleeps.
    pub monotonic: Duration,
    /// `CLOCK_BOOTTIME`: goes on while the machine sleeps.
    pub boottime: Duration,
}

/// What the core itself has cost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnCost {
    /// Processor time, user and system.
    pub cpu: Duration,
    /// The most memory it has had resident; unknown without `/proc`.
    pub max_rss: Option<Bytes>,
}

/// Where times and costs come from.
pub trait Instruments: Sync {
    /// This moment.
    fn now(&self) -> Stamp;
    /// A collector's cost as it goes into the bundle.
    fn cost(&self, measured: Cost) -> Cost;
    /// A duration as it goes into the bundle.
    fn duration(&self, measured: Duration) -> Duration {
        self.cost(Cost { wall: measured, cpu: None, max_rss: None }).wall
    }
    /// The core's own cost so far.
    fn own_cost(&self) -> OwnCost;
}

/// The machine's own clocks and meters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl Instruments for Machine {
    fn now(&self) -> Stamp {
        Stamp {
            wall: Utc::now(),
            monotonic: clock(ClockId::Monotonic),
            boottime: clock(ClockId::Boottime),
        }
    }

    fn cost(&self, measured: Cost) -> Cost {
        measured
    }

    fn own_cost(&self) -> OwnCost {
        OwnCost { cpu: process_cpu_time(), max_rss: peak_resident("self") }
    }
}

/// The most memory the process `pid` (a number or `self`) has had resident, from `VmHWM` of its
/// status; `None` when it is gone. `ru_maxrss` will not do: it remembers the parent's.
pub(super) fn peak_resident(pid: &str) -> Option<Bytes> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024).map(Bytes)
}

/// Processor time of this process so far, all threads, user and system.
pub(super) fn process_cpu_time() -> Duration {
    clock(ClockId::ProcessCPUTime)
}

fn clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    Duration::from_secs(time.tv_sec.unsigned_abs())
        + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}
