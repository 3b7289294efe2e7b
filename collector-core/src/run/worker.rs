//! One collector's worker over the whole capture: a thread of the core that owns the process,
//! starts it again when it died, and turns each call into a row.
//!
//! The thread lives as long as the capture, because the kernel ties the worker's life to it.

mod setup;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use plugin_api::host::Tried;

use super::call::{Bounds, Called, Live, call};
use super::outcome::{Cost, Delivery, Fate, LogLine, Notes, judge};
use super::process::{Process, RAISE_LIMIT};
use super::watch;
use super::wire::Command;
use crate::units::{Outcome, format_duration};

pub(crate) use setup::Setup;

/// How often an idle worker is looked after.
const TEND_INTERVAL: Duration = Duration::from_millis(500);
/// The longest pause before a worker that keeps dying is started again.
const MAX_PAUSE: Duration = Duration::from_secs(300);

/// What a worker's thread tells the capture.
#[derive(Debug)]
pub(crate) enum Event {
    /// It has loaded its plugin, or failed to; the next sample tells.
    Prepared { is_loaded: bool },
    /// Its process has this number, and waits for a debugger.
    Waiting { pid: u32 },
    /// The core got a signal.
    Signal(i32),
    /// A sample's row, and when it was there: the capture may be busy with another.
    Delivered { collector: usize, sample: u64, delivery: Box<Delivery>, at: Instant },
}

/// The capture's end of a worker's thread.
#[derive(Debug)]
pub(crate) struct Worker {
    requests: Sender<u64>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Option<String>>,
}

impl Worker {
    /// Starts the thread, which loads the plugin at once.
    pub(crate) fn start(setup: Setup, events: Sender<Event>) -> std::io::Result<Self> {
        let (requests, received) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        let keeper = Keeper {
            setup,
            events,
            stop: Arc::clone(&stop),
            live: None,
            unheard: None,
            greeting: Vec::new(),
            greeting_tried: Vec::new(),
            refused: None,
            n_deaths: 0,
            last_end: String::new(),
            resume_at: None,
        };
        let thread = thread::Builder::new()
            .name("collector-worker".into())
            .stack_size(256 * 1024)
            .spawn(move || keeper.run(&received))?;
        Ok(Worker { requests, stop, thread })
    }

    /// Asks for a sample; the answer is an [`Event::Delivered`].
    pub(crate) fn request(&self, sample: u64) {
        // The thread ends only when this end is dropped.
        let _ = self.requests.send(sample);
    }

    /// Ends the call in progress now.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Tells the thread to end the worker, and gives it to be waited for: then it says how the
    /// worker ended, where it did not by itself and well.
    pub(crate) fn hang_up(self) -> JoinHandle<Option<String>> {
        self.thread
    }
}

/// The thread's state.
struct Keeper {
    setup: Setup,
    events: Sender<Event>,
    stop: Arc<AtomicBool>,
    live: Option<Live>,
    /// How the worker ended when nobody was waiting: the row of the next sample.
    unheard: Option<Delivery>,
    /// What a plugin said while it was loaded: lines for the log of its first sample.
    greeting: Vec<LogLine>,
    /// What its host told of a trial meanwhile.
    greeting_tried: Vec<Tried>,
    /// Why the plugin will never work, and what became of the worker that said so.
    refused: Option<(String, Fate)>,
    n_deaths: u32,
    /// How the worker ended last.
    last_end: String,
    resume_at: Option<Instant>,
}

impl Keeper {
    fn run(mut self, requests: &Receiver<u64>) -> Option<String> {
        self.unheard = self.guarded(Self::start_worker, Some);
        let is_loaded = self.unheard.is_none();
        self.events.send(Event::Prepared { is_loaded }).ok()?;
        loop {
            match requests.recv_timeout(TEND_INTERVAL) {
                Ok(sample) => {
                    let delivery = Box::new(self.guarded(Self::sample, |row| row));
                    let collector = self.setup.collector;
                    let at = Instant::now();
                    self.events.send(Event::Delivered { collector, sample, delivery, at }).ok()?;
                }
                Err(RecvTimeoutError::Timeout) => {
                    let ended = self.guarded(Self::tend, Some);
                    self.unheard = self.unheard.take().or(ended);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let time = self.setup.end_time;
                    return self.live.as_mut().and_then(|live| live.process.hang_up(time));
                }
            }
        }
    }

