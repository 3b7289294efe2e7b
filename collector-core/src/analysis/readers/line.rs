//! Goes through a text line by line, and keeps beside what was read the lines that were not.
//!
//! Every text here ends its lines with a line feed. So a last line without one was cut off, and
//! is not believed: half of `MemFree: 8123456 kB` is a number too.

use std::fmt;

/// How many bad lines of a text are kept; of the rest the number is.
const KEPT: usize = 20;
/// How many characters of a bad line are.
const SHOWN: usize = 100;

/// What is wrong with a line.
pub(super) type What = &'static str;

/// What one text tells, and the lines of it that could not be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Read<T> {
    /// What it tells.
    pub value: T,
    /// The rest.
    pub bad: BadLines,
}

impl<T> Read<T> {
    /// The same with another value.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Read<U> {
        Read { value: into(self.value), bad: self.bad }
    }
}

/// A line that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1; 0 where something is wrong with the whole.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
    /// Its beginning, as it stands in the bundle.
    pub text: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(self.what),
            line => write!(f, "line {line}: {}: {:?}", self.what, self.text),
        }
    }
}

/// The lines of a text that could not be read: all are counted, the first ones are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadLines {
    kept: Vec<BadLine>,
    n_lines: usize,
}

impl BadLines {
    /// The first of them.
    #[must_use]
    pub fn kept(&self) -> &[BadLine] {
        &self.kept
    }

    /// How many there are.
    #[must_use]
    pub fn n_lines(&self) -> usize {
        self.n_lines
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.n_lines == 0
    }

    /// Adds those of the same text that were found by another look at it.
    pub(super) fn append(&mut self, others: BadLines) {
        self.n_lines += others.n_lines;
        self.kept.extend(others.kept);
        self.kept.sort_by_key(|it| it.line);
        self.kept.truncate(KEPT);
    }

    /// Adds those of a part of the text, whose first line has the number `first` in the whole.
    pub(super) fn append_from(&mut self, mut others: BadLines, first: usize) {
        others.kept.iter_mut().for_each(|it| it.line += first - 1);
        self.append(others);
    }

    pub(super) fn push(&mut self, line: usize, what: What, text: &[u8]) {
        self.n_lines += 1;
        if self.kept.len() < KEPT {
            // A character takes four bytes at most.
            let start = String::from_utf8_lossy(&text[..text.len().min(4 * SHOWN)]);
            let text = start.chars().take(SHOWN).collect();
            self.kept.push(BadLine { line, what, text });
        }
    }
}

/// Shows each line that is not empty to `take`, with its number and without its line feed, and
/// notes in `bad` what `take` refuses.
pub(super) fn each_line<'a>(
    text: &'a [u8],
    bad: &mut BadLines,
    mut take: impl FnMut(usize, &'a str) -> Result<(), What>,
) {
    each_raw_line(text, bad, |number, line| take(number, utf8(line)?));
}

/// As [`each_line`], for texts with names in them that users give and that are any bytes.
pub(super) fn each_raw_line<'a>(
    text: &'a [u8],
    bad: &mut BadLines,
    mut take: impl FnMut(usize, &'a [u8]) -> Result<(), What>,
) {
    for (at, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let taken = match line.strip_suffix(b"\n") {
            Some(line) if line.trim_ascii().is_empty() => Ok(()),
            Some(line) => take(at + 1, line),
            None => Err("the text ends within this line"),
        };
        if let Err(what) = taken {
            bad.push(at + 1, what, line.strip_suffix(b"\n").unwrap_or(line));
        }
    }
}

/// `text` as characters.
pub(super) fn utf8(text: &[u8]) -> Result<&str, What> {
    str::from_utf8(text).map_err(|_| "it is not UTF-8 text")
}

/// A number in decimal.
pub(super) fn number(word: Option<&str>) -> Result<u64, What> {
    number_in(word, 10)
}

/// A number in hexadecimal.
pub(super) fn hexadecimal(word: Option<&str>) -> Result<u64, What> {
    number_in(word, 16)
}

fn number_in(word: Option<&str>, radix: u32) -> Result<u64, What> {
    let word = word.ok_or("a number is missing")?;
    // `from_str_radix` takes a sign as well.
    if word.is_empty() || !word.bytes().all(|it| char::from(it).is_digit(radix)) {
        return Err("what should be a number is none");
    }
    u64::from_str_radix(word, radix).map_err(|_| "a number is too large")
}

/// A number in decimal of a smaller type.
pub(super) fn small<T: TryFrom<u64>>(word: Option<&str>) -> Result<T, What> {
    T::try_from(number(word)?).map_err(|_| "a number is too large")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_told_and_its_neighbors_are_read() {
        let mut bad = BadLines::default();
        let mut read = Vec::new();
        each_line(b"1\n\nx\n\xff\n99999999999999999999\n+7\n2\n34", &mut bad, |_, line| {
            read.push(number(Some(line))?);
            Ok(())
        });
        assert_eq!(read, [1, 2]);
        let told: Vec<String> = bad.kept().iter().map(BadLine::to_string).collect();
        let expected = [
            "line 3: what should be a number is none: \"x\"",
            "line 4: it is not UTF-8 text: \"\u{fffd}\"",
            "line 5: a number is too large: \"99999999999999999999\"",
            "line 6: what should be a number is none: \"+7\"",
            "line 8: the text ends within this line: \"34\"",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_text_of_bad_lines_takes_little_memory() {
        let mut bad = BadLines::default();
        let text = [&[b'x'; 1000][..], b"\n"].concat().repeat(1000);
        each_line(&text, &mut bad, |_, line| number(Some(line)).map(|_| ()));
        assert_eq!(
            (bad.n_lines(), bad.kept().len(), bad.kept()[0].text.len()),
            (1000, KEPT, SHOWN)
        );
    }
}
