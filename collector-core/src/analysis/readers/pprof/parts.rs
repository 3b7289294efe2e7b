//! Puts the parts of a profile together: each number that names another part becomes that part's
//! place in its list, or an error.

use std::collections::HashMap;

use super::message::{
    FunctionMessage, LocationMessage, MappingMessage, SampleMessage, ValueTypeMessage,
};
use super::{MOST_PARTS, PprofError, fault, too_many};
use crate::analysis::profile::{
    Function, Label, LabelValue, Line, Location, Mapping, Profile, Samples, Text, Texts, ValueType,
};

/// What the first pass found, as it came.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) types: Vec<ValueTypeMessage>,
    pub(super) mappings: Vec<MappingMessage>,
    pub(super) functions: Vec<FunctionMessage>,
    /// Id, mapping's id and the rest.
    locations: Vec<(u64, u64, Location)>,
    /// The function's id and the rest.
    lines: Vec<(u64, Line)>,
    texts: Texts,
    pub(super) drop_frames: i64,
    pub(super) keep_frames: i64,
    pub(super) time_nanos: i64,
    pub(super) duration_nanos: i64,
    pub(super) period_type: ValueTypeMessage,
    pub(super) period: i64,
    pub(super) comments: Vec<i64>,
    pub(super) default_type: i64,
    pub(super) doc_url: i64,
}

impl Parts {
    pub(super) fn n_locations(&self) -> usize {
        self.locations.len()
    }

    pub(super) fn add_text(&mut self, content: &[u8]) -> Result<(), PprofError> {
        let place = self.texts.len();
        if place == 0 && !content.is_empty() {
            return Err(fault("string_table[0]", "it is not empty"));
        }
        if place >= MOST_PARTS {
            return Err(too_many("string_table"));
        }
        let pushed = self.texts.push(&String::from_utf8_lossy(content));
        pushed.map(drop).ok_or_else(|| too_many("string_table"))
    }

    pub(super) fn add_location(&mut self, message: &LocationMessage) -> Result<(), PprofError> {
        let n_lines = self.lines.len() + message.line.len();
        if n_lines > MOST_PARTS || self.locations.len() >= MOST_PARTS {
            return Err(too_many("location.line"));
        }
        let lines = message.line.iter();
        self.lines
            .extend(lines.map(|it| {
                (it.function_id, Line { function: 0, line: it.line, column: it.column })
            }));
        let place = |at: usize| u32::try_from(at).expect("no more than MOST_PARTS");
        let location = Location {
            mapping: None,
            address: message.address,
            is_folded: message.is_folded,
            lines_start: place(n_lines - message.line.len()),
            lines_end: place(n_lines),
        };
        self.locations.push((message.id, message.mapping_id, location));
        Ok(())
    }

    /// The profile without its samples.
    pub(super) fn build(mut self) -> Result<Builder, PprofError> {
        if self.types.is_empty() {
            return Err(fault("sample_type", "there is none"));
        }
        if self.mappings.is_empty() {
            self.describe_the_mapping();
        }
        let mapping_ids = Ids::of(self.mappings.iter().map(|it| it.id), "mapping")?;
        let function_ids = Ids::of(self.functions.iter().map(|it| it.id), "function")?;
        let location_ids = Ids::of(self.locations.iter().map(|it| it.0), "location")?;
        for (place, (_, mapping, location)) in self.locations.iter_mut().enumerate() {
            let field = || format!("location[{place}]");
            if *mapping != 0 {
                location.mapping = Some(mapping_ids.place(*mapping, || field() + ".mapping_id")?);
            }
            let lines = location.lines_start as usize..location.lines_end as usize;
            for (function, line) in &mut self.lines[lines] {
                line.function = function_ids.place(*function, || field() + ".line.function_id")?;
            }
        }
        let profile = Profile {
            types: each(&self.types, |it, at| self.value_type(it, &format!("sample_type[{at}]")))?,
            default_type: self.owned(self.default_type, "default_sample_type")?,
            period_type: self.value_type(&self.period_type, "period_type")?,
            period: self.period,
            time_nanos: self.time_nanos,
            duration_nanos: self.duration_nanos,
            comments: each(&self.comments, |it, at| self.owned(*it, &format!("comment[{at}]")))?,
            doc_url: self.owned(self.doc_url, "doc_url")?,
            drop_frames: self.owned(self.drop_frames, "drop_frames")?,
            keep_frames: self.owned(self.keep_frames, "keep_frames")?,
            mappings: each(&self.mappings, |it, at| self.mapping(it, at))?,
            functions: each(&self.functions, |it, at| self.function(it, at))?,
            lines: self.lines.iter().map(|it| it.1).collect(),
            locations: self.locations.iter().map(|it| it.2).collect(),
            samples: Samples::new(self.types.len()),
            texts: self.texts,
        };
        Ok(Builder { profile, location_ids, stack: Vec::new(), labels: Vec::new() })
    }

