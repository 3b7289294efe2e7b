//! Adds profiles up, and subtracts one from another.
//!
//! Two samples are the same when their locations and all their labels are. Two locations are the
//! same when they are as far from the start of the same mapping and have the same lines; where a
//! program was loaded does not count, its build does. So profiles of two builds share no location,
//! and their samples stand side by side until they are summed up by function.

use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};

use super::samples::{Sample, is_zero};
use super::texts::Interner;
use super::{Function, Label, LabelValue, Location, Mapping, Profile, Samples, Text};

mod header;

pub use self::header::MergeError;

/// The sum of `profiles`, of the types that all of them have; a single one stays as it is.
///
/// # Errors
///
/// Profiles of different things, such as a heap and a CPU profile.
pub fn merge(mut profiles: Vec<Profile>) -> Result<Profile, MergeError> {
    header::align(&mut profiles)?;
    if profiles.len() == 1
        && let Some(only) = profiles.pop()
    {
        return Ok(only);
    }
    let mut merger = Merger::new(header::combine(&profiles));
    for profile in &profiles {
        merger.add(profile);
    }
    let mut merged = merger.merged;
    merged.texts = merger.texts.texts;
    merged.samples.drop_zeros();
    Ok(merged)
}

/// `profile` without what `base` has too: what was added since, and, with a minus, what went.
///
/// # Errors
///
/// As for [`merge`].
pub fn subtract(profile: Profile, mut base: Profile) -> Result<Profile, MergeError> {
    let minus = vec![-1.0; base.types.len()];
    base.samples.scale(&minus);
    merge(vec![profile, base])
}

/// What the profiles added so far have become.
struct Merger {
    merged: Profile,
    texts: Interner,
    samples: HashMap<Box<[u32]>, usize>,
    locations: HashMap<Box<[u64]>, u32>,
    functions: HashMap<(i64, Text, Text, Text), u32>,
    mappings: HashMap<(u64, u64, Text), u32>,
}

impl Merger {
    fn new(header: Profile) -> Self {
        Merger {
            merged: header,
            texts: Interner::new(),
            samples: HashMap::new(),
            locations: HashMap::new(),
            functions: HashMap::new(),
            mappings: HashMap::new(),
        }
    }

    fn add(&mut self, profile: &Profile) {
        let mut source = Source::new(profile);
        // The first mapping is the program itself, also when no sample is in it.
        if self.merged.mappings.is_empty() && !profile.mappings.is_empty() {
            self.mapping(&mut source, 0);
        }
        self.samples.reserve(profile.samples.len());
        self.merged.samples.reserve(&profile.samples);
        let (mut key, mut labels) = (Vec::new(), Vec::new());
        for sample in profile.samples.iter().filter(|it| !is_zero(it.values)) {
            key.clear();
            key.extend(sample.stack.iter().map(|it| self.location(&mut source, *it)));
            self.labels(&mut source, sample, &mut labels);
            let n_frames = key.len();
            labels.iter().for_each(|it| push_label(*it, &mut key));
            if let Some(known) = self.samples.get(key.as_slice()) {
                self.merged.samples.add(*known, sample.values);
                continue;
            }
            self.samples.insert(key.as_slice().into(), self.merged.samples.len());
            let stack = key[..n_frames].iter().copied();
            self.merged.samples.push(stack, sample.values, labels.iter().copied());
        }
    }

    /// The sample's labels, each name's together and in their order.
    fn labels(&mut self, source: &mut Source<'_>, sample: Sample<'_>, labels: &mut Vec<Label>) {
        labels.clear();
        for label in sample.labels {
            let key = self.text(source, label.key);
            let value = match label.value {
                LabelValue::Text(text) => LabelValue::Text(self.text(source, text)),
                LabelValue::Number(number, unit) => {
                    LabelValue::Number(number, self.text(source, unit))
                }
            };
            labels.push(Label { key, value });
        }
        labels.sort_by_key(|it| (matches!(it.value, LabelValue::Number(..)), it.key));
    }

