//! Says how a capture goes: a live line per collector on a terminal, a line per sample elsewhere,
//! nothing with `--quiet`. Everything goes to stderr.
//!
//! Nothing here waits: the capture calls it.

mod display;

use self::display::{Display, Note, can_move};
use crate::plan::shown::plain;
use crate::run::{Delivery, Observer, Sample, SampleHead};
use crate::units::{Bytes, Outcome};

/// Who says it. Dropped, it waits for what was said to be shown, a second at most.
pub(super) struct Progress {
    /// `None` where nothing is to be said, or can be.
    display: Option<Display>,
    is_live: bool,
    /// Samples of the schedule.
    n_samples: u64,
}

impl Progress {
    /// Tells of a capture of `n_samples`.
    pub(super) fn new(quiet: bool, n_samples: u64) -> Self {
        let is_live = can_move();
        let display = if quiet { None } else { Display::start(is_live).ok() };
        Progress { display, is_live, n_samples }
    }

    /// Says `text`, above whatever moves.
    pub(super) fn say(&self, text: &str) {
        self.show(|| Note::Line(text.to_owned()));
    }

    /// Says `text` as the last.
    pub(super) fn close(self, text: &str) {
        self.show(|| Note::Last(text.to_owned()));
    }

    fn show(&self, note: impl FnOnce() -> Note) {
        if let Some(display) = &self.display {
            display.show(note());
        }
    }
}

impl Observer for Progress {
    fn preparing(&self) {
        self.say("loading the plugins");
    }

    fn collector_began(&self, collector: &str) {
        self.show(|| Note::Began { collector: collector.to_owned() });
    }

    fn collector_ended(&self, collector: &str, delivery: &Delivery) {
        self.show(|| Note::Ended {
            collector: collector.to_owned(),
            told: told(delivery),
            is_ok: delivery.outcome == Outcome::Ok,
        });
    }

    fn samples_missed(&self, n: u64) {
        if !self.is_live {
            let s = if n == 1 { "" } else { "s" };
            self.say(&format!("{n} sample{s} missed: the collector itself was held up"));
        }
    }

    fn sample_ended(&self, sample: &Sample) {
        if self.is_live {
            return;
        }
        let SampleHead { index, .. } = sample.head;
        let n_files: usize = sample.rows.iter().map(|row| row.files.len()).sum();
        let n_bytes = sample.rows.iter().flat_map(|row| &row.files).map(|it| it.n_bytes).sum();
        let n_ok = sample.rows.iter().filter(|it| it.delivery.outcome == Outcome::Ok).count();
        let n = sample.rows.len();
        self.say(&format!(
            "sample {} of {}: {n_ok} of {n} ok, {n_files} files, {}",
            index + 1,
            self.n_samples,
            Bytes(n_bytes)
        ));
        for row in sample.rows.iter().filter(|row| row.delivery.outcome != Outcome::Ok) {
            self.say(&format!("  {}: {}", row.collector, told(&row.delivery)));
        }
    }

    fn interrupted(&self, signal: i32, at_once: bool) {
        let name = match signal {
            1 => "SIGHUP",
            2 => "Ctrl-C",
            15 => "SIGTERM",
            _ => "a signal",
        };
        self.say(&if at_once {
            format!("{name} again: stopping now")
        } else {
            format!("{name}: ending with the sample in progress; once more stops now")
        });
    }
}

/// A row in one line.
fn told(delivery: &Delivery) -> String {
    match &delivery.reason {
        // A plugin's words must not act on the terminal.
        Some(reason) => format!("{}: {}", delivery.outcome, plain(reason)),
        None => {
            let n = delivery.artifacts.len();
            let n_bytes = delivery.artifacts.iter().map(|it| it.content.n_bytes()).sum();
            format!("{}, {n} files, {}", delivery.outcome, Bytes(n_bytes))
        }
    }
}
