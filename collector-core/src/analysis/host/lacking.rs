//! What the samples lack: rows that are not `ok`, lines that could not be read, bundles that end
//! early. Each is told once, with how often it was so and what to do in the next capture.

use std::collections::BTreeMap;

use crate::analysis::finding::Missing;
use crate::analysis::samples::Sample;
use crate::analysis::series::{Observed, Source};
use crate::bundle::index::Capture;
use crate::units::Outcome;

/// Kinds of what is missing that are told.
const MAX_KINDS: usize = 20;

/// What is missing, by what it is.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    kinds: BTreeMap<(String, String), Kind>,
    n_samples: u64,
    others: Vec<Missing>,
    pub(super) is_cut: bool,
}

#[derive(Debug)]
struct Kind {
    why: String,
    n_samples: u64,
    how_to_get: String,
}

impl Lacking {
    pub(super) fn take(&mut self, sample: &Sample<'_>) {
        self.n_samples += 1;
        for row in &sample.record.rows {
            if row.outcome == Outcome::Ok {
                continue;
            }
            let reason = row.reason.clone().or_else(|| Some(row.problems.first()?.message.clone()));
            let why = reason.unwrap_or_else(|| row.outcome.as_str().to_owned());
            let outcome = row.problems.first().map_or(row.outcome, |it| it.outcome);
            self.add(&row.collector, row.outcome.as_str(), why, advice(outcome));
        }
        for artifact in sample.artifacts.iter().filter(|it| !it.bad.is_empty()) {
            let n_lines = artifact.bad.n_lines();
            let first = artifact.bad.kept().first().map(ToString::to_string).unwrap_or_default();
            let why = format!("{n_lines} lines could not be read, the first: {first}");
            self.add(artifact.name, "lines", why, "tell the vendor of the collector");
        }
        for unread in &sample.unread {
            self.add(unread.name, "unread", unread.why.to_string(), "collect less in one sample");
        }
    }

    fn add(&mut self, what: &str, kind: &str, why: String, how_to_get: &str) {
        let key = (what.to_owned(), kind.to_owned());
        let full = self.kinds.len() >= MAX_KINDS;
        match self.kinds.get_mut(&key) {
            Some(known) => known.n_samples += 1,
            None if full => {}
            None => {
                let how_to_get = how_to_get.to_owned();
                self.kinds.insert(key, Kind { why, n_samples: 1, how_to_get });
            }
        }
    }

    /// Collectors that never ran.
    pub(super) fn take_plan(&mut self, capture: &Capture) {
        for item in &capture.plan {
            if let Some(why) = &item.refused {
                self.others.push(Missing {
                    what: item.collector.clone(),
                    why: why.clone(),
                    how_to_get: "see `collector check` of the manifest".to_owned(),
                });
            }
        }
    }

    pub(super) fn no_page_size(&mut self, capture: &Capture) {
        self.others.push(Missing {
            what: "the size of a page".to_owned(),
            why: format!("the bundle says {} bytes", capture.host.page_size),
            how_to_get: "capture again with this version of collector".to_owned(),
        });
    }

    pub(super) fn cut(&mut self, capture: &Capture, place: &str, damage: Option<&String>) {
        self.is_cut = true;
        // What was cut off while it was written is as long on the machine that wrote it.
        let (why, how_to_get) = match damage {
            Some(why) => (
                format!("the bundle is damaged {place}: {why}"),
                "copy the bundle again, and compare it with `collector bundle verify`",
            ),
            None => (
                format!("the bundle was cut off {place}"),
                "nothing more is in it if the capture was killed; else copy it again. `collector \
                 bundle recover` makes a proper bundle of it",
            ),
        };
        self.others.push(Missing {
            what: format!("the end of the capture of {}", capture.started),
            why,
            how_to_get: how_to_get.to_owned(),
        });
    }

    pub(super) fn finish(self, observed: &Observed) -> Vec<Missing> {
        let all = self.n_samples;
        let told = |((what, _), kind): ((String, String), Kind)| Missing {
            what: match kind.n_samples {
                n if n == all => what,
                n => format!("{what} in {n} of {all} samples"),
            },
            why: kind.why,
            how_to_get: kind.how_to_get,
        };
        let mut missing: Vec<Missing> = self.kinds.into_iter().map(told).collect();
        missing.extend(self.others);
        if all > 0 && !observed.entries.contains_key(&Source::Zoneinfo) {
            missing.push(Missing {
                what: "zoneinfo".to_owned(),
                why: "no sample has it, so pages on the lists of the processors look used"
                    .to_owned(),
                how_to_get: "collect with the plugin meminfo".to_owned(),
            });
        }
        let has = |source| observed.entries.contains_key(&source);
        if has(Source::Slabinfo) && !has(Source::SlabNames) {
            missing.push(Missing {
                what: "the names of the slab caches".to_owned(),
                why: "no sample has them, so what a cache is called may be wrong: kernels keep \
                      caches of equal size as one, under one of their names"
                    .to_owned(),
                how_to_get: "collect with the plugin slabinfo, from the first sample on".to_owned(),
            });
        }
        for (collector, target) in observed.targets.iter().filter(|(_, it)| it.restarts > 0) {
            missing.push(Missing {
                what: format!("{collector} before its last start"),
                why: format!("the program that it asks started anew {} times", target.restarts),
                how_to_get: "nothing; what came after is looked at".to_owned(),
            });
        }
        if observed.in_flight > 0 {
            missing.push(Missing {
                what: format!("the account of {} of {all} samples", observed.in_flight),
                why: "memory was in flight while they were taken, as when a large process ends"
                    .to_owned(),
                how_to_get: "the other samples make the account".to_owned(),
            });
        }
        missing.sort();
        missing.dedup();
        missing
    }
}

/// What to do in the next capture about a row like this.
fn advice(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "",
        Outcome::Denied => "run as root",
        Outcome::Unavailable => "nothing, where this host has no such thing",
        Outcome::Timeout => "raise the timeout of that collector",
        Outcome::Quota => "raise max_bytes of that collector",
        Outcome::Partial | Outcome::Failed | Outcome::Crashed => "see its row in sample.json",
        Outcome::Refused => "see `collector check` of the manifest",
        Outcome::Skipped => "sample less often",
    }
}
