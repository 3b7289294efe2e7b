//! What reading the samples of a bundle costs, and the report on them.
//!
//! ```text
//! cargo bench -p collector-core --bench samples -- metrics [SAMPLES] [SERIES]      pages made here
//! cargo bench -p collector-core --bench samples -- processes [SAMPLES] [PROCESSES] [DESCRIPTORS]
//! cargo bench -p collector-core --bench samples -- read BUNDLE                     a bundle there is
//! ```
//!
//! Each is read three times; the file is in the page cache then.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "support/writer.rs"]
mod support;

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, Utc};
use collector_core::analysis::conclude::conclude;
use collector_core::analysis::host::by_host;
use collector_core::analysis::samples;
use collector_core::bundle::index::{self, EndReason, Row, Sample};
use collector_core::bundle::layout;
use collector_core::bundle::reader::{BundleReader, ReadError};
use collector_core::bundle::writer::{Ending, Finished};
use collector_core::report;
use collector_core::units::{Bytes, Outcome, Timestamp, hex};
use sha2::{Digest, Sha256};

use support::{Fallible, create, peak_memory};

fn main() -> Fallible<()> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    let number = |at: usize, usual| arguments.get(at).map_or(Ok(usual), |it| it.parse());
    match (arguments.first().map(String::as_str), arguments.get(1)) {
        (Some("metrics"), _) => {
            let place = tempfile::tempdir()?;
            read(&metrics(place.path(), number(1, 96)?, number(2, 2000)?)?.path)
        }
        (Some("processes"), _) => {
            let place = tempfile::tempdir()?;
            let n_each = number(3, 10)?;
            read(&processes(place.path(), number(1, 100)?, number(2, 4000)?, n_each)?.path)
        }
        (Some("read"), Some(path)) => read(Path::new(path)),
        _ => {
            println!(
                "usage: -- metrics [SAMPLES] [SERIES] | processes [SAMPLES] [PROCESSES] [DESCRIPTORS] | read BUNDLE"
            );
            Ok(())
        }
    }
}

fn read(path: &Path) -> Fallible<()> {
    for _ in 0..3 {
        let begun = Instant::now();
        let (mut n_samples, mut n_artifacts, mut n_bytes, mut n_bad) = (0, 0, 0, 0);
        let mut bundle = BundleReader::open(path)?;
        samples::walk(&mut bundle, |sample| {
            n_samples += 1;
            n_artifacts += sample.artifacts.len();
            n_bytes += sample.artifacts.iter().map(|it| it.content.len() as u64).sum::<u64>();
            n_bad += sample.artifacts.iter().map(|it| it.bad.n_lines()).sum::<usize>();
            Ok::<(), ReadError>(())
        })?;
        println!(
            "{n_samples} samples, {n_artifacts} artifacts, {}, {n_bad} bad lines: {:.0?}, memory {}",
            Bytes(n_bytes),
            begun.elapsed(),
            peak_memory()
        );
        let begun = Instant::now();
        let host = by_host(&[path.to_owned()])?.remove(0);
        let (observed, quality) = host.observe()?;
        let text = report::text::text(&conclude(&observed, quality));
        println!(
            "  the whole report: {} series, {} lines: {:.0?}, memory {}",
            observed.series.len(),
            text.lines().count(),
            begun.elapsed(),
            peak_memory()
        );
    }
    Ok(())
}

/// A bundle of `n_samples` pages with `n_series` series each, as a Go server has them.
fn metrics(directory: &Path, n_samples: u64, n_series: u64) -> Fallible<Finished> {
    make(directory, n_samples, |number| {
        let mut page = String::new();
        for series in 0..n_series {
            if series % 10 == 0 {
                let name = series / 10;
                page.push_str(&format!(
                    "# HELP dolt_metric_{name} What there is of number {name}.\n"
                ));
                page.push_str(&format!("# TYPE dolt_metric_{name} gauge\n"));
            }
            let value = (series * 7919 + number * 31) as f64 * 1.25;
            let name = series / 10;
            page.push_str(&format!(
                "dolt_metric_{name}{{database=\"orders\",branch=\"b{series}\"}} {value:e}\n"
            ));
        }
        page.push_str("# EOF\n");
        vec![("metrics.txt", "application/openmetrics-text; version=1.0.0", page)]
    })
}

