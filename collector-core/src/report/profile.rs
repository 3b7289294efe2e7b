//! The list of functions of a profile as text, line for line as `go tool pprof -top` prints it, and
//! as JSON. Times are in UTC, where pprof takes the zone of the machine.

mod json;

use std::borrow::Cow;

use chrono::DateTime;

pub use self::json::{ProfileJson, SCHEMA, profile_json};
use crate::analysis::profile::unit::{self, FITTING};
use crate::analysis::profile::{Inlined, Row, Top};

/// The list as text, each line ended.
#[must_use]
pub fn profile_text(top: &Top) -> String {
    let unit = common_unit(top);
    let amount = |value: i64| amount(value, &top.value_type.unit, &unit);
    let mut lines = about(top, &amount);
    let shown = top.rows.iter().fold(0_i64, |sum, row| sum.wrapping_add(row.flat));
    lines.push(format!(
        "Showing nodes accounting for {}, {} of {} total",
        amount(shown),
        percentage(shown, top.total).trim(),
        amount(top.total)
    ));
    if top.total != 0 && top.n_dropped > 0 {
        let nodes = if top.n_dropped == 1 { "node" } else { "nodes" };
        let below = amount(top.dropped_below);
        lines.push(format!("Dropped {} {nodes} (cum <= {below})", top.n_dropped));
    }
    let n_rows = top.rows.len();
    if top.total != 0 && (1..top.n_large).contains(&n_rows) {
        lines.push(format!("Showing top {n_rows} nodes out of {}", top.n_large));
    }
    lines.push(format!("{:>10} {:>5}% {:>5}% {:>10} {:>5}%", "flat", "flat", "sum", "cum", "cum"));
    let mut so_far = 0_i64;
    lines.extend(top.rows.iter().map(|row| {
        so_far = so_far.wrapping_add(row.flat);
        format!(
            "{:>10} {} {} {:>10} {}  {}{}",
            amount(row.flat),
            percentage(row.flat, top.total),
            percentage(so_far, top.total),
            amount(row.cum),
            percentage(row.cum, top.total),
            plain(&row.function),
            match row.inlined {
                Inlined::No => "",
                Inlined::Partly => " (partial-inline)",
                Inlined::Everywhere => " (inline)",
            }
        )
    }));
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

/// What the profile is.
fn about(top: &Top, amount: &impl Fn(i64) -> String) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name}{}", plain(value)));
        }
    };
    add("File: ", &top.file);
    add("Build ID: ", &top.build_id);
    for comment in top.comments.iter().filter(|it| !it.starts_with('#')) {
        add("", comment);
    }
    add("Type: ", &top.value_type.kind);
    add("Doc: ", &top.doc_url);
    if top.time_nanos != 0 {
        let time = DateTime::from_timestamp_nanos(top.time_nanos);
        add("Time: ", &time.format("%Y-%m-%d %H:%M:%S UTC").to_string());
    }
    if top.duration_nanos != 0 {
        let (total, unit) = unit::convert(top.total, &top.value_type.unit, "nanoseconds");
        #[expect(clippy::cast_possible_truncation, reason = "as pprof does")]
        let share = match unit.as_str() {
            "ns" if total != 0.0 => format!("({})", percentage(total as i64, top.duration_nanos)),
            _ => String::new(),
        };
        let duration = self::amount(top.duration_nanos, "nanoseconds", FITTING);
        add("Duration: ", &format!("{duration}, Total samples = {} {share}", amount(top.total)));
    }
    lines
}

/// The unit in which all values of the list are shown: that of the smallest, or of a hundred times as
/// much if the whole is more than that.
fn common_unit(top: &Top) -> String {
    let own = |row: &Row| if row.flat == 0 { row.cum } else { row.flat };
    let values = top.rows.iter().map(|it| own(it).wrapping_abs()).filter(|it| *it > 0);
    let least = values.min().unwrap_or(top.total);
    let fitting = |value: i64| unit::convert(value, &top.value_type.unit, FITTING).1;
    let hundredfold = least.wrapping_mul(100);
    let unit = fitting(if hundredfold < top.total { hundredfold } else { least });
    match (top.rows.is_empty(), unit.is_empty()) {
        (true, _) => FITTING.to_owned(),
        (false, true) => top.value_type.unit.clone(),
        (false, false) => unit,
    }
}

/// A value with at most two decimals and its unit.
fn amount(value: i64, from: &str, to: &str) -> String {
    let (value, unit) = unit::convert(value, from, to);
    let digits = format!("{value:.2}");
    match digits.strip_suffix(".00").unwrap_or(&digits) {
        "0" | "-0" => "0".to_owned(),
        digits => format!("{digits}{unit}"),
    }
}

/// The text with its control characters spelled out: it comes from outside, and goes to a terminal.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let spelled =
        |c: char| if c.is_control() { c.escape_default().collect() } else { c.to_string() };
    text.chars().map(spelled).collect()
}

/// The share of a value without its sign, in six places.
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn percentage(value: i64, total: i64) -> String {
    let ratio = if total == 0 { 0.0 } else { (value as f64 / total as f64).abs() * 100.0 };
    if (99.95..=100.05).contains(&ratio) {
        "  100%".to_owned()
    } else if ratio >= 1.0 {
        format!("{ratio:5.2}%")
    } else {
        format!("{:>5}%", two_digits(ratio))
    }
}

/// A number below 1 with two significant digits, as C's `%.2g` writes it.
fn two_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:.1e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    if exponent < -4 {
        return format!("{digits}e-{:02}", exponent.abs());
    }
    let decimals = usize::try_from(1 - exponent).unwrap_or(0);
    let plain = format!("{value:.decimals$}");
    let plain = plain.trim_end_matches('0');
    plain.strip_suffix('.').unwrap_or(plain).to_owned()
}

#[cfg(test)]
mod tests;
