//! The whole answer of the analysis: one sentence, where the memory went, what was found, what was
//! cleared, and how good the data was. The one model of all forms of the report.

use super::finding::{Cleared, Confidence, Evidence, Finding, Id, Missing, Verdict};
use super::holders::Holders;
use super::ledger::{Growth, Term};
use super::trend::{MIN_SAMPLES, MIN_SECONDS, Slope};
use crate::units::Bytes;

/// Findings that are shown; the rest is in the account.
pub const MAX_FINDINGS: usize = 5;

/// A heap that grows by less than so many bytes is flat.
const FLAT: f64 = (16_u64 << 20) as f64;

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
    /// How far the account was from closing, in bytes; `None` where it could not be made.
    pub residual: Option<i64>,
    /// Whether a bundle was cut off or damaged.
    pub is_cut: bool,
    /// Whether the kernel keeps slab caches of equal size as one; `None`: no bundle tells.
    pub slabs_merged: Option<bool>,
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
        let more_findings = findings.len().saturating_sub(MAX_FINDINGS);
        findings.truncate(MAX_FINDINGS);
        // Who grows is not cleared; a step of one clears nobody else, and accuses nobody.
        let accuses = |finding: &Finding, id| finding.id == id && !has_ended(finding);
        cleared.retain(|it| !findings.iter().any(|finding| accuses(finding, it.id)));
        cleared.sort_by_key(|it| it.id);
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

/// The answer, as one would say it.
fn sentence(
    growth: Option<&HostGrowth>,
    findings: &[Finding],
    cleared: &[Cleared],
    quality: &Quality,
) -> (String, Confidence) {
    let span = span(quality.span_seconds);
    let Some(growth) = growth else {
        let mut text = format!("Cannot tell where memory went: {}.", why_no_account(quality));
        if let Some(first) = findings.first() {
            let class = first.subject.class.as_deref().unwrap_or(first.id.name());
            text.push_str(&format!(" What grows is {class} ({}).", first.id.name()));
        }
        return (text, Confidence::Insufficient);
    };
    let mut text = match growth.account.used {
        0.. => format!("Used memory grew by {} in {span}", mib(growth.account.used)),
        _ => format!("Used memory fell by {} in {span}", mib(-growth.account.used)),
    };
    let is_enough = quality.samples >= MIN_SAMPLES as u64;
    // What a few seconds bring says nothing about an hour.
    let is_long = quality.span_seconds >= MIN_SECONDS;
    if let Some(rate) = growth.per_hour.filter(|it| it.low > 0.0 && is_enough && is_long) {
        text.push_str(&format!(" ({})", hourly(&rate)));
    }
    text.push_str(". ");
    // What takes no memory, such as a metric, is no answer to where memory went.
    let first = findings.iter().find(|it| it.bytes > 0 || it.id != Id::Metric);
    let confidence = match first {
        Some(first) => {
            text.push_str(&cause(first, growth));
            first.confidence
        }
        None if !is_enough => {
            text.push_str(&format!(
                "{} samples are too few to tell a leak from noise; take at least 12.",
                quality.samples
            ));
            Confidence::Insufficient
        }
        None => {
            text.push_str("Nothing in it grows like a leak.");
            Confidence::None
        }
    };
    let stays = |it: &Cleared| {
        let flat = |fact: &Evidence| fact.last <= 1.1 * fact.first && fact.last - fact.first < FLAT;
        !it.evidence.is_empty() && it.evidence.iter().all(flat)
    };
    let is_flat = |id| cleared.iter().any(|it| it.id == id && stays(it));
    if is_flat(Id::GoHeap) && first.is_some_and(|it| it.id != Id::GoHeap) {
        text.push_str(" The Go heap is flat.");
    }
    if let Some(time) = first.filter(|_| is_long).and_then(|it| exhaustion(it, growth)) {
        text.push_str(&format!(" At its rate memory is used up in {time}."));
    }
    (text, confidence)
}

/// Whether the bytes of a finding are a share of the host's growth: there is one, and the term
/// they are part of grew by as much.
fn is_part(finding: &Finding, account: &Growth) -> bool {
    let term = match finding.id {
        Id::NativeMemory | Id::GoHeap | Id::Goroutines => Some(Term::Anonymous),
        Id::PageTables => Some(Term::PageTables),
        _ => None,
    };
    account.used > 0 && term.is_none_or(|it| account.of(it) >= finding.bytes)
}

/// What a finding says of the growth.
fn cause(finding: &Finding, growth: &HostGrowth) -> String {
    let share = match growth.account.gross() {
        _ if finding.bytes <= 0 => "Beside it there is ".to_owned(),
        // It was there before.
        _ if finding.id == Id::PinnedSlab => format!("Beside it, {} is ", mib(finding.bytes)),
        gross @ 1.. if is_part(finding, &growth.account) => {
            let percent = (finding.bytes as f64 / gross as f64 * 100.0).min(100.0);
            format!("{percent:.0} % of the growth is ")
        }
        // Others gave back as much.
        _ => format!("Hidden by what others gave back, {} went into ", mib(finding.bytes)),
    };
    let subject = &finding.subject;
    let class = subject.class.as_ref();
    let place = subject.function.as_ref().map(|it| format!(" at {it}")).unwrap_or_default();
    let who = match (&subject.command, &subject.process) {
        (Some(command), Some(process)) => format!(" in {command} (pid {})", process.pid),
        (None, Some(process)) => format!(" in pid {}", process.pid),
        _ => String::new(),
    };
    let class = class.map(|it| format!(" of {it}")).unwrap_or_default();
    let about = format!("{class}{place}{who}");
    let what = match finding.verdict {
        Verdict::Leak => format!("a leak{about}"),
        Verdict::Growth => format!("growth{about}, which has not ended"),
        Verdict::Retained => format!("memory kept after a peak{about}"),
        Verdict::Step => format!("a single step{about}"),
    };
    let sure = match finding.confidence {
        Confidence::Confident => "confident",
        Confidence::Probable => "probable",
        _ => "possible",
    };
    format!("{share}{what} ({}, {sure}).", finding.id.name())
}

fn why_no_account(quality: &Quality) -> String {
    match (quality.samples, quality.missing.first()) {
        (0, _) => "there is no finished sample".to_owned(),
        (1, _) => "one sample shows no growth; take at least 12 (--every 10s --for 5m)".to_owned(),
        _ => match quality.missing.iter().find(|it| it.what.starts_with("meminfo")) {
            Some(it) => format!("{} was not readable ({}); {}", it.what, it.why, it.how_to_get),
            None => "the memory account of the host is not in it, which the plugin meminfo \
                     collects"
                .to_owned(),
        },
    }
}

/// How long what is available lasts, from the fast end of the finding's rate to the slow one.
fn exhaustion(finding: &Finding, growth: &HostGrowth) -> Option<String> {
    let (rate, available) = (finding.bytes_per_hour?, growth.available?);
    // Pages of a deleted file are given back when memory is needed, though not its space.
    if rate.low <= 0.0 || finding.bytes <= 0 || finding.id == Id::DeletedFileSpace {
        return None;
    }
    let hours = |rate: f64| available.0 as f64 / rate;
    let (soon, late) = (hours(rate.high), hours(rate.low));
    // Beyond a month nobody acts on it.
    (soon < 30.0 * 24.0).then(|| format!("{} to {}", span(soon * 3600.0), span(late * 3600.0)))
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
