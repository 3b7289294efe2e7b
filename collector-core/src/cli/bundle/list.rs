//! `collector bundle list`: one line per sample, and under it what changed for the worse or the
//! better, so that a capture of a day can be skimmed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use super::{Stop, count};
use crate::bundle::index::{Capture, Index, Row, Sample};
use crate::bundle::layout::Place;
use crate::bundle::reader::{BundleReader, Entry, Tail};
use crate::units::{Bytes, Outcome, format_duration};

/// Writes the list to `output` and gives the bundle's tail.
pub(super) fn list(path: &Path, with_files: bool, output: &mut dyn Write) -> Result<Tail, Stop> {
    let mut reader = BundleReader::open(path)?;
    let size = std::fs::metadata(path)
        .map_or_else(|error| format!("(size unknown: {error})"), |it| Bytes(it.len()).to_string());
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    writeln!(output, "{}  {}", clean(&name), size)?;
    write_head(reader.capture(), output)?;
    writeln!(output, "\n{:<22}{:>8}{:>7}{:>12}  OUTCOMES", "SAMPLE", "AFTER", "FILES", "BYTES")?;
    let mut table = Table { output, with_files, before: BTreeMap::new() };
    reader.walk(|entry| table.visit(entry))
}

fn write_head(capture: &Capture, output: &mut dyn Write) -> Result<(), Stop> {
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
    writeln!(output, "host      {}", clean(&system))?;
    writeln!(output, "capture   {}", clean(&what))?;
    writeln!(output, "plan      {}", clean(&plan.join(", ")))?;
    for item in &capture.plan {
        if let Some(refused) = &item.refused {
            writeln!(output, "refused   {}: {}", clean(&item.collector), clean(refused))?;
        }
    }
    Ok(())
}

struct Table<'a> {
    output: &'a mut dyn Write,
    with_files: bool,
    /// Outcome and reason of each collector in its last sample.
    before: BTreeMap<String, (Outcome, Option<String>)>,
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
        writeln!(self.output, "{directory:<22}{after:>8}{n_files:>7}{size:>12}  {said}")?;
        for row in &sample.rows {
            self.write_change(row)?;
        }
        if self.with_files {
            for file in files {
                let size = Bytes(file.bytes).to_string();
                let cut = if file.cut { ", cut" } else { "" };
                let (name, kind) = (clean(&file.name), clean(&file.media_type));
                writeln!(self.output, "{size:>12}  samples/{directory}/{name}  {kind}{cut}")?;
            }
        }
        Ok(())
    }

    /// Writes a row that is not as it was in the collector's sample before.
    fn write_change(&mut self, row: &Row) -> Result<(), Stop> {
        let now = (row.outcome, row.reason.clone());
        let before = self.before.insert(row.collector.clone(), now.clone());
        let was_ok = before.as_ref().is_none_or(|(outcome, _)| *outcome == Outcome::Ok);
        if before.as_ref() == Some(&now) || (was_ok && row.outcome == Outcome::Ok) {
            return Ok(());
        }
        let reason = row.reason.as_deref().map(clean).unwrap_or_default();
        let (collector, outcome) = (clean(&row.collector), row.outcome);
        let line = format!("    {collector:<18} {outcome:<12} {reason}");
        writeln!(self.output, "{}", line.trim_end())?;
        Ok(())
    }

    fn write_end(&mut self, index: &Index) -> Result<(), Stop> {
        let after = format_duration(Duration::from_millis(index.duration_ms));
        let reason = index.reason.as_str();
        let detail = index.detail.as_deref().map(|it| format!(" ({})", clean(it)));
        writeln!(
            self.output,
            "\nended     {reason} after {after}{}: {}, {}",
            detail.unwrap_or_default(),
            count(index.samples, "sample"),
            outcomes(&index.totals)
        )?;
        Ok(())
    }
}

fn outcomes(totals: &BTreeMap<Outcome, u64>) -> String {
    let words: Vec<String> = totals.iter().map(|(word, n)| format!("{n} {word}")).collect();
    if words.is_empty() { "no rows".to_owned() } else { words.join(", ") }
}

/// Text from a bundle, without what could steer a terminal.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect()
}
