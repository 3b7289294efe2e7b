//! Bytes from a server, made fit for a message.

/// Most bytes of an answer that a message quotes.
const EXCERPT_BYTES: usize = 200;

/// The first bytes of an answer in quotes: at most 200, with what is not printable ASCII escaped,
/// so that a page in a message cannot forge a line of a log or a terminal's title.
#[must_use]
pub fn excerpt(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(EXCERPT_BYTES)];
    let mut text = String::with_capacity(shown.len() + 8);
    text.push('"');
    for &byte in shown {
        match byte {
            b'\'' | b'"' => text.push(char::from(byte)),
            _ => text.extend(byte.escape_ascii().map(char::from)),
        }
    }
    text.push('"');
    if bytes.len() > EXCERPT_BYTES {
        text.push_str(" and more");
    }
    text
}
