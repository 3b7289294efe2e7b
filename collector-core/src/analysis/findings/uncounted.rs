//! What a bundle or a kernel does not tell, where no term explains a good part of the growth: the
//! file or the field that would.

use super::wording::lacking;
use crate::analysis::case::Case;
use crate::analysis::finding::Missing;
use crate::analysis::series::{HostFigure, Key, Source};

/// The share of the gross growth from which on the reader is told what was missing.
const WORTH_TELLING: f64 = 0.05;
/// Less than this is the noise of the account.
const NOISE: u64 = 1 << 20;

/// What would explain more.
#[derive(Debug, Default)]
pub(super) struct Uncounted {
    pub(super) missing: Vec<Missing>,
    /// The terms of the account that are not told, by their sources.
    lacks: Vec<&'static str>,
    /// A term is not told, so what no term explains may be no more than that.
    pub(super) is_account_short: bool,
}

impl Uncounted {
    /// What is missing in `case`; nothing, where nearly all is explained.
    pub(super) fn of(case: &Case<'_>) -> Self {
        let Some(growth) = &case.growth else { return Uncounted::default() };
        let part = growth.unaccounted.unsigned_abs();
        if part < NOISE || part as f64 <= WORTH_TELLING * growth.gross() as f64 {
            return Uncounted::default();
        }
        let Some(last) = case.observed.accounts.last() else { return Uncounted::default() };
        let mut it = Uncounted::default();
        // Of zoneinfo the report tells whenever it is missing.
        it.term(last.per_cpu_free.is_none(), "zoneinfo", None);
        let mapped = "it gives no VmallocUsed, as from Linux 4.4 to 5.2, and there is no sum of \
                      vmallocinfo instead";
        let advice = "collect with the plugin meminfo, as root";
        let is_mapped_told = last.vmalloc.is_some_and(|it| it > 0);
        it.term(!is_mapped_told, "vmallocinfo", Some((mapped, advice)));
        let old = |what| Some((what, "nothing: only a newer kernel tells"));
        let percpu = "this kernel does not tell what it keeps for each processor";
        it.term(last.percpu.is_none(), "Percpu", old(percpu));
        let stacks = "this kernel does not tell of the stacks of threads";
        it.term(last.kernel_stack.is_none(), "KernelStack", old(stacks));
        let pages = "this kernel does not tell of all huge pages";
        it.term(last.hugetlb.is_none(), "Hugetlb", old(pages));
        // Counters of what no term has.
        it.missing.extend(lacking(case, Source::Sockstat));
        it.missing.extend(lacking(case, Source::Vmstat));
        if growth.unaccounted > 0 {
            it.missing.extend(tracing(case));
        }
        it
    }

    fn term(&mut self, is_missing: bool, what: &'static str, told: Option<(&str, &str)>) {
        if !is_missing {
            return;
        }
        self.lacks.push(what);
        self.is_account_short = true;
        self.missing.extend(told.map(|(why, how_to_get)| Missing {
            what: what.to_owned(),
            why: format!("{why}, and no term explains a good part of the growth"),
            how_to_get: how_to_get.to_owned(),
        }));
    }

    /// What is said of memory that nothing names, where terms are not told; `None`: all are.
    pub(super) fn class(&self) -> Option<String> {
        let names = self.lacks.join(", ");
        (!names.is_empty()).then(|| format!("memory that no counter names (there is no {names})"))
    }
}

fn tracing(case: &Case<'_>) -> Option<Missing> {
    let is_known = case.observed.series.contains_key(&Key::Host(HostFigure::TracingBuffer));
    (!is_known).then(|| Missing {
        what: "the size of the tracing buffer".to_owned(),
        why: "no sample has it, and no term explains a good part of the growth".to_owned(),
        how_to_get: "mount tracefs on /sys/kernel/tracing and run as root".to_owned(),
    })
}
