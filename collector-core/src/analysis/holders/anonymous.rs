//! Anonymous memory: each process, with pages that several share divided among them where the
//! bundle tells that, and counted in each of them where not.

use crate::analysis::series::{Key, ProcessFigure, Series};

use super::listing::Listing;
use crate::analysis::window::{Family, Window};

pub(super) fn list<'o>(window: &Window<'o>, list: &mut Listing<'o>) -> &'static str {
    let resident = processes(window);
    let proportional =
        window.family(|it| matches!(it, Key::Of(_, ProcessFigure::ProportionalAnonymous)));
    for (key, series) in &resident.members {
        let Key::Of(process, _) = key else { continue };
        let divided = Key::Of(process.clone(), ProcessFigure::ProportionalAnonymous);
        let divided = window.observed.series.get(&divided);
        let growth = divided
            .filter(|divided| are_both_told(window, (&resident, series), (&proportional, divided)))
            .map_or_else(
                || resident.growth(window, series),
                |divided| proportional.growth(window, divided),
            );
        list.add(key, growth, resident.lifetime(window, series));
    }
    "of processes not looked at, or shared by several"
}

/// The processes by their memory.
pub(super) fn processes<'o>(window: &Window<'o>) -> Family<'o> {
    window.family(|it| matches!(it, Key::Of(_, ProcessFigure::Anonymous)))
}

/// Whether the divided figure is told wherever the process is there, and from no later look: one
/// end of the one and the other end of the other have no difference that means anything, and what
/// was first told later does not stand for the start.
fn are_both_told(
    window: &Window<'_>,
    (resident, of_process): (&Family<'_>, &Series),
    (proportional, divided): (&Family<'_>, &Series),
) -> bool {
    window.ends().all(|(sample, _)| {
        let (one, other) = (resident.look(*sample), proportional.look(*sample));
        let is_there = of_process.value_at(one).is_some();
        is_there == divided.value_at(other).is_some() && other <= one.max(*sample)
    })
}
