//! The fields of the outermost message, one after the other: with the whole of it decoded at once,
//! a small file could take all memory.

use super::{PprofError, fault};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Number(i64),
    Bytes(&'a [u8]),
    /// 32 or 64 bits, which no field of a profile has.
    Fixed,
}

/// The fields of a message, with their tags.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(message: &'a [u8]) -> Self {
        Fields { rest: message }
    }

    fn field(&mut self) -> Result<(u64, Content<'a>), PprofError> {
        let key = self.varint()?;
        let tag = key >> 3;
        let content = match key & 7 {
            0 => Content::Number(self.varint()?.cast_signed()),
            1 => self.bytes(8).map(|_| Content::Fixed)?,
            2 => {
                let length = self.varint()?;
                Content::Bytes(self.bytes(length)?)
            }
            5 => self.bytes(4).map(|_| Content::Fixed)?,
            other => {
                return Err(fault(
                    &format!("field {tag}"),
                    format!("there is no wire type {other}"),
                ));
            }
        };
        Ok((tag, content))
    }

    fn bytes(&mut self, length: u64) -> Result<&'a [u8], PprofError> {
        let there = self.rest.len();
        let split = usize::try_from(length).ok().and_then(|it| self.rest.split_at_checked(it));
        let (bytes, rest) = split.ok_or_else(|| {
            fault("the end", format!("it ends early: a field has {length} bytes, {there} are left"))
        })?;
        self.rest = rest;
        Ok(bytes)
    }

    fn varint(&mut self) -> Result<u64, PprofError> {
        let mut value = 0;
        for place in 0..10 {
            let Some((byte, rest)) = self.rest.split_first() else {
                return Err(fault("the end", "it ends early, inside a number"));
            };
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << (7 * place);
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(fault("a number", "it has more than 10 bytes"))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Content<'a>), PprofError>;

    /// The next field. There is none after an error.
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// The numbers of a packed field.
pub(super) fn packed(content: &[u8]) -> Result<Vec<i64>, PprofError> {
    let mut fields = Fields::of(content);
    let mut numbers = Vec::new();
    while !fields.rest.is_empty() {
        numbers.push(fields.varint()?.cast_signed());
    }
    Ok(numbers)
}
