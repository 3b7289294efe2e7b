//! Counters of the kernel that name what no term of the account does, and who mapped memory in it.

use std::rc::Rc;

use super::tally::Tally;
use super::texts::Texts;
use crate::analysis::readers::cgroups::Controller;
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
    if let Some(pages) = texts.sockstat.and_then(|it| it.udp_memory()) {
        push(HostFigure::UdpMemory, pages.bytes(page).0 as f64);
    }
    if let Some(bytes) = texts.meminfo.and_then(|it| it.memory("Balloon")) {
        push(HostFigure::Balloon, bytes.0 as f64);
    }
    if let Some(buffer) = texts.tracing {
        push(HostFigure::TracingBuffer, buffer.size.0 as f64);
    }
    control_groups(texts, &mut push);
    if let Some(pages) = texts.vmstat.and_then(|it| it.get("nr_zspages")) {
        push(HostFigure::CompressedPages, Pages(pages).bytes(page).0 as f64);
    }
    if let Some(files) = texts.files {
        push(HostFigure::OpenFiles, files.files.saturating_sub(files.unused) as f64);
    }
    let Some(areas) = texts.areas else { return };
    let counts = callers.look(&(), sample);
    for area in areas {
        if let (Some(caller), Some(pages)) = (area.caller, area.pages) {
            let key = Key::Caller(Rc::from(caller));
            counts.add(key, sample, pages.bytes(page).0 as f64);
        }
    }
}

/// How many control groups there are, and how many of them are dying. Version 2 tells both in
/// `cgroup.stat`; version 1 the sum, of which that of the memory controller counts: its groups hold
/// pages.
fn control_groups(texts: &Texts<'_>, push: &mut impl FnMut(HostFigure, f64)) {
    let memory = |it: &&Controller<'_>| it.name == "memory";
    let of_memory = texts.controllers.and_then(|all| all.iter().find(memory));
    let living = texts.cgroup_stat.and_then(|it| it.get("nr_descendants"));
    let dying = texts.cgroup_stat.and_then(|it| it.get("nr_dying_descendants"));
    match (of_memory, living.zip(dying)) {
        // The memory controller is of version 1, so `cgroup.stat` is of other groups.
        (Some(it), _) if it.hierarchy != 0 => push(HostFigure::ControlGroups, it.groups as f64),
        (_, Some((living, dying))) => {
            push(HostFigure::ControlGroups, living.saturating_add(dying) as f64);
            push(HostFigure::DyingControlGroups, dying as f64);
        }
        (Some(it), None) => push(HostFigure::ControlGroups, it.groups as f64),
        (None, None) => {}
    }
}
