//! Pages of metrics: OpenMetrics (`application/openmetrics-text`) and the text format of
//! Prometheus (`text/plain; version=0.0.4`). The two differ in their end and in names of counters.
//!
//! Written here because the crates that read the format copy each name and each label, and stop at
//! the first bad line. A point here borrows from the page; a page of 2,000 series takes four
//! allocations.

use std::collections::HashSet;

use super::line::{BadLines, Read, What, each_line};

/// The points of a page, in the order of the text. A series that comes twice counts once.
pub type Metrics<'a> = Vec<Point<'a>>;

/// A series and its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point<'a> {
    /// The series as the page writes it, labels included: `go_gc_duration_seconds{quantile="1"}`.
    pub series: &'a str,
    /// Its value, which may be infinite or not a number.
    pub value: f64,
    /// What its values mean over time.
    pub role: Role,
    /// What comes after the value as it stands there: a time, an exemplar.
    pub rest: &'a str,
}

/// What the values of a series mean over time, from its `# TYPE` and the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// How much there is: a gauge, a quantile, and what has no type.
    Level,
    /// How much there was since the start: a counter, and the parts of a histogram or a summary. It
    /// only grows, and starts again at 0 with its process.
    Cumulative,
    /// Neither: the time of a start, a fact, a state.
    Constant,
}

impl<'a> Point<'a> {
    /// The name of its metric, without labels.
    #[must_use]
    pub fn name(&self) -> &'a str {
        match self.series.strip_prefix('{') {
            // `{"a name with dots",label="x"}`
            Some(inner) => inner.trim_ascii_start().split('"').nth(1).unwrap_or(""),
            None => &self.series[..name_end(self.series)],
        }
    }
}

/// Reads a page of OpenMetrics, which says where it ends.
#[must_use]
pub fn read_openmetrics(text: &[u8]) -> Read<Metrics<'_>> {
    let (mut page, is_ended) = read(text);
    if !is_ended {
        page.bad.push(0, "the page has no `# EOF` at its end: it is not whole", b"");
    }
    page
}

/// Reads a page in the text format of Prometheus.
#[must_use]
pub fn read_prometheus(text: &[u8]) -> Read<Metrics<'_>> {
    read(text).0
}

/// Whether there was an `# EOF` besides.
fn read(text: &[u8]) -> (Read<Metrics<'_>>, bool) {
    let mut bad = BadLines::default();
    // The one last line that is whole without a line feed.
    let (text, is_marked) = match text.strip_suffix(b"# EOF") {
        Some(before) if before.is_empty() || before.ends_with(b"\n") => (before, true),
        _ => (text, false),
    };
    // Two of three lines are points where each metric has one series, and have 60 bytes.
    let n_expected = text.len() / 100;
    let mut points = Vec::with_capacity(n_expected);
    let mut seen = HashSet::with_capacity(n_expected);
    let mut family = Family { name: "", kind: Kind::Unknown };
    let mut is_ended = false;
    each_line(text, &mut bad, |_, line| {
        if is_ended {
            return Err("it comes after the end of the page");
        }
        if let Some(comment) = line.strip_prefix('#') {
            is_ended = comment.trim_ascii_end() == " EOF";
            if let Some(declared) = Family::read(comment) {
                family = declared;
            }
            return Ok(());
        }
        let point = point(line, &family)?;
        if !seen.insert(point.series) {
            return Err("there was a value of this series before");
        }
        points.push(point);
        Ok(())
    });
    (Read { value: points, bad }, is_ended || is_marked)
}

/// What a `# TYPE` line says about the points after it.
struct Family<'a> {
    name: &'a str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Distribution,
    Constant,
    Unknown,
}

impl<'a> Family<'a> {
    /// Reads ` TYPE name kind`; any other comment is none.
    fn read(comment: &'a str) -> Option<Self> {
        let mut words = comment.split_ascii_whitespace();
        if words.next() != Some("TYPE") {
            return None;
        }
        let name = words.next()?.trim_matches('"');
        let kind = match words.next()? {
            "counter" => Kind::Counter,
            "gauge" | "gaugehistogram" => Kind::Gauge,
            "histogram" | "summary" => Kind::Distribution,
            "info" | "stateset" => Kind::Constant,
            _ => Kind::Unknown,
        };
        Some(Family { name, kind })
    }

    fn role(&self, name: &str) -> Role {
        let (kind, ending) = match name.strip_prefix(self.name) {
            Some(ending) if ending.is_empty() || ending.starts_with('_') => (self.kind, ending),
            _ => (Kind::Unknown, name),
        };
        match kind {
            Kind::Constant => Role::Constant,
            Kind::Gauge => Role::Level,
            Kind::Counter | Kind::Distribution if ending == "_created" => Role::Constant,
            Kind::Counter => Role::Cumulative,
            // A summary has its quantiles under the name itself.
            Kind::Distribution if ending.is_empty() => Role::Level,
            Kind::Distribution => Role::Cumulative,
            // By convention.
            Kind::Unknown if ending.ends_with("_total") => Role::Cumulative,
            Kind::Unknown => Role::Level,
        }
    }
}

fn point<'a>(line: &'a str, family: &Family<'_>) -> Result<Point<'a>, What> {
    let line = line.trim_ascii();
    let name = name_end(line);
    if name == 0 && !line.starts_with('{') {
        return Err("it does not begin with the name of a metric");
    }
    let after_name = &line[name..];
    let blanks = after_name.len() - after_name.trim_ascii_start().len();
    let end = match after_name[blanks..].starts_with('{') {
        true => name + blanks + labels_end(&after_name[blanks..])?,
        false if blanks == 0 => return Err("it has no value"),
        false => name,
    };
    let (series, rest) = line.split_at(end);
    let rest = rest.trim_ascii_start();
    let (value, rest) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    let value = number(value)?;
    let mut point = Point { series, value, role: Role::Level, rest };
    point.role = family.role(point.name());
    Ok(point)
}

fn name_end(text: &str) -> usize {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':';
    let n_bytes = text.bytes().position(|it| !is_of_name(it)).unwrap_or(text.len());
    // A name does not begin with a digit.
    if text.starts_with(|it: char| it.is_ascii_digit()) { 0 } else { n_bytes }
}

/// Where the labels end that `text` begins with, after their `}`.
fn labels_end(text: &str) -> Result<usize, What> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b'}' if !is_quoted => return Ok(at + 1),
            _ => {}
        }
    }
    Err("its labels do not end")
}

fn number(text: &str) -> Result<f64, What> {
    let value: f64 = text.parse().map_err(|_| "its value is no number")?;
    if value.is_infinite() && text.bytes().any(|it| it.is_ascii_digit()) {
        return Err("its value is too large");
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
