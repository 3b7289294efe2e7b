//! `buffer_total_size_kb` of tracefs: what the kernel's tracer keeps its records in, on all
//! processors. Until somebody traces it is small, and the size it is to have stands in brackets.

use super::line::{BadLines, Read, each_line, number};
use crate::units::Bytes;

/// The buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TracingBuffer {
    /// Its size now.
    pub size: Bytes,
}

/// Reads the text; `None`: no line of it could be read.
#[must_use]
pub fn read(text: &[u8]) -> Read<Option<TracingBuffer>> {
    let mut bad = BadLines::default();
    let mut buffer = None;
    each_line(text, &mut bad, |_, line| {
        if buffer.is_some() {
            return Err("there is more than one line");
        }
        let kib = number(line.split_ascii_whitespace().next())?;
        buffer =
            Some(TracingBuffer { size: Bytes(kib.checked_mul(1024).ok_or("it is too large")?) });
        Ok(())
    });
    Read { value: buffer, bad }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_now() {
        for (text, expected) in [
            ("14 (expanded: 2816)\n", Some(14 << 10)),
            ("102400\n", Some(102_400 << 10)),
            ("many\n", None),
            ("18446744073709551615\n", None),
            ("14", None),
            ("", None),
        ] {
            let read = read(text.as_bytes());
            assert_eq!(read.value.map(|it| it.size.0), expected, "{text}");
            assert_eq!(read.bad.is_empty(), expected.is_some() || text.is_empty(), "{text}");
        }
        assert_eq!(read(b"1\n2\n").bad.n_lines(), 1);
    }
}
