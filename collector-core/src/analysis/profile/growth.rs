//! Where a heap grew between two profiles: the lines of the program that allocated what is now
//! there and was not before.

use std::time::Duration;

use foldhash::{HashMap, HashMapExt};

use super::{Location, Profile, names};

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
    let mut stacks = Stacks::default();
    stacks.add(start, -1)?;
    stacks.add(end, 1)?;
    let mut by_site: HashMap<u32, Ways> = HashMap::new();
    for (stack, bytes) in stacks.bytes {
        by_site.entry(stack[0]).or_default().add(bytes, stack);
    }
    let frame = |it: &u32| stacks.frames[*it as usize].clone();
    let grown = by_site.into_iter().filter(|(_, ways)| ways.bytes > 0);
    let mut sites: Vec<Site> = grown
        .map(|(at, Ways { bytes, most: (_, stack) })| Site {
            at: frame(&at),
            bytes,
            bytes_per_hour: per_hour(bytes, between),
            callers: stack.iter().skip(1).map(frame).collect(),
        })
        .collect();
    sites.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.at.cmp(&b.at)));
    let noise_bytes = start.period.max(end.period).saturating_mul(FEWEST_SAMPLED);
    Ok(HeapGrowth { bytes: stacks.total, noise_bytes, sites })
}

/// The ways on which one site was reached.
#[derive(Debug, Default)]
struct Ways {
    bytes: i64,
    /// The stack that grew most, with its growth.
    most: (i64, Vec<u32>),
}

impl Ways {
    fn add(&mut self, bytes: i64, stack: Vec<u32>) {
        self.bytes = self.bytes.saturating_add(bytes);
        // Of equal ones the same in every run, whatever the order.
        let way = (bytes, stack);
        if way > self.most {
            self.most = way;
        }
    }
}

/// Bytes in use by stack; a stack is the places of its frames, the leaf first.
#[derive(Debug, Default)]
struct Stacks {
    frames: Vec<Frame>,
    known: HashMap<Frame, u32>,
    bytes: HashMap<Vec<u32>, i64>,
    /// Those of stacks without names too.
    total: i64,
}

impl Stacks {
    /// Adds the bytes in use of each stack of `profile`, with this sign.
    fn add(&mut self, profile: &Profile, sign: i64) -> Result<(), NoHeap> {
        let is_in_use = |it: &super::ValueType| it.kind == IN_USE && it.unit == "bytes";
        let value = profile.types.iter().position(is_in_use);
        let value = value.ok_or_else(|| NoHeap { there_are: profile.type_names() })?;
        let of_location: Vec<Vec<u32>> =
            profile.locations.iter().map(|it| self.frames_of(profile, *it)).collect();
        for sample in profile.samples.iter() {
            let bytes = sample.values[value].saturating_mul(sign);
            self.total = self.total.saturating_add(bytes);
            let frames = sample.stack.iter().flat_map(|it| &of_location[*it as usize]);
            let frames: Vec<u32> = frames.copied().collect();
            if bytes != 0 && !frames.is_empty() {
                let sum = self.bytes.entry(frames).or_default();
                *sum = sum.saturating_add(bytes);
            }
        }
        Ok(())
    }

    fn frames_of(&mut self, profile: &Profile, location: Location) -> Vec<u32> {
        let mut places = Vec::new();
        for line in profile.lines_of(location) {
            let function = &profile.functions[line.function as usize];
            let frame = Frame {
                function: names::shown(function, &profile.texts),
                file: profile.text(function.file).to_owned(),
                line: line.line,
            };
            let frames = &mut self.frames;
            places.push(*self.known.entry(frame).or_insert_with_key(|frame| {
                frames.push(frame.clone());
                u32::try_from(frames.len() - 1).expect("two profiles have fewer lines")
            }));
        }
        places
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate has no more than three figures")]
fn per_hour(bytes: i64, between: Option<Duration>) -> Option<f64> {
    let hours = between?.as_secs_f64() / 3600.0;
    (hours > 0.0).then(|| bytes as f64 / hours)
}
