//! Compares a report with what is known of the program.

use std::path::Path;

use serde_json::Value;

use super::record::Recorded;
use super::suite::{Expected, Holder, Scenario};
use crate::support::collector;

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
    /// What no term explains and nobody claimed, in bytes.
    pub(super) unaccounted: f64,
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
            unaccounted: 0.0,
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
    let claims_rest = ["unaccounted-kernel", "pipe-buffers", "unix-sockets", "socket-buffers"];
    let is_claimed = findings.iter().any(|it| claims_rest.iter().any(|id| it["id"] == *id));
    let mut judged = Judged {
        scenario,
        not_run: None,
        is_found: false,
        is_holder_first: true,
        accuses: false,
        size_error: None,
        unaccounted: if is_claimed { 0.0 } else { unaccounted },
        residual: report["quality"]["residual_bytes"].as_f64().unwrap_or(0.0),
        first,
    };
    match scenario.expected {
        Expected::Leak { ids, holder, each } => {
            let is_it = |it: &&Value| ids.iter().any(|id| it["id"] == *id) && is_likely(it);
            let found = findings.iter().find(|it| is_it(it));
            judged.is_found = found.is_some();
            let is_nobody = |it: &Value| it["subject"]["pid"].is_null();
            judged.is_holder_first = findings.first().is_some_and(|it| {
                let is_it = ids.iter().any(|id| it["id"] == *id);
                is_it
                    && match holder {
                        Holder::Program => is_own(it),
                        Holder::ProgramOrNobody => is_own(it) || is_nobody(it),
                        Holder::Nobody => is_nobody(it),
                    }
            });
            judged.accuses =
                findings.iter().any(|it| is_leak(it) && !is_own(it) && !is_nobody(it));
            let injected = each.map(|each| recorded.label.injected() * each);
            judged.size_error = found.zip(injected).and_then(|(it, injected)| {
                Some(it["bytes"].as_f64()? / injected - 1.0).filter(|_| injected > 0.0)
            });
        }
        Expected::Benign { cleared } => {
            let is_cleared = |it: &Value| it["id"] == cleared;
            judged.is_found = report["cleared"].as_array().expect("cleared").iter().any(is_cleared);
            judged.accuses = findings.iter().any(is_leak);
        }
    }
    judged
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
