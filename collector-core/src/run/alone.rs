//! One collector without a capture: its worker is asked whenever its owner likes, with no schedule
//! and nowhere to store. For authors of plugins; the worker is the same.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use plugin_api::host::Trial;

use super::capture::Inbox;
use super::family;
use super::outcome::Delivery;
use super::spool::Spool;
use super::worker::{Event, Setup, Worker};
use crate::manifest::Secrets;
use crate::plan::{PlannedCollector, PluginFile};

/// As good as none: nobody is at a breakpoint for longer.
const NO_TIMEOUT: Duration = Duration::from_secs(366 * 24 * 3600);

/// What a collector needs to run alone.
#[derive(Debug)]
pub struct AloneSetup<'a> {
    /// The collector.
    pub collector: &'a PlannedCollector,
    /// Its plugin.
    pub library: &'a PluginFile,
    /// Bytes of a page of memory on this machine.
    pub page_size: u64,
    /// Where artifacts are held.
    pub spool: &'a Spool,
    /// What no text of a row may show.
    pub secrets: &'a Secrets,
    /// Whether the worker waits for a debugger before it loads the plugin. Then nothing that it
    /// does has a time limit.
    pub debugger: bool,
    /// What is wrong with the plugin's host, to see what it makes of that.
    pub trial: Option<Trial>,
}

/// A collector whose worker runs.
#[derive(Debug)]
pub struct Alone<'a> {
    worker: Worker,
    events: &'a Receiver<Event>,
    secrets: &'a Secrets,
    n_asked: u64,
    signal: Option<i32>,
    /// Whether the plugin was loaded and created, once that is known.
    is_loaded: Option<bool>,
}

impl<'a> Alone<'a> {
    /// Starts the worker, which loads the plugin at once. A signal that comes to `inbox` ends what
    /// it does; one inbox serves one worker after another.
    ///
    /// # Errors
    ///
    /// The system gave no thread. All else is told by the first sample.
    pub fn start(setup: &AloneSetup<'a>, inbox: &'a Inbox) -> std::io::Result<Self> {
        let Inbox { sender, receiver: events } = inbox;
        let AloneSetup { collector, library, page_size, spool, secrets, debugger, trial } = *setup;
        let program = "/proc/self/exe".as_ref();
        let mut worker = Setup::new(collector, library, program, page_size, spool);
        worker.start.trial = trial;
        if debugger {
            worker.start.debugger = true;
            worker.limits.timeout = NO_TIMEOUT;
        }
        let worker = Worker::start(worker, sender.clone())?;
        Ok(Alone { worker, events, secrets, n_asked: 0, signal: None, is_loaded: None })
    }

    /// Waits until the plugin is loaded and created, and says whether it is. Where it is not, the
    /// first sample tells why.
    pub fn is_loaded(&mut self) -> bool {
        loop {
            match self.is_loaded {
                Some(is_loaded) => return is_loaded,
                None => drop(self.take_event(&|_| ())),
            }
        }
    }

    /// Takes a sample. `waiting` is told the number of the worker's process when that waits for a
    /// debugger.
    pub fn sample(&mut self, waiting: &dyn Fn(u32)) -> Delivery {
        self.worker.request(self.n_asked);
        self.n_asked += 1;
        loop {
            if let Some(mut delivery) = self.take_event(waiting) {
                delivery.mask(self.secrets);
                return delivery;
            }
        }
    }

    /// Takes what the worker's thread tells next.
    fn take_event(&mut self, waiting: &dyn Fn(u32)) -> Option<Delivery> {
        match self.events.recv() {
            Ok(Event::Delivered { delivery, .. }) => return Some(delivery),
            Ok(Event::Waiting { pid }) => waiting(pid),
            Ok(Event::Prepared { is_loaded }) => self.is_loaded = Some(is_loaded),
            Ok(Event::Signal(signal)) => {
                self.signal.get_or_insert(signal);
                self.worker.stop();
            }
            Err(_) => unreachable!("the thread answers every request"),
        }
        None
    }

    /// The signal that came meanwhile.
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.signal
    }

    /// Ends the worker, `destroy` first. Gives how it ended, where it did not by itself and well.
    #[must_use]
    pub fn end(self) -> Option<String> {
        let ended = self.worker.hang_up().join();
        family::sweep();
        // A panic of the thread is a bug that its message has told.
        ended.unwrap_or_else(|_| Some("a defect of collector itself".to_owned()))
    }
}
