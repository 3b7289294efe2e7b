//! What a bundle or a kernel does not tell, where no term explains a good part of the growth: the
//! file or the field that would.

use super::wording::lacking;
use crate::analysis::case::Case;
use crate::analysis::finding::{Finding, Id, Missing};
use crate::analysis::series::{HostFigure, Key, Source};

/// The share of the gross growth from which on the reader is told what was missing.
const WORTH_TELLING: f64 = 0.05;
/// Less than this is the noise of the account.
const NOISE: u64 = 1 << 20;

const UNEXPLAINED: &str = "no term explains a good part of the growth";

/// What would explain more.
#[derive(Debug, Default)]
pub(super) struct Uncounted {
    pub(super) missing: Vec<Missing>,
    /// The terms of the account that are not told, by their sources.
    lacks: Vec<&'static str>,
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
        let fields = [
            ("Percpu", last.percpu.is_none()),
            ("KernelStack", last.kernel_stack.is_none()),
            ("Hugetlb", last.hugetlb.is_none()),
        ];
        let fields: Vec<&str> =
            fields.into_iter().filter(|(_, is_missing)| *is_missing).map(|(it, _)| it).collect();
        // Of zoneinfo the report tells whenever it is missing.
        it.lacks.extend(last.per_cpu_free.is_none().then_some("zoneinfo"));
        if last.vmalloc.is_none_or(|it| it == 0) {
            it.lacks.push("vmallocinfo");
            it.missing.push(Missing {
                what: "vmallocinfo".to_owned(),
                why: format!(
                    "meminfo has no VmallocUsed, as from Linux 4.4 to 5.2, and its sum would \
                     stand for it; {UNEXPLAINED}"
                ),
                how_to_get: "collect with the plugin meminfo, as root".to_owned(),
            });
        }
        if !fields.is_empty() {
            it.missing.push(Missing {
                what: format!("{} in meminfo", fields.join(", ")),
                why: format!("this kernel does not tell; {UNEXPLAINED}"),
                how_to_get: "nothing, but a newer kernel tells".to_owned(),
            });
            it.lacks.extend(fields);
        }
        // Counters of what no term has.
        it.missing.extend(lacking(case, Source::Sockstat));
        it.missing.extend(lacking(case, Source::Vmstat));
        it
    }

    /// Whether a term is not told, so that what no term explains may be no more than that.
    pub(super) fn is_account_short(&self) -> bool {
        !self.lacks.is_empty()
    }

    /// What is said of memory that nothing names, where terms are not told; `None`: all are.
    pub(super) fn class(&self) -> Option<String> {
        let names = self.lacks.join(", ");
        (!names.is_empty()).then(|| format!("memory that no counter names (there is no {names})"))
    }
}

/// The counter that may name what nothing else did, where no sample has it.
pub(super) fn of_nameless(case: &Case<'_>, findings: &[Finding]) -> Option<Missing> {
    let is_nameless = |it: &Finding| it.id == Id::UnaccountedKernel && it.evidence.len() == 1;
    let is_known = case.observed.series.contains_key(&Key::Host(HostFigure::TracingBuffer));
    (!is_known && findings.iter().any(is_nameless)).then(|| Missing {
        what: "the size of the tracing buffer".to_owned(),
        why: format!("no sample has it; {UNEXPLAINED}"),
        how_to_get: "mount tracefs on /sys/kernel/tracing, and run as root".to_owned(),
    })
}
