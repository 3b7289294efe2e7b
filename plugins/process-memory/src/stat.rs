//! The few fields of `/proc/PID/stat` that decide what is read: see proc_pid_stat(5).
//!
//! The text is stored whether or not it is understood here.

use plugin_api::StatLine;

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
        let line = StatLine::parse(text)?;
        let (virtual_bytes, resident_pages) = (line.number(23)?, line.number(24)?);
        Some(Stat { command: line.command, virtual_bytes, resident_pages })
    }
}

#[cfg(test)]
mod tests {
    use super::Stat;

    #[test]
    fn sizes_are_the_fields_after_the_start_time() {
        let text = b"7 (dolt) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 31 4096000 12 18\n";
        let stat = Stat { command: b"dolt", virtual_bytes: 4_096_000, resident_pages: 12 };
        assert_eq!(Stat::parse(text), Some(stat));
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
