//! The lines of `SHA256SUMS`, as `sha256sum` of coreutils writes and checks them.
//!
//! Coreutils escapes names with a backslash or a line feed in them; no [`super::EntryName`] has
//! either, so a line is always 64 hexadecimal digits, two spaces, the name, and a line feed.

/// The line for the file `path`, relative to the root, whose SHA-256 is `sha256` in hexadecimal.
#[must_use]
pub fn sums_line(sha256: &str, path: &str) -> String {
    format!("{sha256}  {path}\n")
}

/// A line that [`sums_line`] would not have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the line is not 64 hexadecimal digits, two spaces and a name")]
pub struct SumsLineError;

/// Takes a line, without its line feed, apart into SHA-256 and path.
///
/// # Errors
///
/// Whatever [`sums_line`] does not write.
pub fn parse_sums_line(line: &str) -> Result<(&str, &str), SumsLineError> {
    let (sha256, path) = line.split_once("  ").ok_or(SumsLineError)?;
    let is_hex = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    if sha256.len() == 64 && sha256.bytes().all(is_hex) && !path.is_empty() {
        Ok((sha256, path))
    } else {
        Err(SumsLineError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::hex;

    #[test]
    fn lines_survive_being_written_and_read() {
        let sha256 = hex(&[0xab; 32]);
        let line = sums_line(&sha256, "samples/x/meminfo/meminfo");
        assert_eq!(
            parse_sums_line(line.trim_end()),
            Ok((sha256.as_str(), "samples/x/meminfo/meminfo"))
        );
    }

    #[test]
    fn other_lines_are_refused() {
        let short = format!("{}  a", "0".repeat(63));
        let upper = format!("{}  a", "A".repeat(64));
        let nameless = format!("{}  ", "0".repeat(64));
        for line in ["", "abc  a", &short, &upper, &nameless] {
            assert_eq!(parse_sums_line(line), Err(SumsLineError), "{line}");
        }
    }
}
