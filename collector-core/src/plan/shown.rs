//! Shows paths in messages: on one line, without control characters, not longer than a message
//! may be.

use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

pub use crate::units::plain;

/// Longest path that is shown whole.
const MAX_CHARS: usize = 200;

/// A path for a message. Bytes that are not UTF-8 and control characters are escaped, and of a
/// very long path the middle is left out.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a>(pub &'a Path);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for chunk in self.0.as_os_str().as_bytes().utf8_chunks() {
            text.push_str(&plain(chunk.valid()));
            text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        }
        let n_chars = text.chars().count();
        if n_chars <= MAX_CHARS {
            return f.write_str(&text);
        }
        let start: String = text.chars().take(MAX_CHARS / 2).collect();
        let end: String = text.chars().skip(n_chars - MAX_CHARS / 4).collect();
        write!(f, "{start}…({} characters)…{end}", n_chars - start.chars().count() - MAX_CHARS / 4)
    }
}
