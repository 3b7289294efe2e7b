//! A sample without what its plugins had to say, where there is no room for that.
//!
//! Outcomes, reasons, problems and files stay: a row says what became of its collector.

use crate::bundle::index::{Problem, Row, Sample};
use crate::units::Outcome;

/// `sample` without logs and output; each row that had some says `why`.
pub(super) fn shortened(sample: &Sample, why: &str) -> Sample {
    let shorten = |row: &Row| {
        let mut row = row.clone();
        let said = !std::mem::take(&mut row.log).is_empty() | row.stderr.take().is_some();
        if said {
            let message = format!("its log and its output were not stored: {why}");
            row.problems.push(Problem { outcome: Outcome::Skipped, message });
        }
        row
    };
    Sample { rows: sample.rows.iter().map(shorten).collect(), ..sample.clone() }
}
