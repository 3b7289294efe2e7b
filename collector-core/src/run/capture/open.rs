//! A sample in progress: who is due, who is being asked, and which rows are there.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::types::{SampleHead, SampleRow};

/// How long a snapshot may hold up those after it.
const SNAPSHOT_PATIENCE: Duration = Duration::from_secs(1);

/// A sample that is not finished.
#[derive(Debug)]
pub(super) struct OpenSample {
    pub(super) head: SampleHead,
    pub(super) began: Instant,
    /// From its beginning until the last collector so far was done.
    pub(super) duration: Duration,
    /// Nobody is asked: the next tick has come too.
    pub(super) missed: bool,
    /// The collectors due, in the order of the plan, and their rows as they come.
    pub(super) due: Vec<usize>,
    pub(super) rows: Vec<Option<SampleRow>>,
    /// Rows handed to the sink: always the first ones.
    pub(super) n_stored: usize,
    /// Snapshots not yet asked.
    snapshots: VecDeque<usize>,
    /// All others not yet asked.
    others: Vec<usize>,
    /// The snapshot being taken, and until when the next one waits for it.
    current: Option<(usize, Instant)>,
}

impl OpenSample {
    /// A sample whose `snapshots` are to be asked one after another and then all `others`.
    pub(super) fn new(
        head: SampleHead,
        began: Instant,
        missed: bool,
        due: Vec<usize>,
        (snapshots, others): (VecDeque<usize>, Vec<usize>),
    ) -> Self {
        let rows = due.iter().map(|_| None).collect();
        OpenSample {
            head,
            began,
            duration: Duration::ZERO,
            missed,
            due,
            rows,
            n_stored: 0,
            snapshots,
            others,
            current: None,
        }
    }

    /// Whom to ask now.
    pub(super) fn next(&mut self, now: Instant) -> Vec<usize> {
        if let Some((collector, until)) = self.current {
            if self.row(collector).is_none() && now < until {
                return Vec::new();
            }
            self.current = None;
        }
        match self.snapshots.pop_front() {
            Some(collector) => {
                self.current = Some((collector, now + SNAPSHOT_PATIENCE));
                vec![collector]
            }
            None => std::mem::take(&mut self.others),
        }
    }

    /// When [`next`](OpenSample::next) is worth asking again though no row came.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        self.current.map(|(_, until)| until)
    }

    /// Takes everybody who was not asked yet.
    pub(super) fn take_unasked(&mut self) -> Vec<usize> {
        self.snapshots.drain(..).chain(self.others.drain(..)).collect()
    }

    /// Notes that a collector was done at this moment, and gives the time until then.
    pub(super) fn ended_at(&mut self, at: Instant) -> Duration {
        let ended = at.saturating_duration_since(self.began);
        self.duration = self.duration.max(ended);
        ended
    }

    /// Puts the row of `collector`.
    pub(super) fn put(&mut self, collector: usize, row: SampleRow) {
        if let Some(position) = self.due.iter().position(|due| *due == collector) {
            self.rows[position] = Some(row);
        }
    }

    /// Whether every row is there and stored.
    pub(super) fn is_complete(&self) -> bool {
        self.n_stored == self.rows.len()
    }

    fn row(&self, collector: usize) -> Option<&SampleRow> {
        let position = self.due.iter().position(|due| *due == collector)?;
        self.rows[position].as_ref()
    }
}
