//! Compares a report with what is known of the program.

use std::path::Path;

use serde_json::Value;

use super::record::{Label, Recorded};
use super::suite::{Expected, Holder, Scenario, Size};
use crate::support::collector;

/// Findings of memory that no term of the account has.
const UNACCOUNTED: &[&str] =
    &["unaccounted-kernel", "pipe-buffers", "unix-sockets", "socket-buffers"];

/// How a report fared.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) scenario: &'static Scenario,
    /// Why it did not run.
    pub(super) not_run: Option<String>,
    /// The finding or the clearing that was expected is there, probable or better.
    pub(super) is_found: bool,
    /// The first finding is of the program.
    pub(super) is_holder_first: bool,
    /// Somebody is said to leak who does not.
    pub(super) accuses: bool,
    /// Bytes of the finding, by those that were injected, less one.
    pub(super) size_error: Option<f64>,
    /// What no term explains, in bytes; `None` where the program takes such memory.
    pub(super) unaccounted: Option<f64>,
    /// How far the account was from closing.
    pub(super) residual: f64,
    /// The first finding, as one line.
    pub(super) first: String,
}

impl Judged {
    /// A scenario that could not be run here.
    pub(super) fn not_run(scenario: &'static Scenario, why: String) -> Self {
        Judged {
            scenario,
            not_run: Some(why),
            is_found: true,
            is_holder_first: true,
            accuses: false,
            size_error: None,
            unaccounted: None,
            residual: 0.0,
            first: String::new(),
        }
    }

    /// Whether it ran, and leaks.
    pub(super) fn is_leak(&self) -> bool {
        self.not_run.is_none() && matches!(self.scenario.expected, Expected::Leak { .. })
    }
}

/// Judges the report on `recorded`.
pub(super) fn judge(scenario: &'static Scenario, recorded: &Recorded) -> Judged {
    let report = report(&recorded.bundle);
    let findings = report["findings"].as_array().expect("findings");
    let pid = u64::from(recorded.label.pid);
    let is_own = |it: &Value| it["subject"]["pid"].as_u64() == Some(pid);
    let is_leak = |it: &Value| it["verdict"] == "leak";
    let is_likely = |it: &Value| it["confidence"] == "probable" || it["confidence"] == "confident";
    let first = findings.first().map(line).unwrap_or_default();
    let unaccounted = report["growth"]["unaccounted_bytes"].as_f64().unwrap_or(0.0);
    let takes_unaccounted =
        matches!(scenario.expected, Expected::Leak { id, .. } if UNACCOUNTED.contains(&id));
    let mut judged = Judged {
        scenario,
        not_run: None,
        is_found: false,
        is_holder_first: true,
        accuses: false,
        size_error: None,
        unaccounted: (!takes_unaccounted).then_some(unaccounted),
        residual: report["quality"]["residual_bytes"].as_f64().unwrap_or(0.0),
        first,
    };
    match scenario.expected {
        Expected::Leak { id, beside, holder, size } => {
            let is_id = |it: &Value| it["id"] == id;
            let found = findings.iter().find(|it| is_id(it) && is_likely(it));
            judged.is_found = found.is_some();
            judged.is_holder_first = findings.first().is_some_and(|it| {
                let is_nobody = it["subject"]["pid"].is_null();
                let is_holder = match holder {
                    Holder::Program => is_own(it),
                    Holder::ProgramOrNobody => is_own(it) || is_nobody,
                    Holder::Nobody => is_nobody,
                };
                is_holder && is_id(it)
            });
            let is_true = |it: &Value| {
                let is_known = is_id(it) || beside.iter().any(|id| it["id"] == *id);
                let is_nobody = it["subject"]["pid"].is_null();
                (is_nobody || is_own(it)) && is_known
            };
            judged.accuses = findings.iter().any(|it| is_leak(it) && !is_true(it));
            judged.size_error = found.and_then(|it| size_error(it, size, &recorded.label));
        }
        Expected::Benign { cleared } => {
            let is_cleared = |it: &Value| it["id"] == cleared;
            judged.is_found = report["cleared"].as_array().expect("cleared").iter().any(is_cleared);
            judged.accuses = findings.iter().any(is_leak);
        }
    }
    judged
}

/// How far the size of a finding is from what was injected, as a share of that.
fn size_error(finding: &Value, size: Size, label: &Label) -> Option<f64> {
    let (told, injected) = match size {
        Size::Bytes(each) => (finding["bytes"].as_f64()?, label.injected() * each),
        Size::Count(field, each) => {
            let facts = finding["evidence"].as_array().expect("evidence");
            let is_it = |it: &&Value| it["field"].as_str().is_some_and(|it| it.starts_with(field));
            let fact = facts.iter().find(is_it)?;
            (fact["last"].as_f64()? - fact["first"].as_f64()?, label.injected_in_all() * each)
        }
        Size::NotKnown => return None,
    };
    (injected > 0.0).then(|| told / injected - 1.0)
}

/// What the program says of a bundle.
fn report(bundle: &Path) -> Value {
    let path = bundle.to_str().expect("a path of text");
    let said = collector(Path::new("."), &["report", "--json", path]);
    assert_eq!(said.exit, 0, "{said}");
    serde_json::from_str(&said.stdout).expect("JSON")
}

fn line(finding: &Value) -> String {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let subject = &finding["subject"];
    format!(
        "{} {} {}: {} {} {:.1} MiB",
        text(&finding["id"]),
        text(&finding["verdict"]),
        text(&finding["confidence"]),
        text(&subject["command"]),
        text(&subject["class"]),
        finding["bytes"].as_f64().unwrap_or(0.0) / 1_048_576.0
    )
}
