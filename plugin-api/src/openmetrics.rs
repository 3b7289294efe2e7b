//! Numbers of a plugin as a page of OpenMetrics 1.0, which the reading side follows over time.
//!
//! A plugin that has a text of its target stores the text. This is for one that has only numbers,
//! such as the answer of a call: whatever is on such a page gets the analysis of trends.
//!
//! ```
//! use plugin_api::openmetrics::{Kind, Page};
//!
//! # fn sample(context: &plugin_api::Context) -> Result<(), plugin_api::Error> {
//! let mut page = Page::new();
//! page.family("acme_cache_bytes", Kind::Gauge, "bytes", "Memory of the cache.")?
//!     .sample(&[("volume", "a")], 1_048_576.0)?
//!     .sample(&[("volume", "b")], 4_096.0)?;
//! page.family("acme_requests", Kind::Counter, "", "Requests since the start.")?
//!     .sample(&[], 17.0)?; // written as acme_requests_total
//! page.write(context, "metrics")
//! # }
//! ```
//!
//! The format: <https://prometheus.io/docs/specs/om/open_metrics_spec/>. No timestamps are written,
//! because the sample has one; no histograms, summaries and exemplars.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::{Context, Error};

/// What the reading side knows the page by.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How the numbers of a family behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// May rise and fall.
    Gauge,
    /// Only rises, and starts anew from 0. Its samples are named with `_total`.
    Counter,
}

/// A page being written.
#[derive(Debug, Default)]
pub struct Page {
    text: String,
    families: HashSet<String>,
}

/// One family of a page, and the place for its samples.
#[derive(Debug)]
pub struct Family<'p> {
    text: &'p mut String,
    /// Name of the samples.
    name: String,
    kind: Kind,
    /// Labels of the samples, sorted, as written.
    seen: HashSet<String>,
}

impl Page {
    /// An empty page.
    #[must_use]
    pub fn new() -> Self {
        Page::default()
    }

    /// Starts a family. `unit` is in base units, such as `bytes` or `seconds`, and ends the name;
    /// empty for none. `help` says what is counted; empty for nothing.
    ///
    /// # Errors
    ///
    /// The name is not `[a-zA-Z_:][a-zA-Z0-9_:]*`, is there already, ends in `_total`, which is
    /// added to the samples of a counter, or does not end in `_UNIT`.
    pub fn family(
        &mut self,
        name: &str,
        kind: Kind,
        unit: &str,
        help: &str,
    ) -> Result<Family<'_>, Error> {
        let wrong = |why: &str| Err(Error::failed(format!("metric family {name:?}: {why}")));
        if !is_name(name, ":") {
            return wrong("a name is of letters, digits, _ and :, and starts with no digit");
        }
        if name.ends_with("_total") {
            return wrong("leave out _total: the samples of a counter are given it");
        }
        if !unit.is_empty() && name.strip_suffix(unit).is_none_or(|stem| !stem.ends_with('_')) {
            return wrong(&format!("with the unit {unit:?} the name ends in _{unit}"));
        }
        if !self.families.insert(name.to_owned()) {
            return wrong("it is on the page already");
        }
        let word = match kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
        };
        // Writing to a text does not fail.
        let _ = writeln!(self.text, "# TYPE {name} {word}");
        if !unit.is_empty() {
            let _ = writeln!(self.text, "# UNIT {name} {unit}");
        }
        if !help.is_empty() {
            let _ = writeln!(self.text, "# HELP {name} {}", escaped(help));
        }
        let name = if kind == Kind::Counter { format!("{name}_total") } else { name.to_owned() };
        Ok(Family { text: &mut self.text, name, kind, seen: HashSet::new() })
    }

    /// The text, with its end.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}# EOF\n", self.text)
    }

    /// Stores the page as the artifact `name`.
    ///
    /// # Errors
    ///
    /// The host takes no more.
    pub fn write(&self, context: &Context, name: &str) -> Result<(), Error> {
        let mut artifact = context.artifact(name, MEDIA_TYPE)?;
        artifact.append(self.text().as_bytes())?;
        artifact.finish()
    }
}

impl Family<'_> {
    /// Adds a sample. What is unknown is left out, not written as 0.
    ///
    /// # Errors
    ///
    /// A label's name is not `[a-zA-Z_][a-zA-Z0-9_]*` or is there twice, the family has a sample
    /// with these labels, or a counter is negative or not a number.
    pub fn sample(&mut self, labels: &[(&str, &str)], value: f64) -> Result<&mut Self, Error> {
        let name = &self.name;
        let wrong = |why: String| Err(Error::failed(format!("metric {name}: {why}")));
        let mut sorted = labels.to_vec();
        sorted.sort_unstable();
        if let Some((label, _)) = sorted.iter().find(|(label, _)| !is_name(label, "")) {
            return wrong(format!("label {label:?}: a name is of letters, digits and _"));
        }
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return wrong(format!("label {:?} is there twice", pair[0].0));
        }
        if self.kind == Kind::Counter && (value.is_nan() || value < 0.0) {
            return wrong(format!("a counter cannot be {value}"));
        }
        let written = |labels: &[(&str, &str)]| {
            let labels: Vec<String> =
                labels.iter().map(|(label, it)| format!("{label}=\"{}\"", escaped(it))).collect();
            if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) }
        };
        if !self.seen.insert(written(&sorted)) {
            return wrong(format!(
                "a sample with the labels {} is there already",
                written(&sorted)
            ));
        }
        let _ = writeln!(self.text, "{name}{} {}", written(labels), number(value));
        Ok(self)
    }
}

/// Whether it is a name of letters, digits, `_` and `more`, that does not start with a digit.
fn is_name(text: &str, more: &str) -> bool {
    let fits = |it: char| it.is_ascii_alphanumeric() || it == '_' || more.contains(it);
    !text.starts_with(|it: char| it.is_ascii_digit()) && !text.is_empty() && text.chars().all(fits)
}

/// As in a label's value and a help: backslash, line feed and quote are written with a backslash.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"")
}

fn number(value: f64) -> String {
    match value {
        it if it.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        // Without an exponent, so that bytes and counts read as such.
        it => it.to_string(),
    }
}

#[cfg(test)]
mod tests;
