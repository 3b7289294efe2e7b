//! A number of bytes, as people write it in a manifest and read it in a message.

use std::fmt;
use std::str::FromStr;

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(pub u64);

/// The units a size may be written in, largest first, with their number of bytes.
const UNITS: &[(&str, u64)] = &[
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

/// A text that is not a size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a size; write a whole number with one of B, kB, KiB, MB, MiB, GB, GiB, TB, TiB, such as 256MiB"
)]
pub struct BytesError {
    /// The text as it was given.
    pub text: String,
}

impl FromStr for Bytes {
    type Err = BytesError;

    /// Reads a whole number and its unit, such as `256MiB`; a plain number counts bytes.
    fn from_str(text: &str) -> Result<Self, BytesError> {
        let error = || BytesError { text: text.to_owned() };
        let digits_end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(digits_end);
        let count: u64 = digits.parse().map_err(|_| error())?;
        let unit = unit.trim_start();
        let factor = match unit {
            "" => 1,
            _ => UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(error)?.1,
        };
        count.checked_mul(factor).map(Bytes).ok_or_else(error)
    }
}

impl fmt::Display for Bytes {
    /// Shows three significant figures in binary units: `1.25 MiB`, `812 B`.
    #[expect(clippy::cast_precision_loss, reason = "three figures are shown")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((unit, size)) = UNITS[..4].iter().find(|(_, size)| self.0 >= *size) else {
            return write!(f, "{} B", self.0);
        };
        let value = self.0 as f64 / *size as f64;
        let decimals = if value >= 100.0 {
            0
        } else if value >= 10.0 {
            1
        } else {
            2
        };
        write!(f, "{value:.decimals$} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_units() {
        assert_eq!("256MiB".parse(), Ok(Bytes(256 << 20)));
        assert_eq!("2 GB".parse(), Ok(Bytes(2_000_000_000)));
        assert_eq!("17".parse(), Ok(Bytes(17)));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MiB", "1.5GiB", "-1B", "1 mib", "99999999999999999999", "16777216TiB"] {
            assert!(text.parse::<Bytes>().is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_with_three_figures() {
        let shown: Vec<String> =
            [812, 1_310_720, 256 << 20, 3 << 40].map(|n| Bytes(n).to_string()).into();
        assert_eq!(shown, ["812 B", "1.25 MiB", "256 MiB", "3.00 TiB"]);
    }
}
