//! A sample without what its plugins had to say, for a bundle that has no room for that.
//!
//! Outcomes, reasons, problems and files stay: a row says what became of its collector.

use super::Room;
use crate::bundle::index::{Problem, Row, Sample};
use crate::units::Outcome;

/// `sample` without logs and output; each row that had some says that `room` is why.
pub(super) fn shortened(sample: &Sample, room: &Room) -> Sample {
    let shorten = |row: &Row| {
        let mut row = row.clone();
        let said = !std::mem::take(&mut row.log).is_empty() | row.stderr.take().is_some();
        if said {
            let message = format!("its log and its output were not stored: {room}");
            row.problems.push(Problem { outcome: Outcome::Skipped, message });
        }
        row
    };
    Sample { rows: sample.rows.iter().map(shorten).collect(), ..sample.clone() }
}
