//! Ends the reading of JSON at a text that is longer than any the writer makes.
//!
//! `serde_json` keeps the text it reads, also one that nobody asked for, and a file of any length
//! can be one single text. This looks for the ends of texts and for nothing else: whether the JSON
//! is any good is not its business.

use std::io::{self, Read};

/// Bytes that one text, name or number may have.
const MAX_BYTES: usize = 1 << 20;

/// Passes `content` on.
pub(super) struct ShortTexts<R> {
    content: R,
    in_text: bool,
    /// The next byte of a text is no end of it, whatever it is.
    is_escaped: bool,
    /// Bytes since the last one that ends something.
    length: usize,
}

impl<R: Read> ShortTexts<R> {
    pub(super) fn new(content: R) -> Self {
        ShortTexts { content, in_text: false, is_escaped: false, length: 0 }
    }

    fn pass(&mut self, byte: u8) {
        let was_escaped = std::mem::take(&mut self.is_escaped);
        let is_end = match byte {
            _ if was_escaped => false,
            b'\\' => {
                self.is_escaped = self.in_text;
                false
            }
            b'"' => {
                self.in_text = !self.in_text;
                true
            }
            b',' | b':' | b'[' | b']' | b'{' | b'}' => !self.in_text,
            _ => false,
        };
        self.length = if is_end { 0 } else { self.length + 1 };
    }
}

impl<R: Read> Read for ShortTexts<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.content.read(buffer)?;
        for byte in &buffer[..n_read] {
            self.pass(*byte);
            if self.length > MAX_BYTES {
                let why = "it has a text of more than 1 MiB";
                return Err(io::Error::new(io::ErrorKind::InvalidData, why));
            }
        }
        Ok(n_read)
    }
}
