//! The first sentence of the report: how much, into what and whose, and how long it lasts.

use super::names::{class_name, noun};
use super::{HostGrowth, Quality, hourly, mib, span};
use crate::analysis::finding::{Cleared, Confidence, Evidence, Finding, Id, Verdict};
use crate::analysis::holders::Holder;
use crate::analysis::ledger::Term;
use crate::analysis::trend::MIN_SAMPLES;

/// A heap that grows by less than so many bytes is flat.
const FLAT: f64 = (16_u64 << 20) as f64;

/// The answer, as one would say it.
pub(super) fn sentence(
    growth: Option<&HostGrowth>,
    findings: &[Finding],
    cleared: &[Cleared],
    quality: &Quality,
) -> (String, Confidence) {
    let span = span(quality.span_seconds);
    let Some(growth) = growth else {
        let mut text = format!("Cannot tell where memory went: {}.", why_no_account(quality));
        if let Some(first) = findings.first() {
            text.push_str(&format!(" What grows is {} ({}).", about(first, "of"), first.id.name()));
        }
        return (text, Confidence::Insufficient);
    };
    let mut text = match growth.account.used {
        0.. => format!("Used memory grew by {} in {span}", mib(growth.account.used)),
        _ => format!("Used memory fell by {} in {span}", mib(-growth.account.used)),
    };
    let is_enough = quality.samples >= MIN_SAMPLES as u64;
    let is_long = quality.tells_rates();
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

/// What a finding says of the growth.
fn cause(finding: &Finding, growth: &HostGrowth) -> String {
    let bytes = mib(finding.bytes);
    let link = match finding.verdict {
        Verdict::Growth => "of",
        _ => "in",
    };
    let about = about(finding, link);
    // Both read well after `is` and after `went into`.
    let (is, what) = match finding.verdict {
        Verdict::Leak => ("is ", format!("a leak of {about}")),
        Verdict::Growth => ("is in ", format!("{about}, which still grew at the end")),
        Verdict::Retained => ("is ", format!("memory kept after a peak in {about}")),
        Verdict::Step => ("is ", format!("a single step of {about}")),
    };
    let text = match share(finding, growth) {
        Share::None if finding.verdict == Verdict::Growth => format!("Beside it, {about} grew"),
        Share::None => format!("Beside it there is {what}"),
        Share::Before => format!("Beside it, {bytes} {is}{what}"),
        Share::Part(gross) => {
            let percent = match finding.bytes as f64 / gross as f64 * 100.0 {
                100.0.. => "all".to_owned(),
                percent @ 0.5.. => format!("{percent:.0} % of the {}", mib(gross)),
                _ => format!("less than 1 % of the {}", mib(gross)),
            };
            format!("{bytes}, {percent} that went up, {is}{what}")
        }
        Share::OnDisk(in_memory, gross) => {
            let percent = in_memory as f64 / gross.max(1) as f64 * 100.0;
            let in_memory = match percent {
                0.5.. => format!(
                    "; at most {} of it, {percent:.0} % of the {} that went up, is in memory",
                    mib(in_memory),
                    mib(gross)
                ),
                _ => String::new(),
            };
            format!("{bytes} of the disk {is}{what}{in_memory}")
        }
        Share::Hidden => format!("Hidden by what others gave back, {bytes} went into {what}"),
        Share::InRoom => format!("{bytes} went into {what}"),
    };
    let sure = match finding.confidence {
        Confidence::Confident => "confident",
        Confidence::Probable => "probable",
        _ => "possible",
    };
    format!("{text} ({}, {sure}).", finding.id.name())
}

/// `pipes in dolt (pid 4711)`: what it is, where it is made, and whose it is.
fn about(finding: &Finding, link: &str) -> String {
    let subject = &finding.subject;
    let what = subject.class.as_deref().map_or_else(|| noun(finding.id).into(), class_name);
    let place = subject.function.as_ref().map(|it| format!(" at {it}")).unwrap_or_default();
    let who = match (&subject.command, &subject.process) {
        (Some(command), Some(process)) => format!(" {link} {command} (pid {})", process.pid),
        (None, Some(process)) => format!(" {link} pid {}", process.pid),
        _ => String::new(),
    };
    format!("{what}{place}{who}")
}

/// What the bytes of a finding are of the growth.
enum Share {
    /// It has none.
    None,
    /// They were there before.
    Before,
    /// A part of so many bytes that went up.
    Part(i64),
    /// They are on the disk; so many of them, at most, are in memory, where that many went up.
    OnDisk(i64, i64),
    /// The accounts it is in grew by less, because others gave back.
    Hidden,
    /// They grew by less, and nobody gave back: what it took was there and not used, such as room
    /// in slabs.
    InRoom,
}

/// Two figures that differ by no more than this are the same: they are read one after the other.
const SAME: i64 = 1 << 20;
/// So are those that differ by this share.
const SAME_SHARE: f64 = 0.02;
/// Others hide a growth when they gave back this share of what is not seen of it.
const GIVEN_BACK: f64 = 0.8;

fn share(finding: &Finding, growth: &HostGrowth) -> Share {
    let (bytes, account) = (finding.bytes, &growth.account);
    if bytes <= 0 {
        return Share::None;
    }
    if finding.id == Id::PinnedSlab {
        return Share::Before;
    }
    let (terms, is_in_rest) = places(finding.id);
    let mut changes: Vec<(i64, &[Holder])> =
        terms.iter().map(|it| (account.of(*it), growth.holders.of(*it))).collect();
    if is_in_rest {
        changes.push((account.unaccounted, &growth.holders.unaccounted));
    }
    let grown: i64 = changes.iter().map(|(bytes, _)| (*bytes).max(0)).sum();
    if finding.id == Id::DeletedFileSpace {
        return Share::OnDisk(bytes.min(grown), account.gross());
    }
    let unseen = bytes - grown;
    if unseen as f64 <= (SAME_SHARE * bytes as f64).max(SAME as f64) && account.gross() > 0 {
        return Share::Part(account.gross());
    }
    // Where no holder is told, a term that shrank is all that is seen of them.
    let back = |(bytes, holders): &(i64, &[Holder])| {
        let of_holders: i64 = holders.iter().map(|it| it.bytes.min(0)).sum();
        -of_holders.min(*bytes)
    };
    let back: i64 = changes.iter().map(back).sum();
    match back as f64 >= GIVEN_BACK * unseen as f64 {
        true => Share::Hidden,
        false => Share::InRoom,
    }
}

/// The terms that the bytes of such a finding are in, and whether they may be in what no term
/// explains.
fn places(id: Id) -> (&'static [Term], bool) {
    const SLAB: &[Term] =
        &[Term::SlabPinned, Term::SlabReclaimable, Term::SlabUnreclaimable, Term::PerCpu];
    match id {
        Id::NativeMemory | Id::GoHeap | Id::Goroutines => (&[Term::Anonymous], false),
        Id::PageTables => (&[Term::PageTables], false),
        Id::SharedMemory => (&[Term::SharedMemory], false),
        Id::DeletedFileSpace | Id::PageCache => (&[Term::FileCache], false),
        Id::Threads => (
            &[
                Term::KernelStacks,
                Term::Anonymous,
                Term::SlabUnreclaimable,
                Term::SlabReclaimable,
                Term::SlabPinned,
            ],
            false,
        ),
        Id::BpfMaps => (
            &[Term::Vmalloc, Term::SlabPinned, Term::SlabReclaimable, Term::SlabUnreclaimable],
            false,
        ),
        // A step of one of these terms is told under this name too.
        Id::UnaccountedKernel => (&[Term::HugePages, Term::PerCpu, Term::Vmalloc], true),
        Id::PipeBuffers | Id::UnixSockets | Id::SocketBuffers => (SLAB, true),
        _ => (SLAB, false),
    }
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
