//! The texts of a profile in one buffer, named by numbers: a profile says each name thousands of
//! times.

use foldhash::{HashMap, HashMapExt};

/// A text of a profile. 0 is the empty one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(u32);

impl Text {
    /// Its place in the table.
    pub(super) fn place(self) -> usize {
        self.0 as usize
    }
}

/// All texts of a profile.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    buffer: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds a text, whether or not it is there already. `None` when the buffer is full.
    pub fn push(&mut self, text: &str) -> Option<Text> {
        let place = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.buffer.len() + text.len()).ok()?;
        self.buffer.push_str(text);
        self.ends.push(end);
        Some(Text(place))
    }

    /// The text at this place of the table.
    #[must_use]
    pub fn at(&self, place: i64) -> Option<Text> {
        let place = u32::try_from(place).ok()?;
        ((place as usize) < self.ends.len()).then_some(Text(place))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text; empty for one of another table.
    #[must_use]
    pub fn get(&self, text: Text) -> &str {
        let place = text.place();
        let start = place.checked_sub(1).and_then(|it| self.ends.get(it)).map_or(0, |it| *it);
        let end = self.ends.get(place).map_or(start, |it| *it);
        self.buffer.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// Collects texts, each of them once.
#[derive(Debug)]
pub(super) struct Interner {
    pub(super) texts: Texts,
    known: HashMap<Box<str>, Text>,
}

impl Interner {
    pub(super) fn new() -> Self {
        let mut interner = Interner { texts: Texts::default(), known: HashMap::new() };
        interner.add("");
        interner
    }

    /// The number of this text here.
    pub(super) fn add(&mut self, text: &str) -> Text {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        // Two profiles within the reader's limits never fill it; what does not fit has no name.
        let Some(added) = self.texts.push(text) else { return Text::default() };
        self.known.insert(text.into(), added);
        added
    }
}