    fn location(&mut self, source: &mut Source<'_>, place: u32) -> u32 {
        if let Some(known) = source.locations[place as usize] {
            return known;
        }
        let profile = source.profile;
        let location = profile.locations[place as usize];
        let mapping = location.mapping.map(|it| self.mapping(source, it));
        let start = location.mapping.map_or(0, |it| profile.mappings[it as usize].start);
        let lines_start = self.merged.lines.len();
        for line in profile.lines_of(location) {
            let function = self.function(source, line.function);
            self.merged.lines.push(super::Line { function, ..*line });
        }
        let offset = location.address.wrapping_sub(start);
        let mapping_key = mapping.map_or(0, |it| u64::from(it) + 1);
        let mut key = vec![offset, mapping_key, u64::from(location.is_folded)];
        // As in pprof, of the columns only the last one counts.
        for line in &self.merged.lines[lines_start..] {
            key.extend([u64::from(line.function), line.line.cast_unsigned()]);
        }
        key.extend(self.merged.lines[lines_start..].last().map(|it| it.column.cast_unsigned()));
        let merged_start = mapping.map_or(0, |it| self.merged.mappings[it as usize].start);
        let added = Location {
            mapping,
            address: merged_start.wrapping_add(offset),
            lines_start: number(lines_start),
            lines_end: number(self.merged.lines.len()),
            ..location
        };
        let (known, is_new) =
            place_of(&mut self.locations, key.into(), &mut self.merged.locations, added);
        if !is_new {
            self.merged.lines.truncate(lines_start);
        }
        source.locations[place as usize] = Some(known);
        known
    }

    fn function(&mut self, source: &mut Source<'_>, place: u32) -> u32 {
        if let Some(known) = source.functions[place as usize] {
            return known;
        }
        let function = &source.profile.functions[place as usize];
        let added = Function {
            name: self.text(source, function.name),
            system_name: self.text(source, function.system_name),
            file: self.text(source, function.file),
            start_line: function.start_line,
        };
        let key = (added.start_line, added.name, added.system_name, added.file);
        let (known, _) = place_of(&mut self.functions, key, &mut self.merged.functions, added);
        source.functions[place as usize] = Some(known);
        known
    }

    fn mapping(&mut self, source: &mut Source<'_>, place: u32) -> u32 {
        if let Some(known) = source.mappings[place as usize] {
            return known;
        }
        let mapping = &source.profile.mappings[place as usize];
        let added = Mapping {
            file: self.text(source, mapping.file),
            build_id: self.text(source, mapping.build_id),
            ..*mapping
        };
        // A page more or less is the same mapping.
        let size = mapping.limit.wrapping_sub(mapping.start).wrapping_add(0xfff) & !0xfff;
        let is_unnamed_build = self.texts.texts.get(added.build_id).is_empty();
        let key = (size, added.offset, if is_unnamed_build { added.file } else { added.build_id });
        let (known, _) = place_of(&mut self.mappings, key, &mut self.merged.mappings, added);
        source.mappings[place as usize] = Some(known);
        known
    }

    fn text(&mut self, source: &mut Source<'_>, text: Text) -> Text {
        let known = &mut source.texts[text.place()];
        *known.get_or_insert_with(|| self.texts.add(source.profile.text(text)))
    }
}

/// A profile that is being added, and what its parts have become.
struct Source<'a> {
    profile: &'a Profile,
    texts: Vec<Option<Text>>,
    mappings: Vec<Option<u32>>,
    functions: Vec<Option<u32>>,
    locations: Vec<Option<u32>>,
}

impl<'a> Source<'a> {
    fn new(profile: &'a Profile) -> Self {
        Source {
            profile,
            texts: vec![None; profile.texts.len()],
            mappings: vec![None; profile.mappings.len()],
            functions: vec![None; profile.functions.len()],
            locations: vec![None; profile.locations.len()],
        }
    }
}

/// Adds a label to the key of its sample: what is no place of a location, then the label.
#[expect(clippy::cast_possible_truncation, reason = "both halves are added")]
fn push_label(label: Label, key: &mut Vec<u32>) {
    let place = |text: Text| number(text.place());
    match label.value {
        LabelValue::Text(text) => key.extend([u32::MAX, place(label.key), place(text)]),
        LabelValue::Number(value, unit) => {
            let value = value.cast_unsigned();
            let halves = [(value >> 32) as u32, value as u32];
            key.extend([u32::MAX - 1, place(label.key), halves[0], halves[1], place(unit)]);
        }
    }
}

/// The place of what has this key in `all`, where `added` goes if nothing has.
fn place_of<K: Hash + Eq, T>(
    known: &mut HashMap<K, u32>,
    key: K,
    all: &mut Vec<T>,
    added: T,
) -> (u32, bool) {
    let next = number(all.len());
    let place = *known.entry(key).or_insert(next);
    if place == next {
        all.push(added);
    }
    (place, place == next)
}

/// A place in a list as a number.
fn number(place: usize) -> u32 {
    u32::try_from(place).expect("two profiles within the reader's limits have fewer parts")
}
