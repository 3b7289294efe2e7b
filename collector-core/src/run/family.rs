//! What a worker has started: counted while it lives, ended when it does.
//!
//! A worker is the reaper of what loses its parent below it, and the core that of what a worker
//! leaves. So whatever a plugin forks, in a session of its own too, stays below its worker while
//! that lives and becomes a child of the core then. `/proc` is what is asked, for not every kernel
//! has its lists of children. What a worker may take is judged in `watch`.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use plugin_api::StatLine;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, set_child_subreaper, waitid,
};

/// How long one sweep may take: a look at `/proc`, and two more when it finds something. A caller of
/// [`sweep`] may wait for two.
pub(crate) const SWEEP_TIME: Duration = Duration::from_millis(60);
/// How long a look may take: some ten thousand processes. What forks on and on would be followed
/// without end.
pub(crate) const LOOK_TIME: Duration = Duration::from_millis(200);
/// After a look at `/proc` nobody looks for so many times its duration: that is less than 1 % of
/// one processor.
const REST: u32 = 100;

/// The workers of this process that are not reaped. Held while one is started or reaped and while
/// one child is judged, so that none is taken for the other; never for as long as a sweep.
static WORKERS: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static SWEEPS: Turns = Turns::new();
static LAST_LOOK: Mutex<Option<Arc<Look>>> = Mutex::new(None);

/// Makes this process the parent of every process below it that loses its own.
///
/// # Errors
///
/// The kernel refused: it is older than Linux 3.4.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(getpid()))?)
}

/// Starts a worker.
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    let mut workers = held(&WORKERS);
    adopt_orphans()?;
    let child = command.spawn()?;
    workers.push(child.id());
    Ok(child)
}

/// Reaps a worker that has exited. One that cannot be killed is from now on an orphan.
pub(crate) fn reap(worker: &mut Child) -> io::Result<Option<ExitStatus>> {
    let mut workers = held(&WORKERS);
    let status = worker.try_wait();
    workers.retain(|it| *it != worker.id());
    status
}

/// Kills and reaps what ended workers have left. Callers at one time share a sweep.
pub(crate) fn sweep() {
    SWEEPS.take(SWEEPS.n_begun(), sweep_once);
}

/// Work that many want done at one time, and that is done for all of them at once.
#[derive(Debug)]
struct Turns {
    n_begun: AtomicU64,
    in_turn: Mutex<()>,
}

impl Turns {
    const fn new() -> Self {
        Turns { n_begun: AtomicU64::new(0), in_turn: Mutex::new(()) }
    }

    fn n_begun(&self) -> u64 {
        self.n_begun.load(Ordering::SeqCst)
    }

    /// Does `work`, or waits until somebody has done it who began when `n_before` had begun. One
    /// that was under way then may have passed what the caller wants done.
    fn take(&self, n_before: u64, work: impl FnOnce()) {
        let _turn = held(&self.in_turn);
        if self.n_begun() > n_before {
            return;
        }
        self.n_begun.fetch_add(1, Ordering::SeqCst);
        work();
    }
}

/// Sweeps for at most [`SWEEP_TIME`].
///
/// Only children of this process are killed, each as soon as it is seen: their numbers are nobody
/// else's until they are reaped, and one that forks and exits on and on has no time to move. What
/// they have started is a child of this process in the next round.
fn sweep_once() {
    let own = std::process::id();
    let until = Instant::now() + SWEEP_TIME;
    loop {
        let mut n_orphans = 0;
        for pid in pids() {
            // What forks on and on makes a round without end.
            if Instant::now() >= until {
                return;
            }
            let is_child = || Entry::read(pid).is_some_and(|it| it.parent == own);
            if !is_child() {
                continue;
            }
            let workers = held(&WORKERS);
            // Asked again: nobody reaps a child now, so the number is still its own.
            if is_child() && !workers.contains(&pid) && is_of_a_worker(pid) {
                n_orphans += 1;
                end(pid);
            }
        }
        if n_orphans == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn end(orphan: u32) {
    let Some(pid) = i32::try_from(orphan).ok().and_then(Pid::from_raw) else { return };
    // Neither fails for a child; the next round sees what became of it.
    let _ = kill_process(pid, Signal::KILL);
    let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOHANG);
}

/// Whether a child of this process that is no worker comes from one. The shell that became this
/// program may have left it children, and as the first process of a container it gets strangers'.
///
/// Every worker gives up new privileges, which nobody who comes from it can take back. Where this
/// process has done so itself, the mark is that it is the first to be killed for memory.
fn is_of_a_worker(pid: u32) -> bool {
    let has_no_new_privileges = |pid: &str| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line == "NoNewPrivs:\t1")
    };
    has_no_new_privileges(&pid.to_string())
        && (!has_no_new_privileges("self")
            || fs::read_to_string(format!("/proc/{pid}/oom_score_adj"))
                .is_ok_and(|it| it.trim_end() == "1000"))
}

/// All processes at one moment.
#[derive(Debug)]
pub(crate) struct Look {
    processes: HashMap<u32, Entry>,
    ended: Instant,
    rest: Duration,
}

/// What a worker and all it has started take.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Family {
    /// Its processes, dead ones that nobody has reaped included: they take numbers.
    pub(crate) members: Vec<u32>,
    /// Their resident pages; what they share is counted for each.
    pub(crate) pages: u64,
}