    /// Puts all of a profile without mappings into one of which nothing is known, as pprof does.
    fn describe_the_mapping(&mut self) {
        self.mappings.push(MappingMessage { id: 1, ..MappingMessage::default() });
        for (_, mapping, _) in self.locations.iter_mut().filter(|it| it.1 == 0) {
            *mapping = 1;
        }
    }

    fn text(&self, place: i64, field: &str) -> Result<Text, PprofError> {
        text(&self.texts, place, || field.to_owned())
    }

    fn owned(&self, place: i64, field: &str) -> Result<String, PprofError> {
        self.text(place, field).map(|it| self.texts.get(it).to_owned())
    }

    fn value_type(&self, it: &ValueTypeMessage, field: &str) -> Result<ValueType, PprofError> {
        Ok(ValueType { kind: self.owned(it.kind, field)?, unit: self.owned(it.unit, field)? })
    }

    fn mapping(&self, it: &MappingMessage, place: usize) -> Result<Mapping, PprofError> {
        let text = |at, name| text(&self.texts, at, || format!("mapping[{place}].{name}"));
        Ok(Mapping {
            start: it.memory_start,
            limit: it.memory_limit,
            offset: it.file_offset,
            file: text(it.filename, "filename")?,
            build_id: text(it.build_id, "build_id")?,
        })
    }

    fn function(&self, it: &FunctionMessage, place: usize) -> Result<Function, PprofError> {
        let text = |at, name| text(&self.texts, at, || format!("function[{place}].{name}"));
        Ok(Function {
            name: text(it.name, "name")?,
            system_name: text(it.system_name, "system_name")?,
            file: text(it.filename, "filename")?,
            start_line: it.start_line,
        })
    }
}

/// A profile that gets its samples.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) profile: Profile,
    location_ids: Ids,
    stack: Vec<u32>,
    labels: Vec<Label>,
}

impl Builder {
    /// Adds the sample at this place.
    pub(super) fn add(&mut self, sample: &SampleMessage, place: usize) -> Result<(), PprofError> {
        let (there, wanted) = (sample.value.len(), self.profile.types.len());
        if there != wanted {
            let what = format!("there are {there}, and {wanted} in sample_type");
            return Err(fault(&format!("sample[{place}].value"), what));
        }
        self.stack.clear();
        for id in &sample.location_id {
            let location =
                self.location_ids.place(*id, || format!("sample[{place}].location_id"))?;
            self.stack.push(location);
        }
        self.labels.clear();
        for label in &sample.label {
            let text = |at, name| {
                text(&self.profile.texts, at, || format!("sample[{place}].label.{name}"))
            };
            let key = text(label.key, "key")?;
            let value = if label.str != 0 {
                LabelValue::Text(text(label.str, "str")?)
            } else {
                LabelValue::Number(label.num, text(label.num_unit, "num_unit")?)
            };
            // A label without a value is none.
            if label.str != 0 || label.num != 0 || label.num_unit != 0 {
                self.labels.push(Label { key, value });
            }
        }
        let (stack, labels) = (self.stack.iter().copied(), self.labels.iter().copied());
        self.profile.samples.push(stack, &sample.value, labels);
        Ok(())
    }
}

fn text(texts: &Texts, place: i64, field: impl Fn() -> String) -> Result<Text, PprofError> {
    texts.at(place).ok_or_else(|| {
        fault(&field(), format!("there is no text {place}, string_table has {}", texts.len()))
    })
}

fn each<M, T>(
    messages: &[M],
    mut convert: impl FnMut(&M, usize) -> Result<T, PprofError>,
) -> Result<Vec<T>, PprofError> {
    messages.iter().enumerate().map(|(at, it)| convert(it, at)).collect()
}

/// Where the part with an id is.
#[derive(Debug)]
struct Ids {
    what: &'static str,
    /// For ids as small as Go's: one more than the place, 0 for none.
    small: Vec<u32>,
    large: HashMap<u64, u32>,
}

impl Ids {
    fn of(ids: impl ExactSizeIterator<Item = u64>, what: &'static str) -> Result<Self, PprofError> {
        let mut all = Ids { what, small: vec![0; ids.len() + 1], large: HashMap::new() };
        for (place, id) in ids.enumerate() {
            let field = || format!("{what}[{place}].id");
            if id == 0 {
                return Err(fault(&field(), "it is 0"));
            }
            let place = u32::try_from(place).expect("no more than MOST_PARTS");
            let small = usize::try_from(id).ok().and_then(|it| all.small.get_mut(it));
            let before = match small {
                Some(known) => std::mem::replace(known, place + 1) != 0,
                None => all.large.insert(id, place).is_some(),
            };
            if before {
                return Err(fault(&field(), format!("there are two {id}")));
            }
        }
        Ok(all)
    }

    fn place(&self, id: u64, field: impl Fn() -> String) -> Result<u32, PprofError> {
        let small = usize::try_from(id).ok().and_then(|it| self.small.get(it));
        let place = match small {
            Some(known) => known.checked_sub(1),
            None => self.large.get(&id).copied(),
        };
        place.ok_or_else(|| fault(&field(), format!("there is no {} {id}", self.what)))
    }
}
