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
pub(super) struct Progress {
    shown: Shown,
    /// Samples of the schedule.
    n_samples: u64,
}

enum Shown {
    Nothing,
    Lines,
    Live { all: MultiProgress, lines: RefCell<BTreeMap<String, Line>> },
}

/// A collector's line.
struct Line {
    bar: ProgressBar,
    /// What was last told of it above the lines, so that each reason is told once.
    told: Option<String>,
}

impl Progress {
    /// Shows a capture of `n_samples`.
    pub(super) fn new(quiet: bool, n_samples: u64) -> Self {
        let shown = if quiet {
            Shown::Nothing
        } else if can_move() {
            Shown::Live { all: MultiProgress::new(), lines: RefCell::default() }
        } else {
            Shown::Lines
        };
        Progress { shown, n_samples }
    }

    /// Shows `text` above whatever moves.
    pub(super) fn say(&self, text: &str) {
        match &self.shown {
            Shown::Nothing => {}
            Shown::Lines => print_note(text),
            // A terminal that cannot be written to has nobody before it.
            Shown::Live { all, .. } => drop(all.println(text)),
        }
    }

    /// Nothing moves any more.
    pub(super) fn close(&self) {
        if let Shown::Live { lines, .. } = &self.shown {
            lines.borrow().values().for_each(|line| line.bar.abandon());
        }
    }

    fn line(&self, collector: &str, show: impl FnOnce(&mut Line)) {
        let Shown::Live { all, lines } = &self.shown else { return };
        let mut lines = lines.borrow_mut();
        let line = lines.entry(collector.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {prefix:<20} {wide_msg}");
            let bar = all.add(ProgressBar::new_spinner());
            bar.set_style(style.expect("a template of known keys"));
            bar.set_prefix(collector.to_owned());
            Line { bar, told: None }
        });
        show(line);
    }
}

/// Whether stderr is a terminal whose lines can be written again.
fn can_move() -> bool {
    let has_cursor = std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    has_cursor && io::stderr().is_terminal()
}

impl Observer for Progress {
    fn preparing(&self) {
        self.say("loading the plugins");
    }

    fn collector_began(&self, collector: &str) {
        self.line(collector, |line| {
            line.bar.enable_steady_tick(Duration::from_millis(100));
            line.bar.set_message("collecting");
        });
    }

    fn collector_ended(&self, collector: &str, delivery: &Delivery) {
        let Shown::Live { all, .. } = &self.shown else { return };
        self.line(collector, |line| {
            let told = told(delivery);
            line.bar.disable_steady_tick();
            // The line may be too short for a reason; above it there is room.
            if delivery.outcome != Outcome::Ok && line.told.as_ref() != Some(&told) {
                drop(all.println(format!("{collector}: {told}")));
                line.told = Some(told.clone());
            }
            line.bar.set_message(told);
        });
    }

    fn sample_ended(&self, sample: &Sample) {
        if !matches!(self.shown, Shown::Lines) {
            return;
        }
        let SampleHead { index, .. } = sample.head;
        let n_files: usize = sample.rows.iter().map(|row| row.files.len()).sum();
        let n_bytes = sample.rows.iter().flat_map(|row| &row.files).map(|it| it.n_bytes).sum();
        let n_ok = sample.rows.iter().filter(|it| it.delivery.outcome == Outcome::Ok).count();
        let n = sample.rows.len();
        print_note(&format!(
            "sample {} of {}: {n_ok} of {n} ok, {n_files} files, {}",
            index + 1,
            self.n_samples,
            Bytes(n_bytes)
        ));
        for row in sample.rows.iter().filter(|row| row.delivery.outcome != Outcome::Ok) {
            print_note(&format!("  {}: {}", row.collector, told(&row.delivery)));
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
