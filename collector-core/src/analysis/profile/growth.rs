//! Where a heap grew between two profiles: the lines of the program that allocated what is now
//! there and was not before.

use std::time::Duration;

use foldhash::{HashMap, HashMapExt};

use super::{Profile, names};

/// The values that say what is in use.
const IN_USE: &str = "inuse_space";
/// Growth of fewer sampled allocations than this is chance: the error of a value is about one
/// over the root of their number.
const FEWEST_SAMPLED: i64 = 10;

/// How a heap grew between two profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct HeapGrowth {
    /// Bytes in use at the end, less those at the start.
    pub bytes: i64,
    /// Growth of a site below this says nothing, because only one allocation in so many bytes is
    /// recorded.
    pub noise_bytes: i64,
    /// The sites that grew, the largest first.
    pub sites: Vec<Site>,
}

/// A line that allocates, and how much more of its memory there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The line.
    pub at: Frame,
    /// Bytes in use at the end, less those at the start; positive.
    pub bytes: i64,
    /// The same per hour, if the time between is known.
    pub bytes_per_hour: Option<f64>,
    /// How it was called where it grew most: the callers, the nearest first.
    pub callers: Vec<Frame>,
}

/// A line of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Frame {
    /// The function.
    pub function: String,
    /// The file with its source.
    pub file: String,
    /// The line; 0 is unknown.
    pub line: i64,
}

/// The profile is none of a heap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the profile of a heap: it has {there_are} and no {IN_USE} in bytes")]
pub struct NoHeap {
    /// What it has.
    pub there_are: String,
}

/// Says which lines hold more memory in `end` than in `start`, taken `between` apart.
///
/// Lines are told apart by function, file and number, not by address: a program that was built
/// anew is compared as well as one that was not, as far as its lines stayed where they were.
///
/// # Errors
///
/// When one is not the profile of a heap.
pub fn heap_growth(
    start: &Profile,
    end: &Profile,
    between: Option<Duration>,
) -> Result<HeapGrowth, NoHeap> {
    let mut stacks = HashMap::new();
    add(start, -1, &mut stacks)?;
    add(end, 1, &mut stacks)?;
    let mut by_site: HashMap<Frame, Ways> = HashMap::new();
    for (mut stack, bytes) in stacks {
        let site = stack.remove(0);
        by_site.entry(site).or_default().add(bytes, stack);
    }
    let bytes = by_site.values().fold(0_i64, |sum, it| sum.saturating_add(it.bytes));
    let grown = by_site.into_iter().filter(|(_, ways)| ways.bytes > 0);
    let mut sites: Vec<Site> = grown
        .map(|(at, Ways { bytes, most: (_, callers) })| Site {
            at,
            bytes,
            bytes_per_hour: per_hour(bytes, between),
            callers,
        })
        .collect();
    sites.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.at.cmp(&b.at)));
    let noise_bytes = start.period.max(end.period).saturating_mul(FEWEST_SAMPLED);
    Ok(HeapGrowth { bytes, noise_bytes, sites })
}

/// The ways on which one site was reached.
#[derive(Debug, Default)]
struct Ways {
    bytes: i64,
    /// The one that grew most, with its growth.
    most: (i64, Vec<Frame>),
}

impl Ways {
    fn add(&mut self, bytes: i64, callers: Vec<Frame>) {
        self.bytes = self.bytes.saturating_add(bytes);
        // Of equal ones the same in every run, whatever the order.
        let way = (bytes, callers);
        if way > self.most {
            self.most = way;
        }
    }
}

/// Adds the bytes in use of each stack, with this sign.
fn add(profile: &Profile, sign: i64, stacks: &mut HashMap<Vec<Frame>, i64>) -> Result<(), NoHeap> {
    let is_in_use = |it: &super::ValueType| it.kind == IN_USE && it.unit == "bytes";
    let value = profile.types.iter().position(is_in_use);
    let value = value.ok_or_else(|| NoHeap { there_are: profile.type_names() })?;
    for sample in profile.samples.iter() {
        let bytes = sample.values[value];
        let frames: Vec<Frame> =
            sample.stack.iter().flat_map(|it| frames_of(profile, *it)).collect();
        if bytes != 0 && !frames.is_empty() {
            let sum = stacks.entry(frames).or_default();
            *sum = sum.saturating_add(bytes.saturating_mul(sign));
        }
    }
    Ok(())
}

fn frames_of(profile: &Profile, location: u32) -> impl Iterator<Item = Frame> {
    let location = profile.locations[location as usize];
    profile.lines_of(location).iter().map(|line| {
        let function = &profile.functions[line.function as usize];
        Frame {
            function: names::shown(function, &profile.texts),
            file: profile.text(function.file).to_owned(),
            line: line.line,
        }
    })
}

#[expect(clippy::cast_precision_loss, reason = "a rate has no more than three figures")]
fn per_hour(bytes: i64, between: Option<Duration>) -> Option<f64> {
    let hours = between?.as_secs_f64() / 3600.0;
    (hours > 0.0).then(|| bytes as f64 / hours)
}
