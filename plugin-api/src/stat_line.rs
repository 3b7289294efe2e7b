//! The line of `/proc/PID/stat`, taken apart; see proc_pid_stat(5). What the fields mean is the
//! reader's business.

/// The command, and the fields after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatLine<'t> {
    /// The name of the command, at most 15 bytes for a program. It may hold any byte.
    pub command: &'t [u8],
    rest: &'t [u8],
}

impl<'t> StatLine<'t> {
    /// Finds the command in `line`; `None` if there is none.
    #[must_use]
    pub fn parse(line: &'t [u8]) -> Option<Self> {
        // The name may itself have parentheses and spaces; no later field has.
        let open = line.iter().position(|byte| *byte == b'(')?;
        let close = line.iter().rposition(|byte| *byte == b')')?;
        let command = line.get(open + 1..close)?;
        Some(StatLine { command, rest: line[close + 1..].trim_ascii() })
    }

    /// The field `number`, from 3, as the manual page counts; `None` if the line ends before it.
    #[must_use]
    pub fn field(&self, number: usize) -> Option<&'t [u8]> {
        let field = self.rest.split(|byte| *byte == b' ').nth(number.checked_sub(3)?)?;
        (!field.is_empty()).then_some(field)
    }

    /// The field `number` as a number; `None` if it is missing or negative.
    #[must_use]
    pub fn number(&self, number: usize) -> Option<u64> {
        std::str::from_utf8(self.field(number)?).ok()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::StatLine;

    #[test]
    fn the_command_may_hold_anything() {
        for name in ["dolt", "tmux: server", "a) R 1 (b", ") R 1 (", "((", "new\nline", ""] {
            let text = format!("7 ({name}) S 1 -2 31\n");
            let line = StatLine::parse(text.as_bytes()).expect(name);
            assert_eq!(line.command, name.as_bytes());
            assert_eq!(line.field(3), Some(&b"S"[..]));
            assert_eq!(line.field(6), Some(&b"31"[..]));
            assert_eq!((line.number(4), line.number(5), line.number(6)), (Some(1), None, Some(31)));
            assert_eq!((line.field(2), line.field(7)), (None, None));
        }
    }

    #[test]
    fn another_text_has_no_command() {
        for text in ["", "7", "7 (a", ") (", "7 a) S", ")("] {
            assert_eq!(StatLine::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(StatLine::parse(b"7 (a)").and_then(|it| it.field(3)), None);
    }
}
