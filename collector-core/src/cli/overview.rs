//! What a capture is about to do, in a few lines for the customer.

use crate::plan::Plan;
use crate::units::format_duration;

/// The lines.
pub(super) fn of(plan: &Plan) -> String {
    let n = plan.collectors.len();
    let schedule = plan.schedule;
    let when = match (schedule.every(), schedule.span(), schedule.n_samples()) {
        (Some(every), Some(span), n_samples) if n_samples > 1 => {
            let (every, span) = (format_duration(every), format_duration(span));
            format!("{n_samples} samples, one every {every}, over {span}")
        }
        _ => "one sample".to_owned(),
    };
    let directory = plan.output.directory.display();
    let mut text = format!("{n} collectors, {when}, into {directory}");
    for (collector, refused) in plan.refused() {
        text.push_str(&format!("\n{}: refused: {}", collector.name, refused.message));
    }
    for sentence in plan.collectors.iter().flat_map(|collector| &collector.needs) {
        text.push_str(&format!("\n{sentence}"));
    }
    text
}
