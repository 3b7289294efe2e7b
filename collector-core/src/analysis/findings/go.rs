//! Go programs, as far as a bundle tells of them: by their page of metrics, by their profiles, or
//! by both, with the process they are.

use std::rc::Rc;

use super::Account;
use crate::analysis::case::Case;
use crate::analysis::finding::{Process, Subject};
use crate::analysis::ledger::Term;
use crate::analysis::profile::{Grows, Site, SiteGrowth};
use crate::analysis::series::{Key, ProcessFigure, Series};

/// A Go program that was asked.
#[derive(Debug, Clone)]
pub(in crate::analysis) struct Program {
    /// The collector of its page of metrics.
    collector: Option<Rc<str>>,
    pub(in crate::analysis) process: Option<Process>,
}

/// The live heap after the last collection, at which the next one begins.
const NEXT_GC: &str = "go_memstats_next_gc_bytes";
const SYS: &str = "go_memstats_sys_bytes";
const RELEASED: &str = "go_memstats_heap_released_bytes";
const IN_USE: &str = "go_memstats_heap_inuse_bytes";
const STACKS: &str = "go_memstats_stack_inuse_bytes";
const GOROUTINES: &str = "go_goroutines";

/// All programs of a case: those with a page of metrics, then those with profiles only.
pub(in crate::analysis) fn programs(case: &Case<'_>) -> Vec<Program> {
    let observed = case.observed;
    let targets = observed.targets.iter().filter(|(collector, _)| {
        let key = Key::Metric(Rc::clone(collector), NEXT_GC.into());
        observed.series.contains_key(&key)
    });
    let mut programs: Vec<Program> = targets
        .map(|(collector, target)| Program {
            collector: Some(Rc::clone(collector)),
            process: target.process.clone(),
        })
        .collect();
    for profile in observed.profiles.values() {
        let process = of_program(case, &profile.program);
        if process.is_some() && !programs.iter().any(|it| it.process == process) {
            programs.push(Program { collector: None, process });
        }
    }
    programs
}

/// The only process of that program's name; the kernel keeps 15 bytes of it.
fn of_program(case: &Case<'_>, program: &str) -> Option<Process> {
    let is_it = |command: &str| {
        !command.is_empty()
            && (command == program || command.len() >= 15 && program.starts_with(command))
    };
    let mut found = case.observed.commands.iter().filter(|(_, command)| is_it(command));
    let (process, _) = found.next()?;
    found.next().is_none().then(|| process.clone())
}

impl Program {
    pub(super) fn next_gc(&self) -> Option<Key> {
        self.metric(NEXT_GC)
    }

    pub(super) fn goroutines(&self) -> Option<Key> {
        self.metric(GOROUTINES)
    }

    pub(super) fn stacks(&self) -> Option<Key> {
        self.metric(STACKS)
    }

    /// What its memory is claimed of: its process, or all memory of programs where no process was
    /// found that fits.
    pub(super) fn account(&self) -> Account {
        match &self.process {
            Some(process) => Account::Of(process.clone(), ProcessFigure::Anonymous),
            None => Account::Term(Term::Anonymous),
        }
    }

    /// Whom a finding about `what` of it names: without a process, the collector that asked it.
    pub(super) fn subject(&self, case: &Case<'_>, what: Option<&str>) -> Subject {
        let command = self.process.as_ref().and_then(|it| case.observed.commands.get(it));
        let class = match (&self.process, what) {
            (Some(_), what) => what.map(str::to_owned),
            (None, Some(what)) => Some(format!("{what} of {}", self.called(case))),
            (None, None) => Some(self.called(case)),
        };
        Subject {
            process: self.process.clone(),
            command: command.map(|it| it.to_string()),
            class,
            function: None,
        }
    }

    /// How it is called.
    pub(super) fn called(&self, case: &Case<'_>) -> String {
        match (&self.process, &self.collector) {
            (Some(process), _) => case.observed.called(process),
            (None, Some(collector)) => format!("the program that {collector} asks"),
            (None, None) => "a Go program".to_owned(),
        }
    }

    /// The memory that its runtime has from the system and has not given back.
    pub(super) fn runtime_memory(&self, case: &Case<'_>) -> Option<Series> {
        let series = |name| case.observed.series.get(&self.metric(name)?);
        Some(series(SYS)?.minus(series(RELEASED)?))
    }

    /// The spans of its heap that have something in them; by older pages, all that the runtime has.
    pub(super) fn heap_in_use(&self, case: &Case<'_>) -> Option<Series> {
        let in_use = self.metric(IN_USE).and_then(|it| case.observed.series.get(&it)).cloned();
        in_use.or_else(|| self.runtime_memory(case))
    }

    /// How one of its profiles grew, with the profile's name.
    pub(super) fn profile<'c>(
        &self,
        case: &'c Case<'_>,
        what: Grows,
    ) -> Option<(&'c Rc<str>, &'c SiteGrowth)> {
        let of_what = case.observed.profiles.iter().filter(|(_, it)| it.what == what);
        let mut own = of_what.filter(|(_, it)| {
            let process = of_program(case, &it.program);
            process.is_some() && process == self.process
        });
        own.next().map(|(name, it)| (name, &it.growth))
    }

    /// A series of its page.
    pub(in crate::analysis) fn metric(&self, name: &str) -> Option<Key> {
        let key = Key::Metric(Rc::clone(self.collector.as_ref()?), name.into());
        Some(key)
    }
}

/// `main.grow (leak.go:25)`.
pub(super) fn place(site: &Site) -> String {
    let file = site.at.file.rsplit('/').next().unwrap_or(&site.at.file);
    match site.at.line {
        0 => site.at.function.clone(),
        line => format!("{} ({file}:{line})", site.at.function),
    }
}
