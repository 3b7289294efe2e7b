//! Shows a capture as it goes: a live line per collector on a terminal, a line per sample
//! elsewhere, nothing with `--quiet`. Everything goes to stderr.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::output::print_note;
use crate::plan::shown::plain;
use crate::run::{Delivery, Observer, Sample, SampleHead};
use crate::units::{Bytes, Outcome};

/// Who shows it.
pub(super) struct Progress(Shown);

enum Shown {
    Nothing,
    Lines,
    Live { all: MultiProgress, bars: RefCell<BTreeMap<String, ProgressBar>> },
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        Progress(if quiet {
            Shown::Nothing
        } else if io::stderr().is_terminal() {
            Shown::Live { all: MultiProgress::new(), bars: RefCell::default() }
        } else {
            Shown::Lines
        })
    }

    /// Shows `text` above whatever moves.
    pub(super) fn say(&self, text: &str) {
        match &self.0 {
            Shown::Nothing => {}
            Shown::Lines => print_note(text),
            // A terminal that cannot be written to has nobody before it.
            Shown::Live { all, .. } => drop(all.println(text)),
        }
    }

    /// Nothing moves any more.
    pub(super) fn close(&self) {
        if let Shown::Live { bars, .. } = &self.0 {
            bars.borrow().values().for_each(ProgressBar::abandon);
        }
    }

    fn bar(&self, collector: &str, show: impl FnOnce(&ProgressBar)) {
        let Shown::Live { all, bars } = &self.0 else { return };
        let mut bars = bars.borrow_mut();
        let bar = bars.entry(collector.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {prefix:<20} {wide_msg}");
            let bar = all.add(ProgressBar::new_spinner());
            bar.set_style(style.expect("a template of known keys"));
            bar.set_prefix(collector.to_owned());
            bar
        });
        show(bar);
    }
}

impl Observer for Progress {
    fn preparing(&self) {
        self.say("loading the plugins");
    }

    fn collector_began(&self, collector: &str) {
        self.bar(collector, |bar| {
            bar.enable_steady_tick(Duration::from_millis(100));
            bar.set_message("collecting");
        });
    }

    fn collector_ended(&self, collector: &str, delivery: &Delivery) {
        self.bar(collector, |bar| {
            bar.disable_steady_tick();
            bar.set_message(told(delivery));
        });
    }

    fn sample_ended(&self, sample: &Sample) {
        if !matches!(self.0, Shown::Lines) {
            return;
        }
        let SampleHead { index, .. } = sample.head;
        let n_files: usize = sample.rows.iter().map(|row| row.files.len()).sum();
        let n_bytes = sample.rows.iter().flat_map(|row| &row.files).map(|it| it.n_bytes).sum();
        let n_ok = sample.rows.iter().filter(|it| it.delivery.outcome == Outcome::Ok).count();
        let n = sample.rows.len();
        print_note(&format!(
            "sample {}: {n_ok} of {n} ok, {n_files} files, {}",
            index + 1,
            Bytes(n_bytes)
        ));
        for row in sample.rows.iter().filter(|row| row.delivery.outcome != Outcome::Ok) {
            print_note(&format!("  {}: {}", row.collector, told(&row.delivery)));
        }
    }

    fn interrupted(&self, signal: i32, at_once: bool) {
        self.say(&if at_once {
            format!("signal {signal} again: stopping now")
        } else {
            format!("signal {signal}: ending with the sample in progress; once more stops now")
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
