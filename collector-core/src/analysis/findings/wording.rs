//! Sentences that several suspicions say.

use crate::analysis::case::Case;
use crate::analysis::conclusion::{mib, span};
use crate::analysis::finding::Missing;
use crate::analysis::series::Source;
use crate::analysis::trend::{MIN_SAMPLES, Shape, Trend};

/// What is missing where no sample has a source.
pub(super) fn lacking(case: &Case<'_>, source: Source) -> Option<Missing> {
    let (all, n) = (case.observed.times.len(), case.observed.looks.get(&source).copied());
    let why = match n.unwrap_or(0) {
        0 => "no sample has it whole".to_owned(),
        n if n < MIN_SAMPLES && all >= MIN_SAMPLES => {
            format!("only {n} of {all} samples have it whole, which is too few to tell")
        }
        _ => return None,
    };
    let (what, plugin) = match source {
        Source::Accounts => ("the memory account", "meminfo"),
        Source::Zoneinfo => ("zoneinfo", "meminfo"),
        Source::Vmallocinfo => ("vmallocinfo", "meminfo, as root"),
        Source::Sockstat => ("sockstat", "meminfo"),
        Source::Vmstat => ("vmstat", "meminfo"),
        Source::Segments => ("the System V segments", "meminfo"),
        Source::Tmpfs => ("how full each tmpfs is", "meminfo"),
        Source::ControlGroups | Source::ControlGroupStat => {
            ("the number of control groups", "meminfo")
        }
        Source::TracingBuffer => ("the size of the tracing buffer", "meminfo, as root"),
        Source::Slabinfo => ("slabinfo", "slabinfo, as root"),
        Source::SlabNames => ("the names of the slab caches", "slabinfo"),
        Source::DentryState => ("dentry-state", "slabinfo"),
        Source::FileNr => ("file-nr", "slabinfo"),
        Source::Status => ("the memory of each process", "process-memory"),
        Source::Rollup => ("smaps_rollup of processes", "process-memory"),
        Source::Stat => ("the list of processes", "process-memory"),
        Source::Descriptors => ("the list of open files", "fd-scan"),
        Source::Watchers => ("the watches on files", "fd-scan"),
        Source::Locks => ("the table of locks", "fd-scan"),
        Source::Timers => ("the timers of each process", "process-memory"),
        Source::Sockets => ("the table of TCP sockets", "fd-scan"),
        Source::UnixSockets => ("the table of unix sockets", "fd-scan"),
    };
    Some(Missing {
        what: what.to_owned(),
        why,
        how_to_get: format!("collect with the plugin {plugin}"),
    })
}

/// Why a series that rose is no leak; `None`: it did not rise, or rises like one.
pub(super) fn why_not(trend: &Trend, since_start: f64) -> Option<String> {
    let text = match trend.shape {
        Shape::Step { at } => {
            format!("it rose at once, {} after the first sample", span(at - since_start))
        }
        Shape::Decelerating => {
            "it rises ever more slowly, as in a warm-up or a cache that fills".to_owned()
        }
        Shape::WentAway => "it came down again".to_owned(),
        Shape::Flat => "it does not rise".to_owned(),
        Shape::Rising if trend.rise <= trend.noise => {
            "its rise is within its own ups and downs".to_owned()
        }
        Shape::Rising => return None,
    };
    Some(text)
}

/// `went from 12.0 MiB to 40.1 MiB`, or `stays at 12.0 MiB`.
pub(super) fn course(trend: &Trend) -> String {
    let text = |bytes: f64| mib(super::whole(bytes));
    match (trend.last - trend.first).abs() {
        1_048_576.0.. => format!("went from {} to {}", text(trend.first), text(trend.last)),
        _ => format!("stays at {}", text(trend.last)),
    }
}

/// `12.0 MiB to 40.1 MiB`.
pub(super) fn from_to(trend: &Trend) -> String {
    let text = |bytes: f64| mib(super::whole(bytes));
    format!("{} to {}", text(trend.first), text(trend.last))
}
