//! Foreign text for a terminal: on one line, and without what could steer it.

/// The most characters that [`short`] shows: what the writer puts into one message.
const MAX_CHARS: usize = 2000;

/// `text` on one line and without control characters, which could steer a terminal.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => plain.push(' '),
            c if c.is_control() => plain.extend(c.escape_unicode()),
            // Ends of lines that are no control characters, and marks that reorder the text around
            // them.
            c @ ('\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                plain.extend(c.escape_unicode());
            }
            c => plain.push(c),
        }
    }
    plain
}

/// As [`plain`], and cut after 2000 characters.
#[must_use]
pub fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => format!("{}…", plain(&text[..at])),
        None => plain(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_spelled_out() {
        let said = plain("a\u{1b}[2Jb\rc\u{9b}1md\0e\u{202e}f\u{7f}g\nh\ti\u{2028}");
        assert_eq!(said, r"a\u{1b}[2Jb\u{d}c\u{9b}1md\u{0}e\u{202e}f\u{7f}g h i\u{2028}");
    }

    #[test]
    fn a_text_without_end_is_cut() {
        assert_eq!(short(&"ä".repeat(2000)), "ä".repeat(2000));
        assert_eq!(short(&"ä".repeat(2001)), format!("{}…", "ä".repeat(2000)));
    }
}
