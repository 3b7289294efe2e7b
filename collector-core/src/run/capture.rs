//! The capture: ticks come, collectors are asked, rows are handed on in the order of the plan.
//!
//! One thread decides everything, from one queue of events. In a sample the snapshots of the
//! kernel's accounts are taken first, one after another; then all else at once. Samples may overlap
//! where a collector is slow, but no collector ever works on two, and nothing queues up: what finds
//! its collector busy is a row that says so.

mod open;
mod staff;
mod store;
mod types;

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use super::family;
use super::instruments::Stamp;
use super::outcome::Delivery;
use super::schedule::{Tick, Ticks};
use super::worker::{Event, Worker};
use crate::plan::Order;
use crate::units::Outcome;

use open::OpenSample;
pub use types::{
    Ended, Finished, Full, Inbox, Interrupter, Observer, Room, Sample, SampleHead, SampleRow,
    Setup, Sink, SinkError, Start, StoredFile,
};

/// How long the start of a capture waits for its plugins to be loaded.
const PREPARATION: Duration = Duration::from_secs(2);

/// Runs the collectors to the end of their schedule and hands every row to `sink`. Times count
/// from `start`.
///
/// It has no errors: what goes wrong is a row, or the way it [`Ended`].
pub fn capture(setup: &Setup<'_>, start: Start, inbox: Inbox, sink: &mut dyn Sink) -> Finished {
    let Inbox { sender, receiver } = inbox;
    let workers = staff::start_workers(setup, &sender);
    let mut capture = Capture {
        setup,
        sink,
        busy: vec![false; workers.len()],
        workers,
        open: Vec::new(),
        start,
        began: Instant::now(),
        began_wall: start.0.wall,
        n_prepared: 0,
        n_signals: 0,
        n_not_ok: 0,
        n_missed: 0,
        ending: None,
    };
    capture.prepare(&receiver);
    let intervals = (0..setup.collectors.len()).map(|index| capture.interval(index)).collect();
    let ticks = Ticks::new(intervals, setup.span);
    capture.run(ticks, &receiver);
    capture.finish()
}

/// `wall` plus `duration`; `wall` itself where that is no moment any more.
fn later(wall: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    let added = TimeDelta::from_std(duration).ok();
    added.and_then(|added| wall.checked_add_signed(added)).unwrap_or(wall)
}

struct Capture<'a> {
    setup: &'a Setup<'a>,
    sink: &'a mut dyn Sink,
    /// Per collector; without one, what its rows say.
    workers: Vec<Result<Worker, staff::Unstaffed>>,
    /// Per collector: whether it works on a sample, or waits for its turn in one.
    busy: Vec<bool>,
    open: Vec<OpenSample>,
    start: Start,
    /// The first tick, for waiting.
    began: Instant,
    /// The wall time of the first tick, by the clock of the start and the monotonic time since.
    began_wall: DateTime<Utc>,
    n_prepared: usize,
    n_signals: u32,
    n_not_ok: u64,
    /// Missed samples that nobody was told of.
    n_missed: u64,
    ending: Option<Ended>,
}

