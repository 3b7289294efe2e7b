//! Values by the names a kernel gives them. Names nobody here knows are kept like the others: a
//! newer kernel has more of them than an older one.

use std::fmt;

use super::line::{BadLines, What, number};
use crate::units::Bytes;

/// Values by their names.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Named<'a, V>(Vec<(&'a str, V)>);

impl<'a, V: Copy> Named<'a, V> {
    /// The value of that name; `None` where this text has none, which is not zero.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<V> {
        let at = self.0.binary_search_by(|(it, _)| (*it).cmp(name)).ok()?;
        Some(self.0[at].1)
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, V)> {
        self.0.iter().copied()
    }
}

impl<V: fmt::Debug> fmt::Debug for Named<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, value)| (name, value))).finish()
    }
}

/// Values that come one by one, each with the number of its line.
#[derive(Debug)]
pub(super) struct Gathering<'a, V>(Vec<(&'a str, usize, V)>);

impl<'a, V: Copy> Gathering<'a, V> {
    pub(super) fn new() -> Self {
        Gathering(Vec::new())
    }

    pub(super) fn push(&mut self, name: &'a str, line: usize, value: V) {
        self.0.push((name, line, value));
    }

    /// All of them. Of two with one name the first counts.
    pub(super) fn finish(mut self, bad: &mut BadLines) -> Named<'a, V> {
        let mut twice = BadLines::default();
        self.0.sort_unstable_by_key(|(name, line, _)| (*name, *line));
        self.0.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                twice.push(later.1, "there was a value of this name before", later.0.as_bytes());
            }
            same
        });
        bad.append(twice);
        let mut named: Vec<_> = self.0.into_iter().map(|(name, _, value)| (name, value)).collect();
        // Collecting in place keeps the room of the larger elements.
        named.shrink_to_fit();
        Named(named)
    }
}

/// A value that has a unit, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Of memory: the text says `kB`, by which the kernel means 1024 bytes.
    Memory(Bytes),
    /// A plain number.
    Count(u64),
}

impl Amount {
    /// Reads `8123456 kB` or `12`.
    pub(super) fn read(text: &str) -> Result<Self, What> {
        let mut words = text.split_ascii_whitespace();
        let value = number(words.next())?;
        match (words.next(), words.next()) {
            (None, _) => Ok(Amount::Count(value)),
            (Some("kB"), None) => {
                value.checked_mul(1024).map(|it| Amount::Memory(Bytes(it))).ok_or("it is too large")
            }
            _ => Err("its unit is not kB"),
        }
    }

    /// Reads `8123456 kB`, and no plain number.
    pub(super) fn memory(text: &str) -> Result<Bytes, What> {
        match Amount::read(text)? {
            Amount::Memory(bytes) => Ok(bytes),
            Amount::Count(_) => Err("its unit is not kB"),
        }
    }
}

impl Named<'_, Amount> {
    /// An amount of memory; `None` also where the text gives a plain number.
    #[must_use]
    pub fn memory(&self, name: &str) -> Option<Bytes> {
        match self.get(name)? {
            Amount::Memory(bytes) => Some(bytes),
            Amount::Count(_) => None,
        }
    }

    /// A plain number; `None` also where the text gives an amount of memory.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        match self.get(name)? {
            Amount::Count(count) => Some(count),
            Amount::Memory(_) => None,
        }
    }
}

/// Splits `Name:  8123456 kB`.
pub(super) fn name_and_amount(line: &str) -> Result<(&str, Amount), What> {
    let (name, value) = line.split_once(':').ok_or("it has no `:` after a name")?;
    match name.trim_ascii() {
        "" => Err("it has no name"),
        name => Ok((name, Amount::read(value)?)),
    }
}
