//! Puts bundles into order: those of one host are one series, however many captures it took, and
//! what a reboot separates is not joined.
//!
//! ```text
//! bundles -> hosts -> boots, samples in order -> Observed and Quality of one boot
//! ```
//!
//! Of a host that was booted anew the boot with most samples is looked at; the others are told as
//! gaps.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::conclusion::Quality;
use super::gather::Gathering;
use super::readers::Machine;
use super::samples::{self, Sample};
use super::series::Observed;
use crate::bundle::index::Capture;
use crate::bundle::reader::{BundleReader, ReadError, Tail};

mod lacking;
mod pauses;

use lacking::Lacking;
use pauses::Pauses;

/// The bundles of one host, in the order of their time.
#[derive(Debug)]
pub struct Host {
    /// Its name, as the last bundle gives it.
    pub name: String,
    /// Opened one after the other, for there may be a thousand.
    bundles: Vec<(PathBuf, Capture)>,
}

/// Puts the bundles of these files together by their hosts, those that began first in front. A
/// bundle that is there twice counts once.
///
/// # Errors
///
/// Those of [`BundleReader::open`].
pub fn by_host(paths: &[PathBuf]) -> Result<Vec<Host>, ReadError> {
    let open = |path: &PathBuf| Ok((path.clone(), BundleReader::open(path)?.capture().clone()));
    let mut bundles = paths.iter().map(open).collect::<Result<Vec<_>, ReadError>>()?;
    bundles.sort_by_key(|(_, capture)| capture.started);
    let mut seen = BTreeSet::new();
    bundles.retain(|(_, capture)| seen.insert(capture.bundle_id.clone()));
    let mut hosts: Vec<Host> = Vec::new();
    for (path, capture) in bundles {
        let name = capture.host.hostname.clone();
        match hosts.iter_mut().find(|host| host.is_of(&capture)) {
            Some(host) => {
                host.name = name;
                host.bundles.push((path, capture));
            }
            None => hosts.push(Host { name, bundles: vec![(path, capture)] }),
        }
    }
    Ok(hosts)
}

impl Host {
    /// Whether a capture was made here: in the same time between two boots, whatever the host was
    /// called then, or on a machine of that name and size.
    fn is_of(&self, capture: &Capture) -> bool {
        self.bundles.iter().any(|(_, known)| {
            let (one, other) = (&known.host, &capture.host);
            let is_boot = one.boot_id.is_some() && one.boot_id == other.boot_id;
            let is_machine = one.hostname == other.hostname
                && one.architecture == other.architecture
                && one.memory_bytes == other.memory_bytes
                && one.cpus == other.cpus;
            is_boot || is_machine
        })
    }

    /// Its bundles.
    #[must_use]
    pub fn n_bundles(&self) -> usize {
        self.bundles.len()
    }

    /// Reads all of its samples.
    ///
    /// # Errors
    ///
    /// Those of [`samples::walk`], with the bundle that has them. A bundle that was cut off or
    /// damaged is read as far as it is whole, and [`Quality::missing`] says so.
    pub fn observe(self) -> Result<(Observed, Quality), ReadError> {
        let mut boots: Vec<Boot> = Vec::new();
        for (path, capture) in self.bundles {
            let mut bundle = BundleReader::open(&path)?;
            let is_same = |boot: &Boot| boot.is_of(&capture);
            if !boots.last().is_some_and(is_same) {
                boots.push(Boot::new(&capture));
            }
            let Some(boot) = boots.last_mut() else { continue };
            let start = boot.seconds_at(&capture);
            boot.pauses.begin(start);
            if let Some(gathering) = &mut boot.gathering {
                gathering.begin(capture.tool.pid);
            }
            let tail = samples::walk(&mut bundle, |sample| {
                boot.take(start, sample);
                Ok::<(), ReadError>(())
            })?;
            boot.lacking.take_plan(&capture);
            boot.end(&tail, &capture);
        }
        Ok(best(boots))
    }
}

/// What is known of the time between two boots.
struct Boot {
    boot_id: Option<String>,
    /// Unix time of the start of the first capture, and its uptime.
    began: (f64, Option<u64>),
    /// `None`: the size of a page is not known, so nothing can be read.
    gathering: Option<Gathering>,
    n_samples: u64,
    pauses: Pauses,
    lacking: Lacking,
}

impl Boot {
    fn new(capture: &Capture) -> Self {
        let began = (unix_seconds(capture), capture.host.uptime_seconds);
        let booted = began.1.map(|uptime| began.0 - uptime as f64);
        let gathering = Gathering::new(Machine::of(capture), booted);
        let boot_id = capture.host.boot_id.clone();
        let (pauses, mut lacking) = (Pauses::default(), Lacking::default());
        if gathering.is_none() {
            lacking.no_page_size(capture);
        }
        Boot { boot_id, began, gathering, n_samples: 0, pauses, lacking }
    }

    fn is_of(&self, capture: &Capture) -> bool {
        self.boot_id == capture.host.boot_id
    }

    /// Seconds from the start of the first capture to that of this one: by the uptime, which
    /// nobody sets, where both tell it.
    fn seconds_at(&self, capture: &Capture) -> f64 {
        match (self.began.1, capture.host.uptime_seconds) {
            (Some(first), Some(now)) if self.boot_id.is_some() => now as f64 - first as f64,
            _ => unix_seconds(capture) - self.began.0,
        }
    }

    fn take(&mut self, start: f64, sample: &Sample<'_>) {
        let seconds = start + sample.record.monotonic_ms as f64 / 1000.0;
        self.lacking.take(sample);
        let Some(gathering) = &mut self.gathering else { return };
        self.n_samples += 1;
        self.pauses.take(seconds, sample.record);
        gathering.take(seconds, sample);
    }

    fn end(&mut self, tail: &Tail, capture: &Capture) {
        match tail {
            Tail::Whole => {}
            Tail::Cut(left) => self.lacking.cut(capture, &left.place, None),
            Tail::Damaged { left, why } => self.lacking.cut(capture, &left.place, Some(why)),
        }
    }
}

fn unix_seconds(capture: &Capture) -> f64 {
    capture.started.date_time().timestamp_millis() as f64 / 1000.0
}

/// The boot with most samples; of equal ones the last.
fn best(boots: Vec<Boot>) -> (Observed, Quality) {
    let n_boots = boots.len();
    let n_all: u64 = boots.iter().map(|it| it.n_samples).sum();
    let Some(boot) = boots.into_iter().max_by_key(|it| it.n_samples) else {
        return (Observed::default(), Quality::default());
    };
    let observed = boot.gathering.map_or_else(Observed::default, Gathering::finish);
    let ends = observed.times.last().zip(observed.times.first());
    let mut gaps = boot.pauses.finish();
    if n_boots > 1 {
        gaps.insert(0, pauses::rebooted(n_boots, n_all - boot.n_samples));
    }
    let quality = Quality {
        samples: boot.n_samples,
        span_seconds: ends.map_or(0.0, |(last, first)| last - first),
        gaps,
        is_cut: boot.lacking.is_cut,
        missing: boot.lacking.finish(&observed),
        in_flight: observed.in_flight as u64,
        residual: None,
        slabs_merged: observed.slabs_merged,
    };
    (observed, quality)
}

#[cfg(test)]
mod tests;
