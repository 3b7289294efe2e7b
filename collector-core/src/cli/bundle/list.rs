//! `collector bundle list`: one line per sample, and under it what changed for the worse or the
//! better, so that a capture of a day can be skimmed.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use super::{Stop, count};
use crate::bundle::index::{Capture, Index, Row, Sample};
use crate::bundle::layout::Place;
use crate::bundle::reader::{BundleReader, Entry, Tail};
use crate::units::{Bytes, Outcome, format_duration, short};

/// Writes the list to `output` and gives the bundle's tail.
pub(super) fn list(path: &Path, with_files: bool, output: &mut dyn Write) -> Result<Tail, Stop> {
    let mut reader = BundleReader::open(path)?;
    let size = std::fs::metadata(path)
        .map_or_else(|error| format!("(size unknown: {error})"), |it| Bytes(it.len()).to_string());
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut output = Lines(output);
    output.write(&format!("{name}  {size}"))?;
    write_head(reader.capture(), &mut output)?;
    output.write("")?;
    output.write(TITLES)?;
    let plan = reader.capture().plan.iter().map(|it| (it.collector.clone(), None));
    let before = plan.collect();
    let mut table = Table { output, with_files, before, hasher: RandomState::new() };
    reader.walk(|entry| table.visit(entry))
}

const TITLES: &str = "SAMPLE                   AFTER  FILES       BYTES  OUTCOMES";

/// Where all lines are written: the one place where text from a bundle meets a terminal.
struct Lines<'a>(&'a mut dyn Write);

impl Lines<'_> {
    fn write(&mut self, line: &str) -> Result<(), Stop> {
        Ok(writeln!(self.0, "{}", short(line.trim_end()))?)
    }
}

fn write_head(capture: &Capture, output: &mut Lines<'_>) -> Result<(), Stop> {
    let host = &capture.host;
    let distribution = host.distribution.as_deref().unwrap_or("unknown distribution");
    let system = format!(
        "{}, Linux {} {}, {distribution}",
        host.hostname, host.kernel_release, host.architecture
    );
    let started = capture.started.date_time().format("%Y-%m-%d %H:%M:%S UTC");
    let mut what = format!("{started}, {} {}", capture.tool.name, capture.tool.version);
    if let Some(case) = &capture.case {
        what.push_str(&format!(", case {case}"));
    }
    let plan: Vec<&str> = capture.plan.iter().map(|it| it.collector.as_str()).collect();
    output.write(&format!("host      {system}"))?;
    output.write(&format!("capture   {what}"))?;
    output.write(&format!("plan      {}", plan.join(", ")))?;
    for item in &capture.plan {
        if let Some(refused) = &item.refused {
            output.write(&format!("refused   {}: {refused}", item.collector))?;
        }
    }
    Ok(())
}

struct Table<'a> {
    output: Lines<'a>,
    with_files: bool,
    /// Of each collector of the plan, its outcome in its last sample and the hash of the reason:
    /// a bundle can name more collectors, with more to say, than memory holds.
    before: BTreeMap<String, Option<(Outcome, u64)>>,
    hasher: RandomState,
}

impl Table<'_> {
    fn visit(&mut self, entry: &mut Entry<'_>) -> Result<(), Stop> {
        let name = entry.name().clone();
        match name.place() {
            Place::Sample { sample } => {
                let row: Sample = entry.json()?;
                self.write_sample(sample, &row)
            }
            Place::Index => {
                let index: Index = entry.json()?;
                self.write_end(&index)
            }
            _ => Ok(()),
        }
    }

    fn write_sample(&mut self, directory: &str, sample: &Sample) -> Result<(), Stop> {
        let files: Vec<_> = sample.rows.iter().flat_map(|it| &it.files).collect();
        let bytes = files.iter().fold(0_u64, |sum, it| sum.saturating_add(it.bytes));
        let mut totals = BTreeMap::new();
        for row in &sample.rows {
            *totals.entry(row.outcome).or_insert(0_u64) += 1;
        }
        // To the tenth of a second, which is what a ruler of time needs.
        let after = format_duration(Duration::from_millis(sample.monotonic_ms / 100 * 100));
        let (n_files, size, said) = (files.len(), Bytes(bytes).to_string(), outcomes(&totals));
        self.output.write(&format!("{directory:<22}{after:>8}{n_files:>7}{size:>12}  {said}"))?;
        for row in &sample.rows {
            self.write_change(row)?;
        }
        if self.with_files {
            for file in files {
                let size = Bytes(file.bytes).to_string();
                let cut = if file.cut { ", cut" } else { "" };
                let (name, kind) = (&file.name, &file.media_type);
                let line = format!("{size:>12}  samples/{directory}/{name}  {kind}{cut}");
                self.output.write(&line)?;
            }
        }
        Ok(())
    }

    /// Writes a row that is not as it was in the collector's sample before.
    fn write_change(&mut self, row: &Row) -> Result<(), Stop> {
        let now = (row.outcome, self.hasher.hash_one(&row.reason));
        let before = self.before.get_mut(&row.collector).and_then(|it| it.replace(now));
        let was_ok = before.is_none_or(|(outcome, _)| outcome == Outcome::Ok);
        if before == Some(now) || (was_ok && row.outcome == Outcome::Ok) {
            return Ok(());
        }
        let reason = row.reason.as_deref().unwrap_or_default();
        let (collector, outcome) = (&row.collector, row.outcome);
        self.output.write(&format!("    {collector:<18} {outcome:<12} {reason}"))
    }

    fn write_end(&mut self, index: &Index) -> Result<(), Stop> {
        let after = format_duration(Duration::from_millis(index.duration_ms));
        let reason = index.reason.as_str();
        let detail = index.detail.as_deref().map(|it| format!(" ({it})"));
        self.output.write("")?;
        self.output.write(&format!(
            "ended     {reason} after {after}{}: {}, {}",
            detail.unwrap_or_default(),
            count(index.samples, "sample"),
            outcomes(&index.totals)
        ))
    }
}

fn outcomes(totals: &BTreeMap<Outcome, u64>) -> String {
    let words: Vec<String> = totals.iter().map(|(word, n)| format!("{n} {word}")).collect();
    if words.is_empty() { "no rows".to_owned() } else { words.join(", ") }
}
