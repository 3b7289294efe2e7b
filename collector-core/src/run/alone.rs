//! One collector without a capture: its worker is asked whenever its owner likes, with no schedule
//! and nowhere to store. For authors of plugins; the worker is the same.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use plugin_api::host::Trial;

use super::capture::Inbox;
use super::outcome::Delivery;
use super::spool::Spool;
use super::worker::{Event, Setup, Worker};
use super::{family, process};
use crate::manifest::Secrets;
use crate::plan::{PlannedCollector, PluginFile};

/// As good as none: nobody is at a breakpoint for longer.
const NO_TIMEOUT: Duration = Duration::from_secs(366 * 24 * 3600);

/// How long `destroy` may take. In a capture it has much less; here it shows whether it is slow or
/// never comes back, on a busy machine too.
const END_TIME: Duration = Duration::from_secs(3);

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
        worker.end_time = END_TIME;
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
            Ok(Event::Delivered { delivery, .. }) => return Some(*delivery),
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

    /// Ends the worker, `destroy` first.
    #[must_use]
    pub fn end(self) -> WorkerEnd {
        let began = Instant::now();
        let ended = self.worker.hang_up().join();
        let took = began.elapsed();
        family::sweep();
        match ended {
            Ok(None) if took <= process::END_TIME => WorkerEnd::Well,
            Ok(None) => WorkerEnd::Slow { took, has: process::END_TIME },
            Ok(Some(_)) if took >= END_TIME => WorkerEnd::Hung { after: END_TIME },
            Ok(Some(how)) => WorkerEnd::Badly { how },
            // Its message has told of the panic.
            Err(_) => {
                WorkerEnd::Badly { how: "was lost by a defect of collector itself".to_owned() }
            }
        }
    }
}

/// How a worker ended after `destroy` was called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerEnd {
    /// As in a capture.
    Well,
    /// It took so long; in a capture it would have been killed.
    Slow {
        /// How long.
        took: Duration,
        /// How long it has in a capture.
        has: Duration,
    },
    /// It had not ended, and was killed.
    Hung {
        /// After this time.
        after: Duration,
    },
    /// A signal, or a code that is not 0; how, in words that follow "the worker".
    Badly {
        /// The words.
        how: String,
    },
}
