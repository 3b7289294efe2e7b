//! A moment, to the millisecond, as every JSON file of a bundle writes it.
//!
//! It holds no more than it writes, so that what is read back equals what was written.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment in UTC, cut to the millisecond; written `2026-11-23T02:45:12.123Z` (RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// `at`, cut to the millisecond.
    #[must_use]
    pub fn new(at: DateTime<Utc>) -> Self {
        // Only a moment outside the range of 64-bit nanoseconds (the years 1677 to 2262) cannot
        // be cut; it keeps its digits, which are not written.
        Timestamp(at.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(at))
    }

    /// The moment.
    #[must_use]
    pub fn date_time(self) -> DateTime<Utc> {
        self.0
    }

    /// Whole seconds since 1970, and 0 for a clock that stands before it.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        u64::try_from(self.0.timestamp()).unwrap_or(0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        DateTime::parse_from_rfc3339(&text)
            .map(|at| Timestamp::new(at.to_utc()))
            .map_err(|why| de::Error::custom(format!("`{text}` is not an RFC 3339 time: {why}")))
    }
}

impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "A moment in UTC with milliseconds (RFC 3339)."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_being_written_and_read() {
        let at = DateTime::from_timestamp(1_795_401_912, 123_456_789).expect("a moment");
        let written = serde_json::to_string(&Timestamp::new(at)).expect("JSON");
        assert_eq!(written, "\"2026-11-23T02:45:12.123Z\"");
        let read: Timestamp = serde_json::from_str(&written).expect("a moment");
        assert_eq!(read, Timestamp::new(at));
    }

    #[test]
    fn another_time_zone_is_the_same_moment() {
        let read: Timestamp =
            serde_json::from_str("\"2026-11-23T03:45:12.123+01:00\"").expect("ok");
        assert_eq!(read.to_string(), "2026-11-23T02:45:12.123Z");
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
    }
}