/// A bundle of a host with so many processes, which have so many descriptors each: one more file
/// in each sample, and of the rest a third sockets.
fn processes(
    directory: &Path,
    n_samples: u64,
    n_processes: u64,
    n_descriptors: u64,
) -> Fallible<Finished> {
    let record =
        |pid: u64, file: &str, text: &str| format!("==> {pid}/{file} {} <==\n{text}\n", text.len());
    make(directory, n_samples, |number| {
        let (mut stats, mut statuses) = (String::new(), String::new());
        let mut fds = "pid\tstart_ticks\tcommand\tfd\tlink\tsize_bytes\tblocks_512\tdevice\t\
                       inode\tlinks\n"
            .to_owned();
        for pid in 1..=n_processes {
            let stat =
                format!("{pid} (worker) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {pid} 9 9\n");
            stats.push_str(&record(pid, "stat", &stat));
            let kb = 4000 + pid % 7 * number;
            let status = format!(
                "Name:\tworker\nState:\tS (sleeping)\nPPid:\t1\nUid:\t0\t0\t0\t0\n\
                 VmSize:\t 90000 kB\nVmRSS:\t{kb} kB\nRssAnon:\t{kb} kB\nRssFile:\t0 kB\n\
                 RssShmem:\t0 kB\nVmPTE:\t60 kB\nThreads:\t4\nSigQ:\t0/96365\n"
            );
            statuses.push_str(&record(pid, "status", &status));
            for fd in 0..n_descriptors + u64::from(pid == 7) * number {
                let link = match fd % 3 {
                    0 => format!("socket:[{}]", pid * 10_000 + fd),
                    1 => format!("/var/lib/worker/{pid}/segment-{fd}.log"),
                    _ => "/dev/null".to_owned(),
                };
                fds.push_str(&format!("{pid}\t{pid}\tworker\t{fd}\t{link}\t\t\t\t\t\n"));
            }
        }
        vec![
            ("stat", "text/x-linux-pid-stat", stats),
            ("status", "text/x-linux-pid-status", statuses),
            ("fds.tsv", "text/x-collector-fds", fds),
        ]
    })
}

/// A bundle of `n_samples` samples, a minute apart, each with these texts: name, media type, text.
fn make(
    directory: &Path,
    n_samples: u64,
    texts: impl Fn(u64) -> Vec<(&'static str, &'static str, String)>,
) -> Fallible<Finished> {
    let begun = DateTime::<Utc>::from_timestamp(1_800_000_000, 0).ok_or("a moment")?;
    let mut writer = create(directory, begun)?;
    for number in 0..n_samples {
        let time = begun + chrono::TimeDelta::seconds(i64::try_from(number)? * 60);
        let sample = layout::sample_directory(time);
        let mut files = Vec::new();
        for (name, media_type, text) in texts(number) {
            let file = index::File {
                name: format!("made/{name}"),
                media_type: media_type.to_owned(),
                bytes: text.len() as u64,
                sha256: hex(&Sha256::digest(&text)),
                cut: false,
            };
            writer.append(&sample, &file, Timestamp::new(time), &mut text.as_bytes())?;
            files.push(file);
        }
        let row = Row {
            collector: "made".to_owned(),
            outcome: Outcome::Ok,
            reason: None,
            problems: Vec::new(),
            log: Vec::new(),
            started_ms: Some(0),
            cost: None,
            files,
            stderr: None,
        };
        let record = Sample {
            index: number,
            time: Timestamp::new(time),
            monotonic_ms: number * 60_000,
            boottime_ms: None,
            duration_ms: 7,
            rows: vec![row],
        };
        writer.end_sample(&sample, &record)?;
    }
    Ok(writer.finish(Ending {
        reason: EndReason::Finished,
        detail: None,
        ended: Timestamp::new(begun),
        duration_ms: n_samples * 60_000,
        cost: None,
    })?)
}
