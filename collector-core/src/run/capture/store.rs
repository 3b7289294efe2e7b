//! Hands a capture's rows to the sink: of each sample in the order of the plan, as soon as they are
//! there, and the sample when it is whole.

use std::time::Duration;

use super::Capture;
use super::types::{Ended, Full, Room, Sample, SampleRow, SinkError};
use crate::run::outcome::Delivery;
use crate::units::Outcome;

impl Capture<'_> {
    /// Puts the row of a collector into its sample; `started` is the time from the tick to the
    /// request, if it was asked.
    pub(super) fn put_row(
        &mut self,
        position: usize,
        index: usize,
        started: Option<Duration>,
        mut delivery: Delivery,
    ) {
        let collector = self.setup.collectors[index].name.clone();
        let instruments = self.setup.instruments;
        delivery.cost = instruments.cost(delivery.cost);
        let started = started.map(|started| instruments.duration(started));
        let row = SampleRow { collector, started, delivery, files: Vec::new() };
        self.open[position].put(index, row);
    }

    /// Hands on what is ready: the rows of each sample in their order, and samples that are whole.
    pub(super) fn store(&mut self) {
        let mut position = 0;
        while position < self.open.len() {
            self.store_rows(position);
            if !self.open[position].is_complete() {
                position += 1;
                continue;
            }
            let open = self.open.remove(position);
            let sample = Sample {
                head: open.head,
                duration: self.setup.instruments.duration(open.duration),
                rows: open.rows.into_iter().flatten().collect(),
                missed: open.missed,
            };
            self.n_not_ok +=
                sample.rows.iter().filter(|row| row.delivery.outcome != Outcome::Ok).count() as u64;
            let stored = self.sink.end_sample(&sample);
            if stored.is_ok() && sample.missed {
                self.n_missed += 1;
            } else if stored.is_ok() {
                self.tell_missed();
                self.setup.observer.sample_ended(&sample);
            }
            match stored {
                Ok(Room::Enough) => {}
                Ok(Room::Full(full)) | Err(SinkError::Full(full)) => self.end(Ended::Full(full)),
                Err(SinkError::Unstorable(what)) => self.end(Ended::Broken(what.into())),
                Err(SinkError::Broken(error)) => self.end(Ended::Broken(error)),
            }
        }
    }

    /// Tells of the missed samples, all at once: there may be thousands.
    pub(super) fn tell_missed(&mut self) {
        match std::mem::take(&mut self.n_missed) {
            0 => {}
            n => self.setup.observer.samples_missed(n),
        }
    }

    fn store_rows(&mut self, position: usize) {
        loop {
            let open = &mut self.open[position];
            let Some(Some(row)) = open.rows.get_mut(open.n_stored) else { return };
            let artifacts = std::mem::take(&mut row.delivery.artifacts);
            let mut ended = None;
            for mut artifact in artifacts {
                match self.sink.append(&open.head, &row.collector, &mut artifact) {
                    Ok(()) => row.store(&artifact),
                    Err(SinkError::Full(full)) => {
                        row.leave_out(&artifact.name, full.outcome(), full.detail());
                        // A bundle only grows, so the samples to come would be mutilated too. A
                        // disk may have room again; the end of the sample asks for that.
                        if matches!(full, Full::Size(_)) {
                            ended = Some(Ended::Full(full));
                        }
                    }
                    Err(SinkError::Unstorable(why)) => {
                        row.leave_out(&artifact.name, Outcome::Failed, &why);
                    }
                    Err(SinkError::Broken(error)) => {
                        row.leave_out(&artifact.name, Outcome::Failed, &error.to_string());
                        ended = Some(Ended::Broken(error));
                        break;
                    }
                }
            }
            open.n_stored += 1;
            if let Some(ended) = ended {
                self.end(ended);
            }
        }
    }
}
