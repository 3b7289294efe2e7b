//! The few fields of `/proc/PID/stat` that decide what is read: see proc_pid_stat(5).
//!
//! The text is stored whether or not it is understood here.

/// What of a process decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat<'t> {
    /// The command name, at most 15 bytes for a program. It may hold any byte.
    pub(crate) command: &'t [u8],
    /// Virtual memory in bytes; 0 for a kernel thread and a zombie, which have no address space.
    pub(crate) virtual_bytes: u64,
    /// Resident memory in pages of the kernel.
    pub(crate) resident_pages: u64,
}

impl<'t> Stat<'t> {
    /// Reads the text; `None` if it is not as described.
    pub(crate) fn parse(text: &'t [u8]) -> Option<Self> {
        // The name may itself have parentheses and spaces; no later field has.
        let open = text.iter().position(|byte| *byte == b'(')?;
        let close = text.iter().rposition(|byte| *byte == b')')?;
        let command = text.get(open + 1..close)?;
        // The field after the name is the third.
        let mut fields = std::str::from_utf8(&text[close + 1..]).ok()?.split_ascii_whitespace();
        let virtual_bytes = fields.nth(23 - 3)?.parse().ok()?;
        let resident_pages = fields.next()?.parse().ok()?;
        Some(Stat { command, virtual_bytes, resident_pages })
    }
}

#[cfg(test)]
mod tests {
    use super::Stat;

    #[test]
    fn the_name_may_hold_anything() {
        let stat = |name: &str| {
            format!("7 ({name}) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 31 4096000 12 18\n")
        };
        for name in ["dolt", "tmux: server", "a) R 1 (b", "(sd-pam)", ""] {
            let text = stat(name);
            let read = Stat::parse(text.as_bytes());
            let command = name.as_bytes();
            assert_eq!(read, Some(Stat { command, virtual_bytes: 4_096_000, resident_pages: 12 }));
        }
    }

    #[test]
    fn another_text_is_not_read() {
        for text in [
            "",
            "7",
            "7 (a",
            ") (",
            "7 (a)",
            "7 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 31 -1 12",
        ] {
            assert_eq!(Stat::parse(text.as_bytes()), None, "{text}");
        }
    }
}
