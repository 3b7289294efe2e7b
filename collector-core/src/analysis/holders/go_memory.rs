//! The memory of a Go program, part by part, from its page of metrics: what is live, what is
//! garbage or a gap, what the runtime keeps for the next peak, and what is none of Go's.
//!
//! ```text
//! RssAnon = live heap + (heap in use - live) + (idle - released) + stacks
//!         + (sys - released - all of these) + not Go's
//! ```
//!
//! The heap in use beside what was live at the last collection is what was allocated since, whether
//! it is live or garbage, and gaps between objects: no series of the page tells these apart, for
//! `go_memstats_heap_alloc_bytes` has both kinds of objects too.
//!
//! The runtime tells what it has asked the system for, not what of it was touched: memory that is
//! asked for and not used yet makes the last part negative.

use crate::analysis::case::Case;
use crate::analysis::findings::go::{Program, programs};
use crate::analysis::series::{Key, ProcessFigure, Series};

use super::anonymous::processes;
use super::{Holder, Kind};
use crate::analysis::window::Window;

/// The live heap, by the program itself. Pages of today seldom have it.
const LIVE: &str = "go_gc_heap_live_bytes";
/// The size at which the next collection begins.
const NEXT_GC: &str = "go_memstats_next_gc_bytes";
/// By how much of the live heap, in percent, it may grow until then.
const GOGC: &str = "go_gc_gogc_percent";
const SYS: &str = "go_memstats_sys_bytes";
const RELEASED: &str = "go_memstats_heap_released_bytes";
const IN_USE: &str = "go_memstats_heap_inuse_bytes";
const IDLE: &str = "go_memstats_heap_idle_bytes";
const NOT_LIVE: &str = "new, garbage, gaps";
const STACKS: &str = "go_memstats_stack_inuse_bytes";

/// Puts the parts of each Go program under its line.
pub(super) fn split(case: &Case<'_>, window: &Window<'_>, holders: &mut [Holder]) {
    let programs = programs(case);
    let processes = processes(window);
    for holder in holders.iter_mut().filter(|it| it.kind == Kind::Process) {
        let Some(process) = &holder.process else { continue };
        let program = programs.iter().find(|it| it.process.as_ref() == Some(process));
        let key = Key::Of(process.clone(), ProcessFigure::Anonymous);
        let page = program.and_then(|it| Page::of(case, it));
        if let (Some(page), Some(memory)) = (page, window.observed.series.get(&key)) {
            // A page tells of a process only while that is there.
            let is_there = |sample| memory.value_at(processes.look(sample)).is_some();
            holder.parts = page.parts(window, is_there, holder.bytes);
        }
    }
}

/// The series of a page that the parts are made of.
struct Page<'c> {
    live: Option<&'c Series>,
    next_gc: &'c Series,
    gogc: Option<&'c Series>,
    sys: &'c Series,
    released: &'c Series,
    in_use: &'c Series,
    idle: &'c Series,
    stacks: &'c Series,
}

impl<'c> Page<'c> {
    /// `None`: it lacks one that it cannot be without.
    fn of(case: &Case<'c>, program: &Program) -> Option<Self> {
        let series = |name| case.observed.series.get(&program.metric(name)?);
        Some(Page {
            live: series(LIVE),
            next_gc: series(NEXT_GC)?,
            gogc: series(GOGC),
            sys: series(SYS)?,
            released: series(RELEASED)?,
            in_use: series(IN_USE)?,
            idle: series(IDLE)?,
            stacks: series(STACKS)?,
        })
    }

    /// The live heap in a sample: as told, or what the next collection begins at without the
    /// garbage that may come until then.
    fn live(&self, sample: usize) -> f64 {
        let in_use = told(self.in_use, sample);
        let live = self.live.map(|it| told(it, sample)).unwrap_or_else(|| {
            let gogc = self.gogc.map_or(100.0, |it| told(it, sample));
            told(self.next_gc, sample) * 100.0 / (100.0 + gogc.max(0.0))
        });
        live.clamp(0.0, in_use.max(0.0))
    }

    fn parts(
        &self,
        window: &Window<'_>,
        is_there: impl Fn(usize) -> bool,
        total: i64,
    ) -> Vec<(&'static str, i64)> {
        let change = |of: &dyn Fn(usize) -> f64| {
            let of_program = |sample| if is_there(sample) { of(sample) } else { 0.0 };
            window.change(|sample, _| of_program(sample)).round()
        };
        let live = change(&|at| self.live(at));
        let in_use = change(&|at| told(self.in_use, at));
        let kept = change(&|at| told(self.idle, at) - told(self.released, at));
        let stacks = change(&|at| told(self.stacks, at));
        let runtime = change(&|at| told(self.sys, at) - told(self.released, at));
        let of_go = [
            ("live heap", live),
            (NOT_LIVE, in_use - live),
            ("idle and kept", kept),
            ("stacks", stacks),
            ("runtime's own", runtime - in_use - kept - stacks),
        ];
        // Numbers that no program has are of a damaged page.
        if of_go.iter().any(|(_, it)| it.abs() > MOST) {
            return Vec::new();
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole, and below the bound")]
        let mut parts: Vec<_> = of_go.map(|(name, bytes)| (name, bytes as i64)).into();
        let go: i64 = parts.iter().map(|(_, bytes)| bytes).sum();
        parts.push(("not Go's", total - go));
        parts
    }
}

/// Bytes that no machine has.
const MOST: f64 = (1_u64 << 54) as f64;

fn told(series: &Series, sample: usize) -> f64 {
    series.held_at(sample).unwrap_or(0.0)
}
