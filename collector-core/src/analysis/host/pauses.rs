//! Holes in time: between captures, while the host slept, where samples are missing.

use crate::analysis::conclusion::Gap;
use crate::bundle::index::Sample;

/// A pause this many times as long as the usual one is a hole.
const HOLE: f64 = 3.0;
/// A host that slept for less than this many seconds did not.
const SLEEP: f64 = 1.0;
/// Holes that are told; a capture with more of them has no schedule to speak of.
const MAX_GAPS: usize = 10;

/// The times of the samples, and what is known of what was between them.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    times: Vec<f64>,
    /// When captures began.
    starts: Vec<f64>,
    /// What the clock that goes on in sleep is ahead of the other, in this capture.
    ahead: Option<f64>,
    sleeps: Vec<Gap>,
}

impl Pauses {
    pub(super) fn begin(&mut self, seconds: f64) {
        self.starts.push(seconds);
        self.ahead = None;
    }

    pub(super) fn take(&mut self, seconds: f64, sample: &Sample) {
        let ahead = sample.boottime_ms.map(|boot| (boot as f64 - sample.monotonic_ms as f64) / 1e3);
        if let (Some(before), Some(now), Some(last)) = (self.ahead, ahead, self.times.last())
            && now - before >= SLEEP
        {
            let first = self.times.first().copied().unwrap_or(0.0);
            let why = "the host slept; that time is in no rate".to_owned();
            self.sleeps.push(Gap { at_seconds: last - first, seconds: now - before, why });
        }
        self.ahead = ahead.or(self.ahead);
        self.times.push(seconds);
    }

    pub(super) fn finish(mut self) -> Vec<Gap> {
        self.times.sort_by(f64::total_cmp);
        let steps: Vec<f64> = self.times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut sorted = steps.clone();
        sorted.sort_by(f64::total_cmp);
        let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        let first = self.times.first().copied().unwrap_or(0.0);
        let mut gaps = self.sleeps;
        for (at, seconds) in steps.into_iter().enumerate() {
            if seconds > HOLE * usual {
                let (from, to) = (self.times[at], self.times[at + 1]);
                let why = match self.starts.iter().any(|it| *it > from && *it <= to) {
                    true => "nothing was captured between two bundles",
                    false => "no sample was taken; the host or the collector was held up",
                };
                let at_seconds = self.times[at] - first;
                gaps.push(Gap { at_seconds, seconds, why: why.to_owned() });
            }
        }
        gaps.sort_by(|one, other| one.at_seconds.total_cmp(&other.at_seconds));
        gaps.truncate(MAX_GAPS);
        gaps
    }
}

/// The gap that stands for reboots.
pub(super) fn rebooted(n_boots: usize, n_left_out: u64) -> Gap {
    let why = format!(
        "the host was booted {} times in between; the {n_left_out} samples of other boots are not \
         in this report, so give it the bundles of one boot alone to see them",
        n_boots - 1
    );
    Gap { at_seconds: 0.0, seconds: 0.0, why }
}
