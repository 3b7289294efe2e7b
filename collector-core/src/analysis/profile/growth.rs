//! Where a program grew between two profiles: the lines that allocated what is now there and was
//! not before, or that goroutines wait in that were not there before.

use std::time::Duration;

use foldhash::{HashMap, HashMapExt};

use super::{Location, Profile, names};

/// What can grow in a program that a profile tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grows {
    /// The memory in use, in bytes: profiles of the heap.
    Heap,
    /// The number of goroutines.
    Goroutines,
}

impl Grows {
    /// The values that tell it, with their unit.
    fn values(self) -> (&'static str, &'static str) {
        match self {
            Grows::Heap => ("inuse_space", "bytes"),
            Grows::Goroutines => ("goroutine", "count"),
        }
    }
}

/// Growth of fewer sampled allocations than this is chance: the error of a value is about one
/// over the root of their number.
const FEWEST_SAMPLED: i64 = 10;

/// How a program grew between two profiles.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteGrowth {
    /// What there is at the end, less what there was at the start: bytes or goroutines.
    pub amount: i64,
    /// Growth of a site below this says nothing: of a heap only one allocation in so many bytes
    /// is recorded. 0 for goroutines, which are all counted.
    pub noise: i64,
    /// The sites that grew, the largest first.
    pub sites: Vec<Site>,
}

/// A line that allocates or waits, and how much more of it there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// The line.
    pub at: Frame,
    /// What there is of it at the end, less what there was at the start; positive.
    pub amount: i64,
    /// The same per hour, if the time between is known.
    pub per_hour: Option<f64>,
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

/// The profile does not tell it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it has {there_are} and no {wanted}")]
pub struct OtherProfile {
    /// The values that were looked for.
    pub wanted: String,
    /// What it has.
    pub there_are: String,
}

/// Says of which lines there is more in `end` than in `start`, taken `between` apart.
///
/// Lines are told apart by function, file and number, not by address: a program that was built
/// anew is compared as well as one that was not, as far as its lines stayed where they were.
///
/// # Errors
///
/// When one of them is the profile of something else.
pub fn growth(
    what: Grows,
    start: &Profile,
    end: &Profile,
    between: Option<Duration>,
) -> Result<SiteGrowth, OtherProfile> {
    let mut stacks = Stacks::default();
    stacks.add(what, start, -1)?;
    stacks.add(what, end, 1)?;
    let mut by_site: HashMap<u32, Ways> = HashMap::new();
    for (stack, amount) in stacks.amounts {
        let at = site_of(what, &stack, &stacks.frames);
        by_site.entry(at).or_default().add(amount, stack);
    }
    let frame = |it: &u32| stacks.frames[*it as usize].clone();
    let grown = by_site.into_iter().filter(|(_, ways)| ways.amount > 0);
    let mut sites: Vec<Site> = grown
        .map(|(at, Ways { amount, most: (_, stack) })| Site {
            at: frame(&at),
            amount,
            per_hour: per_hour(amount, between),
            callers: stack.iter().skip_while(|it| **it != at).skip(1).map(frame).collect(),
        })
        .collect();
    sites.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.at.cmp(&b.at)));
    let noise = match what {
        Grows::Heap => start.period.max(end.period).saturating_mul(FEWEST_SAMPLED),
        Grows::Goroutines => 0,
    };
    Ok(SiteGrowth { amount: stacks.total, noise, sites })
}

/// The line that a stack is of: the one that allocates, or the first of the program's own that a
/// goroutine waits in, for all wait in the runtime.
fn site_of(what: Grows, stack: &[u32], frames: &[Frame]) -> u32 {
    let is_own = |it: &&u32| {
        let function = &frames[**it as usize].function;
        !["runtime.", "internal/", "sync."].iter().any(|start| function.starts_with(start))
    };
    let own = stack.iter().find(is_own).filter(|_| what == Grows::Goroutines);
    *own.unwrap_or(&stack[0])
}

/// The ways on which one site was reached.
#[derive(Debug, Default)]
struct Ways {
    amount: i64,
    /// The stack that grew most, with its growth.
    most: (i64, Vec<u32>),
}

impl Ways {
    fn add(&mut self, amount: i64, stack: Vec<u32>) {
        self.amount = self.amount.saturating_add(amount);
        // Of equal ones the same in every run, whatever the order.
        let way = (amount, stack);
        if way > self.most {
            self.most = way;
        }
    }
}

/// Amounts by stack; a stack is the places of its frames, the leaf first.
#[derive(Debug, Default)]
struct Stacks {
    frames: Vec<Frame>,
    known: HashMap<Frame, u32>,
    amounts: HashMap<Vec<u32>, i64>,
    /// Those of stacks without names too.
    total: i64,
}

impl Stacks {
    /// Adds the amount of each stack of `profile`, with this sign.
    fn add(&mut self, what: Grows, profile: &Profile, sign: i64) -> Result<(), OtherProfile> {
        let (kind, unit) = what.values();
        let is_it = |it: &super::ValueType| it.kind == kind && it.unit == unit;
        let value = profile.types.iter().position(is_it).ok_or_else(|| OtherProfile {
            wanted: format!("{kind} in {unit}"),
            there_are: profile.type_names(),
        })?;
        let of_location: Vec<Vec<u32>> =
            profile.locations.iter().map(|it| self.frames_of(profile, *it)).collect();
        for sample in profile.samples.iter() {
            let amount = sample.values[value].saturating_mul(sign);
            self.total = self.total.saturating_add(amount);
            let frames = sample.stack.iter().flat_map(|it| &of_location[*it as usize]);
            let frames: Vec<u32> = frames.copied().collect();
            if amount != 0 && !frames.is_empty() {
                let sum = self.amounts.entry(frames).or_default();
                *sum = sum.saturating_add(amount);
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
fn per_hour(amount: i64, between: Option<Duration>) -> Option<f64> {
    let hours = between?.as_secs_f64() / 3600.0;
    (hours > 0.0).then(|| amount as f64 / hours)
}
