//! The values of a capture as the stored format has them.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::Recording;
use crate::bundle::index::{
    Capture, CollectorCost, Cost, EndReason, File, Layout, Library, Limits, LogLevel, LogLine,
    PlannedItem, Problem, Rights, Row, Sample, Schedule, Tool,
};
use crate::manifest;
use crate::plan::PlannedCollector;
use crate::run::{self, Artifact, Ended, Full, OwnCost, SampleRow, Stamp, StoredFile};
use crate::units::{HostFacts, Outcome, Timestamp, hex};

/// `duration` in whole milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The first entry of the bundle.
pub(super) fn capture(recording: &Recording<'_>, start: Stamp) -> Capture {
    let plan = recording.plan;
    Capture {
        layout: Layout::CURRENT,
        bundle_id: bundle_id(recording.host, start),
        tool: Tool {
            name: "collector".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            pid: Some(std::process::id()),
        },
        command_line: recording.command_line.clone(),
        case: plan.case.clone(),
        started: Timestamp::new(start.wall),
        schedule: schedule(plan.schedule),
        host: recording.host.clone(),
        plan: plan.collectors.iter().map(planned).collect(),
    }
}

/// An id that differs between two captures because host, boot and moment do.
fn bundle_id(host: &HostFacts, start: Stamp) -> String {
    let mut hash = Sha256::new();
    hash.update(&host.hostname);
    hash.update(host.boot_id.as_deref().unwrap_or("no boot id"));
    hash.update(start.wall.to_rfc3339());
    hash.update(start.monotonic.as_nanos().to_le_bytes());
    hex(&hash.finalize()[..16])
}

fn schedule(schedule: manifest::Schedule) -> Schedule {
    match schedule {
        manifest::Schedule::Once => Schedule::default(),
        manifest::Schedule::Repeat { every, end } => {
            let (for_ms, samples) = match end {
                manifest::End::After(span) => (Some(millis(span)), None),
                manifest::End::Samples(n) => (None, Some(n)),
            };
            Schedule { every_ms: Some(millis(every)), for_ms, samples }
        }
    }
}

fn planned(collector: &PlannedCollector) -> PlannedItem {
    let found = collector.library.as_ref();
    PlannedItem {
        collector: collector.name.clone(),
        plugin: collector.plugin.clone(),
        every_ms: collector.every.map(millis),
        limits: Limits {
            timeout_ms: millis(collector.limits.timeout),
            max_bytes: collector.limits.max_bytes.0,
            max_memory_bytes: collector.limits.max_memory.0,
        },
        plugin_version: found.ok().map(|found| found.description.version.clone()),
        library: found.ok().map(|found| Library {
            path: found.path.display().to_string(),
            sha256: found.sha256.clone(),
        }),
        rights: found.ok().map(|found| Rights {
            capabilities: found.description.needs.caps.clone(),
            landlock: !found.description.needs.proc_other_pids,
        }),
        refused: found.err().map(|refused| refused.message.clone()),
    }
}

/// A file of a sample that is being stored.
pub(super) fn file(collector: &str, artifact: &Artifact) -> File {
    File {
        name: format!("{collector}/{}", artifact.name),
        media_type: artifact.media_type.clone(),
        bytes: artifact.content.n_bytes(),
        sha256: hex(&artifact.content.sha256()),
        cut: artifact.cut,
    }
}

/// The last entry of a sample.
pub(super) fn sample(sample: &run::Sample) -> Sample {
    Sample {
        index: sample.head.index,
        time: Timestamp::new(sample.head.began.wall),
        monotonic_ms: millis(sample.head.since_start),
        boottime_ms: Some(millis(sample.head.boottime_since_start)),
        duration_ms: millis(sample.duration),
        rows: sample.rows.iter().map(row).collect(),
    }
}

fn row(row: &SampleRow) -> Row {
    let run::Delivery { outcome, reason, problems, log, cost, stderr, .. } = &row.delivery;
    let was_asked = row.started.is_some();
    Row {
        collector: row.collector.clone(),
        outcome: *outcome,
        reason: reason.clone().filter(|_| *outcome != Outcome::Ok),
        problems: problems
            .iter()
            .map(|it| Problem { outcome: it.outcome, message: it.message.clone() })
            .collect(),
        log: log.iter().map(log_line).collect(),
        started_ms: row.started.map(millis),
        cost: was_asked.then(|| Cost {
            wall_ms: millis(cost.wall),
            cpu_us: cost.cpu.map(micros),
            max_rss_bytes: cost.max_rss.map(|it| it.0),
        }),
        files: row.files.iter().map(|it| stored(&row.collector, it)).collect(),
        stderr: stderr.clone(),
    }
}

fn log_line(line: &run::LogLine) -> LogLine {
    let level = match line.level {
        "error" => LogLevel::Error,
        "warn" => LogLevel::Warn,
        "info" => LogLevel::Info,
        _ => LogLevel::Debug,
    };
    LogLine { level, message: line.message.clone() }
}

fn stored(collector: &str, file: &StoredFile) -> File {
    File {
        name: format!("{collector}/{}", file.name),
        media_type: file.media_type.clone(),
        bytes: file.n_bytes,
        sha256: hex(&file.sha256),
        cut: file.cut,
    }
}

/// The word for the end of a capture.
pub(super) fn reason(ended: &Ended) -> EndReason {
    match ended {
        Ended::Finished => EndReason::Finished,
        Ended::Signal(_) => EndReason::Signal,
        Ended::Full(Full::Disk(_)) => EndReason::Disk,
        Ended::Full(Full::Size(_)) => EndReason::Size,
        Ended::Broken(_) => EndReason::Error,
    }
}

/// The end of a capture in words; none where it was the planned one.
pub(super) fn detail(ended: &Ended) -> Option<String> {
    match ended {
        Ended::Finished => None,
        Ended::Signal(2) => Some("Ctrl-C (SIGINT)".into()),
        Ended::Signal(15) => Some("SIGTERM".into()),
        Ended::Signal(1) => Some("SIGHUP: the terminal or session ended".into()),
        Ended::Signal(signal) => Some(format!("signal {signal}")),
        Ended::Full(full) => Some(full.detail().to_owned()),
        Ended::Broken(error) => Some(error.to_string()),
    }
}

/// The core's own cost; `None` where its memory is unknown.
pub(super) fn own_cost(cost: OwnCost) -> Option<CollectorCost> {
    let max_rss = cost.max_rss?;
    Some(CollectorCost { cpu_us: micros(cost.cpu), max_rss_bytes: max_rss.0 })
}
