//! The whole answer of the analysis: one sentence, where the memory went, what was found, what was
//! cleared, and how good the data was. The one model of all forms of the report.

mod names;
mod sentence;

use std::collections::BTreeSet;

use super::finding::{Cleared, Confidence, Finding, Id, Missing, Verdict};
use super::holders::Holders;
use super::ledger::Growth;
use super::trend::{MIN_SECONDS, Slope};
use crate::units::Bytes;

pub use names::{class_name, noun};
use sentence::sentence;

/// Findings that are shown; the rest is in the account.
pub const MAX_FINDINGS: usize = 5;

/// What a capture, or several of one host, tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// The answer in one sentence.
    pub sentence: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Where the memory went; `None` without two samples of the accounts.
    pub growth: Option<HostGrowth>,
    /// What was found, the most important first, at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How many more were found, which are smaller or less sure.
    pub more_findings: usize,
    /// What was looked at and is not it.
    pub cleared: Vec<Cleared>,
    /// How good the data was.
    pub quality: Quality,
}

/// The growth of the host's memory.
#[derive(Debug, Clone, PartialEq)]
pub struct HostGrowth {
    /// The account.
    pub account: Growth,
    /// The part of it that the collector itself caused. It is inside the terms, as the first of
    /// their holders.
    pub observer: i64,
    /// Who holds each term.
    pub holders: Holders,
    /// The trend of the used memory, per hour.
    pub per_hour: Option<Slope>,
    /// Memory that was free, or could have been given back, at the end.
    pub available: Option<Bytes>,
}

/// How good the data was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quality {
    /// Finished samples.
    pub samples: u64,
    /// From the first to the last, in seconds.
    pub span_seconds: f64,
    /// Where the series was interrupted: reboots, suspends, pauses between bundles.
    pub gaps: Vec<Gap>,
    /// What was not there.
    pub missing: Vec<Missing>,
    /// Samples whose account is left out, because memory was in flight while they were taken.
    pub in_flight: u64,
    /// How far the account was from closing in the others, in bytes; `None` where it could not be made.
    pub residual: Option<i64>,
    /// Whether a bundle was cut off or damaged.
    pub is_cut: bool,
    /// Whether the kernel keeps slab caches of equal size as one; `None`: no bundle tells.
    pub slabs_merged: Option<bool>,
}

impl Quality {
    /// Whether it says anything of an hour: what a few seconds bring does not.
    #[must_use]
    pub fn tells_rates(&self) -> bool {
        self.span_seconds >= MIN_SECONDS
    }
}

/// A hole in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Seconds from the first sample to its beginning.
    pub at_seconds: f64,
    /// How long it is, in seconds.
    pub seconds: f64,
    /// What happened.
    pub why: String,
}

impl Conclusion {
    /// Puts the parts in order and finds the sentence for them.
    #[must_use]
    pub fn new(
        growth: Option<HostGrowth>,
        mut findings: Vec<Finding>,
        mut cleared: Vec<Cleared>,
        quality: Quality,
    ) -> Self {
        // What has ended comes last; more bytes first; of equal ones, the surer.
        findings.sort_by(|one, other| {
            has_ended(one)
                .cmp(&has_ended(other))
                .then(weight(other).cmp(&weight(one)))
                .then(other.confidence.cmp(&one.confidence))
        });
        // Who grows is not cleared; a step of one clears nobody else, and accuses nobody. That
        // nothing grows is only said where nothing else is said.
        let accuses = |finding: &Finding, id| finding.id == id && !has_ended(finding);
        cleared.retain(|it| !findings.iter().any(|finding| accuses(finding, it.id)));
        let found = findings.iter().map(|it| it.id);
        let told = cleared.iter().filter(|it| !it.evidence.is_empty()).map(|it| it.id);
        let said: BTreeSet<Id> = found.chain(told).collect();
        cleared.retain(|it| !it.evidence.is_empty() || !said.contains(&it.id));
        cleared.sort_by_key(|it| it.id);
        let more_findings = findings.len().saturating_sub(MAX_FINDINGS);
        findings.truncate(MAX_FINDINGS);
        let (sentence, confidence) = sentence(growth.as_ref(), &findings, &cleared, &quality);
        Conclusion { sentence, confidence, growth, findings, more_findings, cleared, quality }
    }
}

/// Whether a finding is of growth that is over.
fn has_ended(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Step | Verdict::Retained) && finding.id != Id::PinnedSlab
}

/// Bytes by confidence: a sure finding of half the size comes before a guess.
fn weight(finding: &Finding) -> i64 {
    let sure = match finding.confidence {
        Confidence::Confident => 4,
        Confidence::Probable => 3,
        Confidence::Possible => 1,
        Confidence::None | Confidence::Insufficient => 0,
    };
    finding.bytes.saturating_mul(sure)
}

/// `310 to 345 MiB/h`.
#[must_use]
pub fn hourly(rate: &Slope) -> String {
    let of = |bytes: f64| bytes / f64::from(1 << 20);
    let (low, high) = (of(rate.low), of(rate.high));
    let decimals = if high.abs() >= 100.0 { 0 } else { 1 };
    format!("{low:.decimals$} to {high:.decimals$} MiB/h")
}

/// `120 bytes`, `1.2 KiB`, and above that as [`mib`].
#[must_use]
pub fn bytes(bytes: i64) -> String {
    match bytes.unsigned_abs() {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => mib(bytes),
    }
}

/// `1.9 GiB` or `118 MiB`.
#[must_use]
pub fn mib(bytes: i64) -> String {
    let value = bytes as f64 / f64::from(1 << 20);
    match value.abs() {
        1024.0.. => format!("{:.1} GiB", value / 1024.0),
        100.0.. => format!("{value:.0} MiB"),
        _ => format!("{value:.1} MiB"),
    }
}

/// `2.1 days`, `6.0 h`, `5 min` or `40 s`.
#[must_use]
pub fn span(seconds: f64) -> String {
    match seconds {
        172_800.0.. => format!("{:.1} days", seconds / 86_400.0),
        7200.0.. => format!("{:.1} h", seconds / 3600.0),
        120.0.. => format!("{:.0} min", seconds / 60.0),
        _ => format!("{seconds:.0} s"),
    }
}

#[cfg(test)]
mod tests;
