//! Runs a plan: workers, ticks, and what they delivered, handed to a [`Sink`].
//!
//! ```text
//! capture ── worker (thread) ── call ── process ══ socket ══ child ── library ── plugin
//!    │                            └─ spool (artifacts while they arrive)
//!    └─> Sink (the bundle's writer), Observer (progress)
//! ```
//!
//! Nothing here knows what a bundle looks like, and nothing here reads `/proc` for its contents.

mod alone;
mod call;
mod capture;
pub(crate) mod child;
mod disk;
mod family;
mod instruments;
mod library;
mod limits;
mod names;
mod outcome;
mod process;
pub mod schedule;
mod spool;
mod watch;
mod wire;
mod worker;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use call::fuzzing;

pub use alone::{Alone, AloneSetup, WorkerEnd};
pub use capture::{
    Ended, Finished, Full, Inbox, Interrupter, Observer, Room, Sample, SampleHead, SampleRow,
    Setup, Sink, SinkError, Start, StoredFile, capture,
};
pub use disk::{Disk, Lack, Space};
pub use instruments::{Instruments, Machine, OwnCost, Stamp};
pub use outcome::{Artifact, Cost, Delivery, Fate, LogLine, Problem};
pub(crate) use process::RAISE_LIMIT;
pub use spool::{Spool, Spooled};
