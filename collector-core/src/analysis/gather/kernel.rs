//! Counters of the kernel that name what no term of the account does, and who mapped memory in it.

use std::rc::Rc;

use super::tally::Tally;
use super::texts::Texts;
use crate::analysis::readers::{PageSize, Pages};
use crate::analysis::series::{HostFigure, Key, Observed};

pub(super) fn take(
    observed: &mut Observed,
    callers: &mut Tally<()>,
    sample: usize,
    texts: &Texts<'_>,
    page: PageSize,
) {
    let mut push = |figure, value: f64| observed.push(Key::Host(figure), sample, value);
    if let Some(dentries) = texts.dentries {
        push(HostFigure::PinnedDentries, dentries.dentries.saturating_sub(dentries.unused) as f64);
        if let Some(negative) = dentries.negative {
            push(HostFigure::NegativeDentries, negative as f64);
        }
    }
    if let Some(pages) = texts.sockstat.and_then(|it| it.tcp_memory()) {
        push(HostFigure::TcpMemory, pages.bytes(page).0 as f64);
    }
    if let Some(n) = texts.sockstat.and_then(|it| it.get("TCP", "tw")) {
        push(HostFigure::TimeWait, n as f64);
    }
    if let Some(pages) = texts.vmstat.and_then(|it| it.get("nr_zspages")) {
        push(HostFigure::CompressedPages, Pages(pages).bytes(page).0 as f64);
    }
    if let Some(files) = texts.files {
        push(HostFigure::OpenFiles, files.files.saturating_sub(files.unused) as f64);
    }
    let Some(areas) = texts.areas else { return };
    callers.look(&(), sample);
    for area in areas {
        if let (Some(caller), Some(pages)) = (area.caller, area.pages) {
            let key = Key::Caller(Rc::from(caller));
            callers.add(&(), key, sample, pages.bytes(page).0 as f64);
        }
    }
}