    /// Takes a step; a panic in it becomes a row. The capture waits for a row of every collector it
    /// asked, so a defect of ours must not end this thread.
    fn guarded<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> T,
        on_panic: impl FnOnce(Delivery) -> T,
    ) -> T {
        catch_unwind(AssertUnwindSafe(|| step(self))).unwrap_or_else(|_| {
            let reason = "a defect of collector itself: please report it with what it printed";
            let delivery = Delivery::without_artifacts(Outcome::Failed, reason);
            // Whatever the step was about, the next one starts anew.
            self.bury(&delivery);
            on_panic(delivery)
        })
    }

    /// Takes a sample, whatever that needs.
    fn sample(&mut self) -> Delivery {
        if let Some((reason, fate)) = &self.refused {
            let delivery = Delivery::without_artifacts(Outcome::Refused, reason);
            return Delivery { fate: *fate, ..delivery };
        }
        if let Some(delivery) = self.unheard.take() {
            return delivery;
        }
        if self.live.is_none() {
            let now = Instant::now();
            if let Some(resume_at) = self.resume_at.filter(|resume_at| now < *resume_at) {
                let pause = format_duration(resume_at - now);
                let n = self.n_deaths;
                return Delivery::without_artifacts(
                    Outcome::Skipped,
                    format!(
                        "failed {n} times in a row, at last: {}; tried again in {pause}",
                        self.last_end
                    ),
                );
            }
            if let Some(delivery) = self.start_worker() {
                return delivery;
            }
        }
        let timeout = self.setup.limits.timeout;
        let deadline_ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        let mut delivery = self.call(&Command::Collect { deadline_ms });
        delivery.log.splice(..0, self.greeting.drain(..));
        delivery.tried.splice(..0, self.greeting_tried.drain(..));
        delivery
    }

    /// Starts the process and has it load its plugin; gives a row if that failed.
    fn start_worker(&mut self) -> Option<Delivery> {
        match Process::start(&self.setup.program) {
            Ok(process) => self.live = Some(Live::new(process)),
            Err(error) => {
                let program = self.setup.program.display();
                let is_limit = error.kind() == std::io::ErrorKind::WouldBlock;
                let advice = if is_limit { format!("; {RAISE_LIMIT}") } else { String::new() };
                let reason =
                    format!("the worker could not be started from {program}: {error}{advice}");
                let delivery = Delivery::without_artifacts(Outcome::Failed, reason);
                return Some(Delivery { fate: Fate::Lost, ..delivery });
            }
        }
        if let Some(live) = self.live.as_ref().filter(|_| self.setup.start.debugger) {
            // Nobody hears it when the capture is over.
            let _ = self.events.send(Event::Waiting { pid: live.process.id() });
        }
        let delivery = self.call(&Command::Start(Box::new(self.setup.start.clone())));
        if self.live.is_none() {
            return Some(delivery);
        }
        // A problem that did not keep the plugin from being loaded is worth a line.
        let warned = delivery.problems.into_iter();
        let warned = warned.map(|it| LogLine { level: "warn", message: it.message });
        self.greeting = delivery.log.into_iter().chain(warned).collect();
        self.greeting_tried = delivery.tried;
        None
    }

    /// One call of the live worker, as a row. A worker that cannot go on is ended.
    fn call(&mut self, command: &Command) -> Delivery {
        let Some(live) = &mut self.live else {
            return Delivery::without_artifacts(Outcome::Failed, "no worker");
        };
        let bounds = bounds(&self.setup, &self.stop);
        let began = Instant::now();
        let called = call(live, command, &self.setup.spool, &bounds);
        let process = &mut live.process;
        let wall = began.elapsed();
        let max_rss = process.peak_resident();
        let goes_on = called.goes_on;
        if !goes_on {
            process.end(false);
        }
        let cost = Cost { wall, cpu: called.cpu, max_rss };
        let mut delivery = delivery(called, cost);
        // What a plugin that could be loaded printed meanwhile belongs to its first sample.
        if !goes_on || matches!(command, Command::Collect { .. }) {
            delivery.stderr = process.take_tail();
        }
        if goes_on {
            // A plugin that is loaded and dies in each sample keeps dying.
            if matches!(command, Command::Collect { .. }) {
                self.n_deaths = 0;
            }
        } else {
            self.bury(&delivery);
        }
        delivery
    }

    /// Forgets the worker that ended, and decides when to try again.
    fn bury(&mut self, delivery: &Delivery) {
        self.live = None;
        if delivery.outcome == Outcome::Refused {
            self.refused = delivery.reason.clone().map(|reason| (reason, delivery.fate));
        }
        self.last_end = delivery.reason.clone().unwrap_or_else(|| delivery.outcome.to_string());
        self.n_deaths += 1;
        // The first death is followed by a new start at the next tick.
        let doublings = self.n_deaths.checked_sub(2);
        self.resume_at = doublings.map(|doublings| {
            Instant::now() + Duration::from_secs(1 << doublings.min(16)).min(MAX_PAUSE)
        });
    }

    /// Looks after an idle worker: takes what it prints, and ends it when it takes too much; gives
    /// the row of that.
    fn tend(&mut self) -> Option<Delivery> {
        let live = self.live.as_mut()?;
        live.process.drain_output();
        let end = live.excess(&bounds(&self.setup, &self.stop), Some(watch::IDLE_REST))?;
        let process = &mut live.process;
        process.end(false);
        let called = Called {
            end,
            goes_on: false,
            notes: Notes::default(),
            artifacts: Vec::new(),
            cpu: None,
        };
        let mut delivery = delivery(called, Cost::default());
        delivery.stderr = process.take_tail();
        self.bury(&delivery);
        Some(delivery)
    }
}

/// What a worker may take.
fn bounds<'a>(setup: &Setup, stop: &'a AtomicBool) -> Bounds<'a> {
    Bounds {
        timeout: setup.limits.timeout,
        max_bytes: setup.limits.max_bytes,
        max_memory: setup.limits.max_memory,
        page_size: setup.page_size,
        stop,
    }
}

/// The row of a call, but for what the worker printed.
fn delivery(called: Called, cost: Cost) -> Delivery {
    let Called { end, notes, artifacts, .. } = called;
    let cut = artifacts.iter().any(|artifact| artifact.cut);
    let (outcome, reason) = judge(&end, &notes, cut);
    let Notes { problems, log, tried, .. } = notes;
    let fate = end.fate();
    Delivery { outcome, reason, fate, problems, log, tried, artifacts, cost, stderr: None }
}

#[cfg(test)]
mod tests;
