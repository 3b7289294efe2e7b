//! Where a plugin is tried: each time a worker of its own, and a host that may be spoiled.

use plugin_api::host::{Trial, Tried};

use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupt;
use crate::cli::plugin::single::Single;
use crate::run::{Alone, AloneSetup, Delivery, Fate, Inbox, WorkerEnd};
use crate::units::{Bytes, Outcome};

/// A plugin with a configuration.
pub(super) struct Bench {
    pub(super) single: Single,
    /// Where a signal ends what is tried.
    inbox: Inbox,
}

/// What is other than in a capture.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Job<'a> {
    /// How many samples are taken of a plugin that could be created.
    pub(super) n_samples: usize,
    pub(super) config_json: Option<&'a str>,
    pub(super) max_bytes: Option<Bytes>,
    pub(super) trial: Option<Trial>,
}

/// How it went.
#[derive(Debug)]
pub(super) struct Ran {
    /// Whether it was loaded and created. If not, the only sample tells why.
    pub(super) is_loaded: bool,
    pub(super) samples: Vec<Delivery>,
    /// How the worker ended.
    pub(super) end: WorkerEnd,
}

impl Bench {
    /// Has nothing run yet, and listens to signals.
    pub(super) fn new(single: Single) -> Result<Self, Failure> {
        let inbox = Inbox::new();
        interrupt::watch(inbox.interrupter())
            .map_err(|error| Failure::new(Exit::Internal, error))?;
        Ok(Bench { single, inbox })
    }

    /// Runs the plugin in a worker, from its loading to `destroy`.
    pub(super) fn run(&self, job: Job<'_>) -> Result<Ran, Failure> {
        let mut collector = self.single.collector().clone();
        if let Some(config_json) = job.config_json {
            config_json.clone_into(&mut collector.config_json);
        }
        collector.limits.max_bytes = job.max_bytes.unwrap_or(collector.limits.max_bytes);
        let setup =
            AloneSetup { collector: &collector, trial: job.trial, ..self.single.setup(false) };
        let mut alone = Alone::start(&setup, &self.inbox)
            .map_err(|error| Failure::new(Exit::Internal, error))?;
        let is_loaded = alone.is_loaded();
        let n_samples = if is_loaded { job.n_samples } else { 1 };
        let samples = (0..n_samples).map(|_| alone.sample(&|_| ())).collect();
        let signal = alone.signal();
        let end = alone.end();
        match signal.map(|signal| u8::try_from(signal).unwrap_or(0)) {
            // What was said under a signal says nothing of the plugin.
            Some(signal) => Err(Failure::new(Exit::Signal(signal), "ended by a signal")),
            None => Ok(Ran { is_loaded, samples, end }),
        }
    }

    /// One sample by a host that is spoiled.
    pub(super) fn try_on(&self, trial: Trial) -> Result<Ran, Failure> {
        self.run(Job { n_samples: 1, trial: Some(trial), ..Job::default() })
    }
}

impl Ran {
    /// Why the worker had to be given up, if it had.
    pub(super) fn harm(&self) -> Option<String> {
        self.samples.iter().find_map(harm)
    }

    /// What the spoiled host has told of itself.
    pub(super) fn tried(&self) -> impl Iterator<Item = Tried> {
        self.samples.iter().flat_map(|sample| sample.tried.iter().copied())
    }

    /// The outcomes of its samples, and the names of their artifacts.
    pub(super) fn outline(&self) -> Vec<(Outcome, Vec<&str>)> {
        self.samples
            .iter()
            .map(|sample| {
                let names = sample.artifacts.iter().map(|it| it.name.as_str());
                let mut names: Vec<&str> = names.collect();
                names.sort_unstable();
                (sample.outcome, names)
            })
            .collect()
    }
}

/// Why the worker had to be given up in this sample, if it had. What the plugin says decides nothing.
fn harm(sample: &Delivery) -> Option<String> {
    let reason = sample.reason.clone().unwrap_or_default();
    (sample.fate == Fate::Lost).then(|| match sample.outcome {
        // What is said to a customer, about what he keeps, is not of interest here.
        Outcome::Timeout => reason.split(';').next().unwrap_or_default().to_owned(),
        _ => reason,
    })
}