/// Looks at all processes, or gives the last look: one that is younger than `rest`, or whose cost
/// is not rested from. All workers share it.
pub(crate) fn look(rest: Duration) -> Arc<Look> {
    let mut last = held(&LAST_LOOK);
    let is_fresh = |look: &&Arc<Look>| look.ended.elapsed() < look.rest.max(rest);
    if let Some(look) = last.as_ref().filter(is_fresh) {
        return Arc::clone(look);
    }
    let began = Instant::now();
    let processes = pids()
        .into_iter()
        .take_while(|_| began.elapsed() < LOOK_TIME)
        .filter_map(|pid| Some((pid, Entry::read(pid)?)))
        .collect();
    let ended = Instant::now();
    let look = Arc::new(Look { processes, ended, rest: (ended - began) * REST });
    Arc::clone(last.insert(look))
}

impl Look {
    /// Whether this is a later look than `other`.
    pub(crate) fn is_other(&self, other: Option<&Arc<Look>>) -> bool {
        other.is_none_or(|other| other.ended != self.ended)
    }

    /// The family of `worker`: itself, what is below it, and what is in its process group.
    pub(crate) fn family(&self, worker: u32) -> Family {
        let mut family = Family::default();
        for (pid, entry) in &self.processes {
            if entry.group == worker || self.is_below(*pid, worker) {
                family.members.push(*pid);
                family.pages += entry.pages;
            }
        }
        family
    }

    fn is_below(&self, pid: u32, worker: u32) -> bool {
        let mut at = pid;
        // Processes that end while they are looked at could make a circle.
        for _ in 0..self.processes.len() {
            if at == worker {
                return true;
            }
            match self.processes.get(&at) {
                Some(entry) if entry.parent > 1 => at = entry.parent,
                _ => return false,
            }
        }
        false
    }
}

/// What is known of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    parent: u32,
    group: u32,
    pages: u64,
}

impl Entry {
    /// `None` when it is gone.
    fn read(pid: u32) -> Option<Self> {
        // Far more than the line has: 52 numbers and a name.
        let mut line = [0; 2048];
        let n = File::open(format!("/proc/{pid}/stat")).ok()?.read(&mut line).ok()?;
        Entry::parse(&line[..n])
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let line = StatLine::parse(line)?;
        let id = |field| line.number(field).and_then(|it| u32::try_from(it).ok());
        Some(Entry { parent: id(4)?, group: id(5)?, pages: line.number(24)? })
    }
}

/// The numbers of all processes, the highest first: who has not the time for all begins with the
/// newest. None without `/proc`: then only a worker's group is known.
fn pids() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut pids: Vec<u32> = pids.collect();
    pids.sort_unstable_by_key(|pid| Reverse(*pid));
    pids
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change is whole, so a thread that panicked has left nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(processes: &[(u32, u32, u32)]) -> Look {
        let entry = |(pid, parent, group): &(u32, u32, u32)| {
            (*pid, Entry { parent: *parent, group: *group, pages: 10 })
        };
        let processes = processes.iter().map(entry).collect();
        Look { processes, ended: Instant::now(), rest: Duration::ZERO }
    }

    fn check(look: &Look, worker: u32, expected: &[u32]) {
        let mut family = look.family(worker);
        family.members.sort_unstable();
        assert_eq!(family.members, expected);
        assert_eq!(family.pages, 10 * expected.len() as u64);
    }

    #[test]
    fn a_family_is_what_is_below_and_what_is_in_the_group() {
        let look = at(&[
            (1, 0, 1),
            (50, 1, 50),
            (60, 50, 60),
            (61, 60, 60),
            (62, 61, 62), // in a session of its own
            (63, 50, 60), // its parent is gone
            (70, 50, 70), // another worker
            (71, 70, 70),
        ]);
        check(&look, 60, &[60, 61, 62, 63]);
        check(&look, 70, &[70, 71]);
    }

    #[test]
    fn parents_in_a_circle_are_nobodys_family() {
        check(&at(&[(5, 6, 5), (6, 5, 6), (9, 1, 9)]), 9, &[9]);
    }

    #[test]
    fn a_line_of_stat_tells_parent_group_and_pages() {
        let line = b"7 (a) R 1 (b) S 31 30 29 0 -1 4194560 1 0 0 0 0 0 0 0 39 19 1 0 5 100 42 0\n";
        assert_eq!(Entry::parse(line), Some(Entry { parent: 31, group: 30, pages: 42 }));
        assert_eq!(Entry::parse(b"7 (a) S 31"), None);
    }

    #[test]
    fn a_turn_serves_all_who_waited_for_it_and_none_who_came_in_it() {
        let turns = Turns::new();
        let n_done = AtomicU64::new(0);
        let work = || {
            n_done.fetch_add(1, Ordering::SeqCst);
        };
        let came_before = turns.n_begun();
        let mut came_in_it = None;
        turns.take(came_before, || {
            work();
            came_in_it = Some(turns.n_begun());
        });
        for _ in 0..60 {
            turns.take(came_before, work);
        }
        assert_eq!(n_done.load(Ordering::SeqCst), 1, "one for all who had come before it");
        for _ in 0..60 {
            turns.take(came_in_it.expect("it ran"), work);
        }
        assert_eq!(n_done.load(Ordering::SeqCst), 2, "one more for all who came in the first");
    }

    /// On a host with more processes than there is time for, what a plugin has just started is seen.
    #[test]
    fn the_newest_processes_are_looked_at_first() {
        let mut child = Command::new("sleep").arg("1000").spawn().expect("a child");
        let pids = pids();
        child.kill().and_then(|()| child.wait()).expect("it ends");
        assert!(pids.contains(&child.id()) && pids.contains(&std::process::id()));
        assert!(pids.is_sorted_by(|one, next| one > next), "{pids:?}");
    }

    #[test]
    fn this_process_is_in_its_own_family_and_the_next_look_is_rested_for() {
        let look = look(Duration::ZERO);
        assert!(look.family(std::process::id()).members.contains(&std::process::id()));
        let again = super::look(Duration::from_secs(3600));
        assert!(!again.is_other(Some(&look)) || again.ended > look.ended);
    }
}
