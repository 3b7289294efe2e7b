//! Shows notes of a capture on stderr, on a thread of its own: a terminal that was stopped, or a
//! pipe that nobody reads, holds up this thread and not the capture.
//!
//! What the notes say is not decided here.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::cli::output::print_note;

/// Notes that wait to be shown; more are left out.
const QUEUE: usize = 256;
/// How long the end waits for the last note to be shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is to be shown.
pub(super) enum Note {
    /// A line, above whatever moves.
    Line(String),
    /// A collector is at work.
    Began { collector: String },
    /// A collector is done.
    Ended { collector: String, told: String, is_ok: bool },
    /// Nothing moves any more; a last line.
    Last(String),
}

/// The thread that shows notes.
pub(super) struct Display {
    /// `None` once no more will come.
    notes: Option<SyncSender<Note>>,
    n_left_out: Arc<AtomicU64>,
    /// Disconnected when all is shown.
    over: Receiver<()>,
}

impl Display {
    /// Starts it; `is_live` with a line per collector that moves.
    pub(super) fn start(is_live: bool) -> io::Result<Self> {
        let (notes, received) = sync_channel(QUEUE);
        let (shown, over) = sync_channel::<()>(0);
        let n_left_out = Arc::new(AtomicU64::new(0));
        let left_out = Arc::clone(&n_left_out);
        thread::Builder::new().name("collector-shows".into()).spawn(move || {
            let _until_the_end = shown;
            let mut live = is_live.then(Live::default);
            for note in received {
                show(live.as_mut(), note);
                let n = left_out.swap(0, Ordering::Relaxed);
                if n > 0 {
                    let text = format!("{n} lines of progress were left out: nobody read them");
                    show(live.as_mut(), Note::Line(text));
                }
            }
        })?;
        Ok(Display { notes: Some(notes), n_left_out, over })
    }

    /// Has `note` shown when its turn comes. Never waits.
    pub(super) fn show(&self, note: Note) {
        let Some(notes) = &self.notes else { return };
        if let Err(TrySendError::Full(_)) = notes.try_send(note) {
            self.n_left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Display {
    /// Waits until all is shown, though not for ever.
    fn drop(&mut self) {
        self.notes = None;
        let _ = self.over.recv_timeout(PATIENCE);
    }
}

/// Whether stderr is a terminal whose lines can be written again.
pub(super) fn can_move() -> bool {
    let has_cursor = std::env::var_os("TERM").is_some_and(|term| term != "dumb");
    has_cursor && io::stderr().is_terminal()
}

fn show(live: Option<&mut Live>, note: Note) {
    match (live, note) {
        (None, Note::Line(text) | Note::Last(text)) => print_note(&text),
        (None, Note::Began { .. } | Note::Ended { .. }) => {}
        // A terminal that cannot be written to has nobody before it.
        (Some(live), Note::Line(text)) => drop(live.all.println(text)),
        (Some(live), Note::Began { collector }) => live.began(&collector),
        (Some(live), Note::Ended { collector, told, is_ok }) => live.ended(&collector, told, is_ok),
        (Some(live), Note::Last(text)) => {
            live.lines.values().for_each(|line| line.bar.abandon());
            print_note(&text);
        }
    }
}

/// A line per collector, written again and again.
#[derive(Default)]
struct Live {
    all: MultiProgress,
    lines: BTreeMap<String, Line>,
}

/// A collector's line.
struct Line {
    bar: ProgressBar,
    /// What was last told of it above the lines, so that each reason is told once.
    told: Option<String>,
}

impl Live {
    fn began(&mut self, collector: &str) {
        let line = self.line(collector);
        line.bar.enable_steady_tick(Duration::from_millis(100));
        line.bar.set_message("collecting");
    }

    fn ended(&mut self, collector: &str, told: String, is_ok: bool) {
        let all = self.all.clone();
        let line = self.line(collector);
        line.bar.disable_steady_tick();
        // The line may be too short for a reason; above it there is room.
        if !is_ok && line.told.as_ref() != Some(&told) {
            drop(all.println(format!("{collector}: {told}")));
            line.told = Some(told.clone());
        }
        line.bar.set_message(told);
    }

    fn line(&mut self, collector: &str) -> &mut Line {
        let all = &self.all;
        self.lines.entry(collector.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {prefix:<20} {wide_msg}");
            let bar = all.add(ProgressBar::new_spinner());
            bar.set_style(style.expect("a template of known keys"));
            bar.set_prefix(collector.to_owned());
            Line { bar, told: None }
        })
    }
}
