//! What is said of a finding besides its facts: when it began, what it goes with, and why it is
//! less sure than its data allows.

use std::rc::Rc;

use super::dating::{self, Dated};
use super::work::{self, Work};
use super::{Claim, doubts, whole};
use crate::analysis::case::Case;
use crate::analysis::conclusion::bytes;
use crate::analysis::finding::{Evidence, Finding, Verdict};
use crate::analysis::series::{Key, ProcessFigure};

/// Facts that are told of a finding.
const MAX_FACTS: usize = 4;

/// The remarks on one finding.
pub(super) struct Remarks {
    dated: Option<Dated>,
    per_operation: Option<String>,
    counter: Option<Evidence>,
    doubts: Vec<String>,
}

/// The remarks on the finding of `claim`, to which `granted` bytes were given.
pub(super) fn of(case: &Case<'_>, claim: &Claim, granted: f64) -> Remarks {
    let work = work_of(case, claim).unwrap_or_default();
    let per_operation = work.per_operation.as_ref();
    let said = per_operation.map(|it| {
        let counter = &it.counter.field;
        let unit = if claim.of.as_ref().is_some_and(is_in_bytes) {
            bytes(whole(it.each))
        } else {
            format!("{:.2}", it.each)
        };
        let clear = if it.is_clear { ", and goes with them rather than with the time" } else { "" };
        format!("it grew by {unit} for each of {counter}{clear}")
    });
    let is_step = claim.finding.verdict == Verdict::Step;
    Remarks {
        dated: dating::date(case, claim),
        per_operation: said,
        counter: work.per_operation.as_ref().map(|it| it.counter.clone()),
        doubts: if is_step { Vec::new() } else { doubts::doubts(case, claim, &work, granted) },
    }
}

impl Remarks {
    /// Adds them, and lowers the confidence by one step where there are doubts.
    pub(super) fn put_into(self, finding: &mut Finding) {
        if let Some(dated) = self.dated {
            finding.since = dated.since;
            finding.remarks.push(dated.remark);
        }
        finding.remarks.extend(self.per_operation);
        if let Some(counter) = self.counter {
            finding.evidence.truncate(MAX_FACTS - 1);
            finding.evidence.push(counter);
        }
        if !self.doubts.is_empty() {
            finding.confidence = finding.confidence.lowered();
        }
        finding.remarks.extend(self.doubts.into_iter().map(|it| format!("less sure: {it}")));
    }
}

/// What the page of the subject's program says of its work.
fn work_of(case: &Case<'_>, claim: &Claim) -> Option<Work> {
    let key = claim.of.as_ref().filter(|_| claim.finding.verdict != Verdict::Step)?;
    let collector = match (key, &claim.finding.subject.process) {
        (Key::Metric(collector, _), _) => Rc::clone(collector),
        (_, Some(process)) => {
            let mut targets = case.observed.targets.iter();
            let (collector, _) = targets.find(|(_, it)| it.process.as_ref() == Some(process))?;
            Rc::clone(collector)
        }
        (_, None) => return None,
    };
    Some(work::of(case, key, &collector))
}

/// Whether the values of a series are bytes.
fn is_in_bytes(key: &Key) -> bool {
    match key {
        Key::Of(_, figure) => !matches!(
            figure,
            ProcessFigure::Threads | ProcessFigure::Zombies | ProcessFigure::Descriptors
        ),
        Key::Slab(_) | Key::Caller(_) | Key::DeletedBytes(..) => true,
        Key::Metric(_, name) => name.contains("bytes"),
        _ => false,
    }
}