impl Capture<'_> {
    /// Waits until the plugins are loaded, so that the first sample is not late; a slow one is
    /// waited for in its own row.
    fn prepare(&mut self, events: &Receiver<Event>) {
        self.setup.observer.preparing();
        let until = Instant::now() + PREPARATION;
        let n_workers = self.workers.iter().flatten().count();
        while self.n_prepared < n_workers && self.ending.is_none() {
            if !self.take_event(events, Some(until)) {
                break;
            }
        }
        self.began = Instant::now();
        let since = self.setup.instruments.now().monotonic.saturating_sub(self.start.0.monotonic);
        self.began_wall = later(self.start.0.wall, since);
    }

    /// The interval of a collector: its own, else the schedule's. In a capture of one sample, an
    /// interval of its own means nothing.
    fn interval(&self, index: usize) -> Option<Duration> {
        let every = self.setup.every?;
        Some(self.setup.collectors[index].every.unwrap_or(every))
    }

    fn run(&mut self, ticks: Ticks, events: &Receiver<Event>) {
        for tick in ticks {
            let at = self.began + tick.offset;
            while self.ending.is_none() && self.take_event(events, Some(at)) {}
            if self.ending.is_some() {
                break;
            }
            self.begin_sample(&tick);
        }
        while !self.open.is_empty() {
            self.take_event(events, None);
        }
    }

    /// Takes one event, or what is due without one. `false` when it is `until` and no event waits:
    /// a capture that is behind its ticks still hears a signal, and takes what was delivered.
    fn take_event(&mut self, events: &Receiver<Event>, until: Option<Instant>) -> bool {
        let wakes = self.open.iter().filter_map(OpenSample::wake_at).chain(until);
        let event = match wakes.min() {
            Some(wake_at) => events.recv_timeout(wake_at.saturating_duration_since(Instant::now())),
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match event {
            Ok(Event::Prepared { .. }) => self.n_prepared += 1,
            // No capture has a debugger.
            Ok(Event::Waiting { .. }) => {}
            Ok(Event::Delivered { collector, sample, delivery, at }) => {
                self.delivered(collector, sample, *delivery, at);
            }
            Ok(Event::Signal(signal)) => self.interrupted(signal),
            Err(RecvTimeoutError::Timeout) => {
                self.ask();
                return until.is_none_or(|until| Instant::now() < until);
            }
            Err(RecvTimeoutError::Disconnected) => unreachable!("the inbox keeps a sender"),
        }
        true
    }

    fn begin_sample(&mut self, tick: &Tick) {
        let head = self.head(tick);
        let collectors = self.setup.collectors;
        let names: Vec<&str> = tick.due.iter().map(|due| collectors[*due].name.as_str()).collect();
        self.setup.observer.sample_began(&head, &names);
        let (mut snapshots, mut others, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let is_missed = |index: &usize| self.is_missed(*index, tick.offset);
        let has_missed = tick.due.iter().any(is_missed);
        for index in tick.due.iter().copied() {
            match self.not_asked(index, tick.offset) {
                Some(mut delivery) => {
                    delivery.mask(self.setup.secrets);
                    rows.push((index, delivery));
                }
                None if collectors[index].order == Order::Snapshot => snapshots.push(index),
                None => others.push(index),
            }
        }
        for index in snapshots.iter().chain(&others) {
            self.busy[*index] = true;
        }
        let missed = has_missed && snapshots.is_empty() && others.is_empty();
        let due = tick.due.clone();
        let asked = (snapshots.into(), others);
        self.open.push(OpenSample::new(head, Instant::now(), missed, due, asked));
        let position = self.open.len() - 1;
        for (index, delivery) in rows {
            self.put_row(position, index, None, delivery);
        }
        self.ask();
        self.store();
    }

    /// The row of a collector that is not asked at this tick; `None` for one that is.
    fn not_asked(&self, index: usize, tick: Duration) -> Option<Delivery> {
        if let Err((outcome, reason)) = &self.workers[index] {
            return Some(Delivery::without_artifacts(*outcome, reason));
        }
        let skipped = |reason: String| Some(Delivery::without_artifacts(Outcome::Skipped, reason));
        if self.is_missed(index, tick) {
            return skipped("overrun: the collector itself was held up past the next tick".into());
        }
        if self.busy[index] {
            return skipped("overrun: still busy with an earlier sample".into());
        }
        None
    }

    /// Whether a collector's next tick has come too: then this one is not made up for.
    fn is_missed(&self, index: usize, tick: Duration) -> bool {
        let next = self.interval(index).map(|every| tick + every);
        next.is_some_and(|next| next < self.setup.span && self.began + next <= Instant::now())
    }

    fn head(&self, tick: &Tick) -> SampleHead {
        let began = self.setup.instruments.now();
        let Stamp { monotonic, boottime, .. } = self.start.0;
        SampleHead {
            index: tick.index,
            named: later(self.began_wall, tick.offset),
            began,
            since_start: began.monotonic.saturating_sub(monotonic),
            boottime_since_start: began.boottime.saturating_sub(boottime),
        }
    }

    /// Asks whoever is to be asked now.
    fn ask(&mut self) {
        let now = Instant::now();
        for position in 0..self.open.len() {
            loop {
                let next = self.open[position].next(now);
                if next.is_empty() {
                    break;
                }
                for index in next {
                    let collector = &self.setup.collectors[index];
                    if let Ok(worker) = &self.workers[index] {
                        self.setup.observer.collector_began(&collector.name);
                        worker.request(self.open[position].head.index);
                    }
                }
            }
        }
    }

    fn delivered(&mut self, index: usize, sample: u64, mut delivery: Delivery, at: Instant) {
        self.busy[index] = false;
        // Before anybody sees it: plugins repeat their configuration in messages.
        delivery.mask(self.setup.secrets);
        if delivery.outcome == Outcome::Ok {
            // Nobody looks at what a plugin prints while all is well.
            delivery.stderr = None;
        }
        let collector = &self.setup.collectors[index];
        self.setup.observer.collector_ended(&collector.name, &delivery);
        if let Some(position) = self.open.iter().position(|it| it.head.index == sample) {
            let ended = self.open[position].ended_at(at);
            let started = ended.saturating_sub(delivery.cost.wall);
            self.put_row(position, index, Some(started), delivery);
        }
        self.ask();
        self.store();
    }

    /// Notes why the capture ends; the first reason stands. A broken sink has no use for more.
    fn end(&mut self, why: Ended) {
        let at_once = matches!(why, Ended::Broken(_));
        self.ending.get_or_insert(why);
        if at_once {
            self.stop_at_once();
        }
    }

    fn interrupted(&mut self, signal: i32) {
        self.n_signals += 1;
        let at_once = self.n_signals > 1;
        self.setup.observer.interrupted(signal, at_once);
        self.end(Ended::Signal(signal));
        if at_once {
            self.stop_at_once();
        }
    }

    /// Ends every call in progress; who was not asked yet is not asked any more.
    fn stop_at_once(&mut self) {
        self.workers.iter().flatten().for_each(Worker::stop);
        for position in 0..self.open.len() {
            for index in self.open[position].take_unasked() {
                let reason = "stopped: the capture was ended";
                let delivery = Delivery::without_artifacts(Outcome::Skipped, reason);
                self.busy[index] = false;
                self.put_row(position, index, None, delivery);
            }
        }
    }

    fn finish(mut self) -> Finished {
        self.tell_missed();
        // No call is worth waiting for any more: a plugin may hang while it is loaded.
        self.workers.iter().flatten().for_each(Worker::stop);
        // All are told before the first is waited for.
        let workers: Vec<_> = self.workers.into_iter().flatten().map(Worker::hang_up).collect();
        workers.into_iter().for_each(|thread| {
            // A panic of the thread is a bug that its message has told.
            let _ = thread.join();
        });
        family::sweep();
        let at = self.setup.instruments.now();
        Finished {
            ended: self.ending.unwrap_or(Ended::Finished),
            duration: at.monotonic.saturating_sub(self.start.0.monotonic),
            at,
            n_not_ok: self.n_not_ok,
        }
    }
}
