//! Walks over the top level of a `profile.proto` message: fields, their types and lengths.
//!
//! <https://github.com/google/pprof/blob/main/proto/profile.proto>. What is inside a field is for
//! the reading side; here it matters that it is such a message, and all of it.

use std::io::{self, Write};

/// Most bytes of a variable-length integer of 64 bits.
const MAX_VARINT_BYTES: u32 = 10;
/// The fields every profile has: `sample_type` and `string_table`.
const NEEDED: [u64; 2] = [1, 6];

/// Where the walk is.
#[derive(Debug, Default)]
pub(super) struct Message {
    place: Place,
    /// The integer being read, and how many of its bytes came.
    value: u64,
    n_bytes: u32,
    /// Of [`NEEDED`], those that came.
    seen: [bool; 2],
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the number and type of a field.
    #[default]
    Tag,
    /// In an integer.
    Integer,
    /// In the length of a field.
    Length,
    /// In a field with so many bytes to come.
    Content(u64),
}

impl Message {
    /// Walks over `bytes`.
    ///
    /// # Errors
    ///
    /// It is no such message.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), &'static str> {
        while let [first, rest @ ..] = bytes {
            if let Place::Content(left) = self.place {
                let n = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                bytes = &bytes[n..];
                self.skip(left - n as u64);
                continue;
            }
            bytes = rest;
            if let Some(value) = self.integer(*first)? {
                self.step(value)?;
            }
        }
        Ok(())
    }

    /// Whether a whole message was walked over.
    ///
    /// # Errors
    ///
    /// It ended in a field, or lacks what every profile has.
    pub(super) fn finish(&self) -> Result<(), &'static str> {
        if self.place != Place::Tag || self.n_bytes > 0 {
            return Err("the profile ends early");
        }
        if self.seen == [true; 2] {
            Ok(())
        } else {
            Err("the profile lacks what every profile has")
        }
    }

    /// One more byte of an integer; the integer when it is complete.
    fn integer(&mut self, byte: u8) -> Result<Option<u64>, &'static str> {
        if self.n_bytes == MAX_VARINT_BYTES {
            return Err("an integer that is too long");
        }
        self.value |= u64::from(byte & 0x7f).checked_shl(7 * self.n_bytes).unwrap_or(0);
        self.n_bytes += 1;
        if byte & 0x80 != 0 {
            return Ok(None);
        }
        self.n_bytes = 0;
        Ok(Some(std::mem::take(&mut self.value)))
    }

    fn step(&mut self, value: u64) -> Result<(), &'static str> {
        match self.place {
            Place::Tag => self.place = self.field(value >> 3, value & 7)?,
            Place::Length => self.skip(value),
            Place::Integer | Place::Content(_) => self.place = Place::Tag,
        }
        Ok(())
    }

    fn skip(&mut self, left: u64) {
        self.place = if left == 0 { Place::Tag } else { Place::Content(left) };
    }

    /// What follows the tag of the field `number`. Fields above those known may have any type.
    fn field(&mut self, number: u64, wire_type: u64) -> Result<Place, &'static str> {
        for (seen, needed) in self.seen.iter_mut().zip(NEEDED) {
            *seen |= number == needed;
        }
        match (number, wire_type) {
            (7..=10 | 12..=15, 0) => Ok(Place::Integer),
            (1..=6 | 11 | 13, 2) => Ok(Place::Length),
            (16.., 0) => Ok(Place::Integer),
            (16.., 2) => Ok(Place::Length),
            (16.., 1) => Ok(Place::Content(8)),
            (16.., 5) => Ok(Place::Content(4)),
            _ => Err("a field that no profile has"),
        }
    }
}

impl Write for Message {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.feed(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
