//! Objects of the kernel that processes have and that are no descriptors: watches, locks, timers.

use std::collections::{BTreeMap, HashMap};

use super::own::Own;
use super::process;
use super::tally::Tally;
use super::texts::Texts;
use crate::analysis::finding::Process;
use crate::analysis::readers::pid_timers::Timers;
use crate::analysis::series::{HostFigure, Key, Observed, ProcessFigure};

/// The objects of all samples. A process is asked from its first object on: that it had none
/// before says nothing of a leak, and most processes never have any.
#[derive(Debug, Default)]
pub(super) struct Objects {
    watches: Tally<Process>,
    locks: Tally<Process>,
}

impl Objects {
    pub(super) fn take(
        &mut self,
        observed: &mut Observed,
        sample: usize,
        texts: &Texts<'_>,
        own: &Own,
    ) {
        let users = Users::of(texts);
        if let Some(signals) = users.queued_signals() {
            observed.push(Key::Host(HostFigure::QueuedSignals), sample, signals as f64);
        }
        if texts.watchers.is_none() && texts.locks.is_none() && texts.timers.is_none() {
            return;
        }
        let started = started(texts);
        let who = |pid: u32| {
            let start = started.get(&pid).filter(|_| !own.has(pid))?;
            Some(process(pid, *start))
        };
        let is_there = |it: &Process| started.get(&it.pid) == Some(&it.start_ticks);
        if let Some(watchers) = texts.watchers {
            self.watches.look_again(sample, is_there);
            for it in watchers {
                if let Some(process) = who(it.pid) {
                    count(&mut self.watches, &process, ProcessFigure::Watches, sample, it.watches);
                }
            }
        }
        if let Some(locks) = texts.locks {
            self.locks.look_again(sample, is_there);
            let mut n_of_nobody = 0_u32;
            for it in locks.iter().filter(|it| !it.is_waiting) {
                match it.holder {
                    None => n_of_nobody += 1,
                    Some(pid) => {
                        if let Some(process) = who(pid) {
                            count(&mut self.locks, &process, ProcessFigure::Locks, sample, 1);
                        }
                    }
                }
            }
            let of_nobody = Key::Host(HostFigure::LocksOfNobody);
            observed.push(of_nobody, sample, f64::from(n_of_nobody));
        }
        let timers = texts.timers.unwrap_or_default();
        for it in timers {
            if let Some((process, n)) = who(it.pid).zip(users.timers_of(it, timers)) {
                observed.push(Key::Of(process, ProcessFigure::Timers), sample, n as f64);
            }
        }
    }

    pub(super) fn finish(self, observed: &mut Observed) {
        self.watches.finish(observed);
        self.locks.finish(observed);
    }
}

fn count(
    tally: &mut Tally<Process>,
    process: &Process,
    figure: ProcessFigure,
    sample: usize,
    n: u64,
) {
    tally.look(process, sample).add(Key::Of(process.clone(), figure), sample, n as f64);
}

/// When each process started, by its number. The scan of descriptors is the one that reads watches
/// and locks, so it counts first.
fn started(texts: &Texts<'_>) -> HashMap<u32, u64> {
    let stats = texts.stats.unwrap_or_default().iter().map(|it| (it.pid, it.start_ticks));
    let holders = texts.descriptors.map(|it| it.holders.as_slice()).unwrap_or_default();
    stats.chain(holders.iter().map(|it| (it.pid, it.start_ticks))).collect()
}

/// The users of all processes.
struct Users {
    /// The user of each process.
    of: HashMap<u32, u32>,
    /// Signals that wait for each user. Each of his processes tells them, at its own moment.
    signals: BTreeMap<u32, u64>,
}

impl Users {
    fn of(texts: &Texts<'_>) -> Self {
        let mut users = Users { of: HashMap::new(), signals: BTreeMap::new() };
        for it in texts.statuses.unwrap_or_default() {
            if let Some((user, n)) = it.user.zip(it.queued_signals) {
                let most = users.signals.entry(user).or_default();
                *most = n.max(*most);
                if texts.timers.is_some() {
                    users.of.insert(it.pid, user);
                }
            }
        }
        users
    }

    /// Signals that wait for all of them.
    fn queued_signals(&self) -> Option<u64> {
        let sum = self.signals.values().fold(0, |sum: u64, n| sum.saturating_add(*n));
        (!self.signals.is_empty()).then_some(sum)
    }

    /// The timers of a process. Those of one that has more than its text tells are what waits for
    /// its user beyond the timers of all others, as long as no other one of his has more as well.
    fn timers_of(&self, it: &Timers<'_>, all: &[Timers<'_>]) -> Option<u64> {
        if it.is_whole {
            return Some(it.n);
        }
        let user = self.of.get(&it.pid)?;
        let others = || {
            all.iter().filter(|other| other.pid != it.pid && self.of.get(&other.pid) == Some(user))
        };
        if others().any(|other| !other.is_whole) {
            return None;
        }
        let of_others = others().fold(0, |sum: u64, other| sum.saturating_add(other.n));
        Some(self.signals.get(user)?.saturating_sub(of_others).max(it.n))
    }
}
