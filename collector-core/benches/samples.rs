//! What reading the samples of a bundle costs, and the report on them.
//!
//! ```text
//! cargo bench -p collector-core --bench samples -- metrics [SAMPLES] [SERIES]  pages made here
//! cargo bench -p collector-core --bench samples -- read BUNDLE                 a bundle there is
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
            read(&make(place.path(), number(1, 96)?, number(2, 2000)?)?.path)
        }
        (Some("read"), Some(path)) => read(Path::new(path)),
        _ => {
            println!("usage: -- metrics [SAMPLES] [SERIES] | read BUNDLE");
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
fn make(directory: &Path, n_samples: u64, n_series: u64) -> Fallible<Finished> {
    let begun = DateTime::<Utc>::from_timestamp(1_800_000_000, 0).ok_or("a moment")?;
    let mut writer = create(directory, begun)?;
    for number in 0..n_samples {
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
        let time = begun + chrono::TimeDelta::seconds(i64::try_from(number)? * 60);
        let sample = layout::sample_directory(time);
        let file = index::File {
            name: "dolt/metrics.txt".to_owned(),
            media_type: "application/openmetrics-text; version=1.0.0".to_owned(),
            bytes: page.len() as u64,
            sha256: hex(&Sha256::digest(&page)),
            cut: false,
        };
        writer.append(&sample, &file, Timestamp::new(time), &mut page.as_bytes())?;
        let row = Row {
            collector: "dolt".to_owned(),
            outcome: Outcome::Ok,
            reason: None,
            problems: Vec::new(),
            log: Vec::new(),
            started_ms: Some(0),
            cost: None,
            files: vec![file],
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
