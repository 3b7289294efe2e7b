//! Where the memory went, term by term, and who holds those that grew most. The lines add up: the
//! terms to the used memory, the lines of a term to the term.

use super::{lifetime, line_to, paragraph};
use crate::analysis::conclusion::HostGrowth;
use crate::analysis::holders::{Holder, Kind};
use crate::units::plain;

/// Columns of the longest bar.
const BAR: f64 = 40.0;
/// What would be shown as 0.0 is told together.
const SHOWN: i64 = 1 << 16;
/// A term that grew or shrank by at least so many bytes, and this share of all that grew, is told
/// with its holders: somebody may have grown in what shrank.
const MATERIAL: i64 = 1 << 20;
const MATERIAL_SHARE: f64 = 0.05;
/// Holders of a term that are shown; those after them are one line.
const MAX_HOLDERS: usize = 3;
/// Characters of a holder's line after its bytes; a group of slab caches may have twenty names.
const ABOUT: usize = 56;

/// One line of it.
struct Line<'g> {
    name: &'g str,
    bytes: i64,
    holders: &'g [Holder],
}

pub(super) fn write(out: &mut String, growth: &HostGrowth) {
    let account = &growth.account;
    let gross = account.gross().max(1) as f64;
    // What shrank is no share of what grew.
    let share = |bytes: i64| bytes.max(0) as f64 / gross;
    line_to(out, "");
    line_to(out, "Where it went");
    for line in lines(growth) {
        let share = share(line.bytes);
        let percent = if share > 0.0 { format!("{:3.0} %", share * 100.0) } else { String::new() };
        let bar = if line.bytes <= -SHOWN { "given back".to_owned() } else { bar(share) };
        let amount = signed(line.bytes);
        line_to(out, &format!("  {:<20} {amount:>12} {percent:>6}  {bar}", line.name));
        let is_large = line.bytes.unsigned_abs() as f64 >= MATERIAL_SHARE * gross;
        if line.bytes.abs() >= MATERIAL && is_large {
            holders(out, line.holders);
        }
    }
    line_to(out, &format!("  {:<20} {:>12}", "used memory", signed(account.used)));
    if growth.observer != 0 {
        let observer = signed(growth.observer);
        line_to(out, &format!("  {:<20} {observer:>12}  by this collector", "of that"));
    }
}

/// The terms, the largest first, those that are hardly there as one, and what none explains.
fn lines(growth: &HostGrowth) -> Vec<Line<'_>> {
    let terms = growth.account.terms.iter().map(|(term, bytes)| Line {
        name: term.name(),
        bytes: *bytes,
        holders: growth.holders.of(*term),
    });
    let (mut lines, small): (Vec<Line<'_>>, Vec<Line<'_>>) =
        terms.partition(|it| it.bytes.abs() >= SHOWN);
    lines.sort_by_key(|it| -it.bytes);
    let small: i64 = small.iter().map(|it| it.bytes).sum();
    if small != 0 {
        lines.push(Line { name: "other terms", bytes: small, holders: &[] });
    }
    let holders = &growth.holders.unaccounted;
    lines.push(Line { name: "unaccounted", bytes: growth.account.unaccounted, holders });
    lines
}

/// The largest holders of a term, and all that come after them as one line.
fn holders(out: &mut String, holders: &[Holder]) {
    let is_named = |it: &&Holder| !matches!(it.kind, Kind::Others | Kind::Rest);
    let mut named: Vec<&Holder> = holders.iter().filter(is_named).collect();
    named.sort_by_key(|it| std::cmp::Reverse(it.bytes.unsigned_abs()));
    named.retain(|it| it.bytes.abs() >= SHOWN);
    named.truncate(MAX_HOLDERS);
    for it in &named {
        holder(out, it.bytes, &about(it));
        parts(out, it);
    }
    let all: i64 = holders.iter().map(|it| it.bytes).sum();
    let after = all - named.iter().map(|it| it.bytes).sum::<i64>();
    let rest = holders.last().map_or("", |it| it.name.as_str());
    let n_after = holders.iter().filter(is_named).count() > named.len();
    match (named.is_empty(), n_after) {
        (true, _) => holder(out, after, rest),
        _ if after.abs() < SHOWN => {}
        (false, false) => holder(out, after, &format!("rest: {rest}")),
        (false, true) => holder(out, after, "all others, and the rest"),
    }
}

fn holder(out: &mut String, bytes: i64, about: &str) {
    paragraph(out, &format!("  {:<20} {:>12}         ", "", signed(bytes)), about);
}

/// A holder by its name, cut to what fits, with what there is to know of it.
fn about(holder: &Holder) -> String {
    let name = plain(&holder.name).to_string();
    let lifetime = lifetime(holder.lifetime).map(|it| format!(", {it}")).unwrap_or_default();
    let at_most = if holder.is_at_most { ", at most" } else { "" };
    let room = ABOUT - lifetime.len() - at_most.len();
    if name.chars().count() <= room {
        return format!("{name}{lifetime}{at_most}");
    }
    let name: String = name.chars().take(room - 3).collect();
    format!("{name}...{lifetime}{at_most}")
}

/// The parts of a Go program that say something.
fn parts(out: &mut String, holder: &Holder) {
    for (name, bytes) in holder.parts.iter().filter(|(_, bytes)| bytes.abs() >= MATERIAL) {
        let amount = signed(*bytes);
        line_to(out, &format!("  {:<20} {:>12}           {amount:>12}  {name}", "", ""));
    }
}

fn bar(share: f64) -> String {
    let marks = (share.clamp(0.0, 1.0) * BAR).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the longest bar"
    )]
    let n = marks as usize;
    "#".repeat(n)
}

fn signed(bytes: i64) -> String {
    // -0.0 is 0.0.
    let sign = if bytes <= -(1 << 20) / 20 { "-" } else { "+" };
    let value = bytes.unsigned_abs() as f64 / f64::from(1 << 20);
    format!("{sign}{value:.1} MiB")
}
