//! The report as text: it fits into a ticket, 100 columns wide, the conclusion first.

mod waterfall;

use std::fmt::Write;

use crate::analysis::conclusion::{Conclusion, Quality, class_name, hourly, mib, noun, span};
use crate::analysis::finding::{Cleared, Confidence, Evidence, Finding, Id, Verdict};
use crate::analysis::window::Lifetime;
use crate::units::plain;

/// Columns of a line.
const WIDTH: usize = 100;
/// Facts shown of a finding.
const MAX_EVIDENCE: usize = 4;

/// The report of `conclusion`.
#[must_use]
pub fn text(conclusion: &Conclusion) -> String {
    let mut out = String::new();
    paragraph(&mut out, "", &conclusion.sentence);
    if let Some(growth) = &conclusion.growth {
        waterfall::write(&mut out, growth);
    }
    if !conclusion.findings.is_empty() {
        out.push_str("\nFindings\n");
        let tells_rates = conclusion.quality.tells_rates();
        for (at, it) in conclusion.findings.iter().enumerate() {
            finding(&mut out, at + 1, it, tells_rates);
        }
        match conclusion.more_findings {
            0 => {}
            1 => out.push_str("1 more finding is smaller or less sure\n"),
            n => line_to(&mut out, &format!("{n} more findings are smaller or less sure")),
        }
    }
    cleared(&mut out, &conclusion.cleared);
    quality(&mut out, &conclusion.quality);
    out
}

fn finding(out: &mut String, number: usize, finding: &Finding, tells_rates: bool) {
    let subject = &finding.subject;
    let who = match (&subject.command, &subject.process) {
        (Some(command), Some(process)) => Some(format!("{command} (pid {})", process.pid)),
        (None, Some(process)) => Some(format!("pid {}", process.pid)),
        (command, None) => command.clone(),
    };
    let class = subject.class.as_deref().map(|it| class_name(it).into_owned());
    let parts = [who, class, subject.function.clone()];
    let about: Vec<String> = parts.into_iter().flatten().collect();
    let about = match about.is_empty() {
        true => format!("{} of nobody known", noun(finding.id)),
        false => about.join(", "),
    };
    // What is no memory has no size.
    let size = match (finding.bytes, finding.id) {
        (0, _) => "no memory seen".to_owned(),
        (bytes, Id::DeletedFileSpace) => format!("{} of the disk", mib(bytes)),
        (bytes, _) => mib(bytes),
    };
    let rate = finding
        .bytes_per_hour
        .as_ref()
        .filter(|_| finding.bytes != 0 && tells_rates)
        .map(|it| format!(", {}", hourly(it)));
    let head = format!(
        "{}, {}, {}: {}: {}{}",
        finding.id.name(),
        verdict(finding.verdict),
        confidence(finding.confidence),
        about,
        size,
        rate.unwrap_or_default()
    );
    paragraph(out, &format!("{number}. "), &head);
    finding.evidence.iter().take(MAX_EVIDENCE).for_each(|it| evidence(out, it));
    for remark in &finding.remarks {
        paragraph(out, "   - ", remark);
    }
    for next in &finding.next {
        paragraph(out, "   next: ", next);
    }
}

fn evidence(out: &mut String, fact: &Evidence) {
    let (first, last) = (number(fact.first), number(fact.last));
    paragraph(out, "   - ", &format!("{}: {}: {first} -> {last}", fact.entry, fact.field));
}

/// What was cleared: that with facts line by line, the rest by its name, for the page is short.
fn cleared(out: &mut String, all: &[Cleared]) {
    if all.is_empty() {
        return;
    }
    out.push_str("\nLooked at and cleared\n");
    for it in all.iter().filter(|it| !it.evidence.is_empty()) {
        paragraph(out, &format!("  {}: ", it.id.name()), &it.why);
    }
    let others: Vec<&str> =
        all.iter().filter(|it| it.evidence.is_empty()).map(|it| it.id.name()).collect();
    if !others.is_empty() {
        paragraph(out, "  does not grow: ", &others.join(", "));
    }
}

fn quality(out: &mut String, quality: &Quality) {
    out.push_str("\nData quality\n");
    let residual = match quality.residual {
        Some(bytes) => format!("the account closes to {}", mib(bytes)),
        None => "the account could not be made".to_owned(),
    };
    let s = if quality.samples == 1 { "" } else { "s" };
    let text =
        format!("{} sample{s} over {}; {residual}", quality.samples, span(quality.span_seconds));
    paragraph(out, "  ", &text);
    if quality.slabs_merged == Some(true) {
        let text = "merged by this kernel; a group of them is named by all its members";
        paragraph(out, "  slab caches: ", text);
    }
    if quality.in_flight > 0 {
        let text = format!(
            "the account of {} of {} samples, which were taken while memory was in flight, as when \
             a large process ends",
            quality.in_flight, quality.samples
        );
        paragraph(out, "  left out: ", &text);
    }
    for gap in &quality.gaps {
        let (at, length) = (span(gap.at_seconds), span(gap.seconds));
        paragraph(out, "  gap: ", &format!("{length} after {at}: {}", gap.why));
    }
    for missing in &quality.missing {
        let text = format!("{}: {}; {}", missing.what, missing.why, missing.how_to_get);
        paragraph(out, "  missing: ", &text);
    }
}

/// The word for a verdict, as in the JSON.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Leak => "leak",
        Verdict::Growth => "growth",
        Verdict::Retained => "retained",
        Verdict::Step => "step",
    }
}

/// The word for a confidence, as in the JSON.
pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Insufficient => "insufficient",
        Confidence::None => "none",
        Confidence::Possible => "possible",
        Confidence::Probable => "probable",
        Confidence::Confident => "confident",
    }
}

/// The word for a lifetime, as in the JSON; `None`: it was there all the time.
pub(super) fn lifetime(lifetime: Lifetime) -> Option<&'static str> {
    match lifetime {
        Lifetime::Throughout => None,
        Lifetime::Started => Some("started"),
        Lifetime::Ended => Some("ended"),
        Lifetime::Passing => Some("passing"),
    }
}

/// A number with separators, without decimals it does not need.
fn number(value: f64) -> String {
    if value.fract() != 0.0 && value.abs() < 1000.0 {
        return format!("{value:.2}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

/// Writes `text` after `lead`, with the lines that follow indented as far.
pub(crate) fn paragraph(out: &mut String, lead: &str, text: &str) {
    let indent = " ".repeat(lead.len().min(WIDTH / 3));
    let mut line = lead.to_owned();
    let mut is_fresh = true;
    let words = text.split_whitespace().flat_map(|word| cut(&plain(word).to_string()));
    for word in words {
        let needed = line.chars().count() + usize::from(!is_fresh) + word.chars().count();
        if !is_fresh && needed > WIDTH {
            line_to(out, &line);
            line = indent.clone();
            is_fresh = true;
        }
        if !is_fresh {
            line.push(' ');
        }
        line.push_str(&word);
        is_fresh = false;
    }
    line_to(out, &line);
}

/// A word in pieces that fit into a line.
fn cut(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    chars.chunks(WIDTH - WIDTH / 3).map(|it| it.iter().collect()).collect()
}

fn line_to(out: &mut String, line: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{}", line.trim_end());
}

#[cfg(test)]
mod tests;
