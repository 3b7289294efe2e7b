//! Durations written as Prometheus writes them: `500ms`, `10s`, `1h30m`.

use std::time::Duration;

/// The units of a duration, largest first, with their milliseconds. The order is the order in
/// which they must be written, as in Prometheus.
const UNITS: &[(&str, u64)] = &[
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a duration; write whole numbers with w, d, h, m, s or ms, largest first, such as 10s, 5m or 1h30m"
)]
pub struct DurationError {
    /// The text as it was given.
    pub text: String,
}

/// Reads a duration such as `1h30m`.
///
/// # Errors
///
/// Whatever is not whole numbers, each with a unit, largest unit first and none twice; and what
/// does not fit 64 bits of milliseconds.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let error = || DurationError { text: text.to_owned() };
    let mut rest = text;
    let mut units = UNITS;
    let mut total_ms = 0u64;
    while !rest.is_empty() {
        let digits_end = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
        let count: u64 = rest[..digits_end].parse().map_err(|_| error())?;
        rest = &rest[digits_end..];
        let unit_end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let index =
            units.iter().position(|(name, _)| *name == &rest[..unit_end]).ok_or_else(error)?;
        let added = count.checked_mul(units[index].1).ok_or_else(error)?;
        total_ms = total_ms.checked_add(added).ok_or_else(error)?;
        units = &units[index + 1..];
        rest = &rest[unit_end..];
    }
    if text.is_empty() { Err(error()) } else { Ok(Duration::from_millis(total_ms)) }
}

/// Writes a duration as [`parse_duration`] reads it, to the millisecond.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let mut left = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (name, size) in UNITS {
        if left >= *size {
            text.push_str(&format!("{}{name}", left / size));
            left %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_survive_being_written_and_read() {
        for text in ["10s", "5m", "1h30m", "500ms", "1w2d3h4m5s6ms", "0s"] {
            let read = parse_duration(text).expect(text);
            assert_eq!(format_duration(read), text);
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "10", "s", "5s1m", "1s1s", "1.5s", "-1s", "10 s", "99999999999999999w"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
