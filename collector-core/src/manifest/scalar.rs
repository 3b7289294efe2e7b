//! Durations and sizes as a manifest writes them, checked where they are read, so that the place
//! of a bad one comes from the YAML parser.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::units::{Bytes, format_duration, parse_duration};

/// A duration such as `10s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval(pub(super) Duration);

/// A size such as `256MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(pub(super) Bytes);

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IntervalVisitor;
        impl Visitor<'_> for IntervalVisitor {
            type Value = Interval;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as 10s, 5m or 1h30m")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Interval, E> {
                if text.is_empty() {
                    return Err(E::custom("expected a duration such as 10s, found nothing"));
                }
                parse_duration(text).map(Interval).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(IntervalVisitor)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SizeVisitor;
        impl Visitor<'_> for SizeVisitor {
            type Value = Size;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size such as 256MiB")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
                if text.is_empty() {
                    return Err(E::custom("expected a size such as 256MiB, found nothing"));
                }
                text.parse().map(Size).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(SizeVisitor)
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format_duration(self.0))
    }
}

impl Serialize for Size {
    /// Writes the exact number in the largest binary unit that divides it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Bytes(n) = self.0;
        let units = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
        let (unit, size) = units
            .into_iter()
            .find(|(_, size)| n >= *size && n.is_multiple_of(*size))
            .unwrap_or(("B", 1));
        serializer.serialize_str(&format!("{}{unit}", n / size))
    }
}

impl JsonSchema for Interval {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Whole numbers with w, d, h, m, s or ms, largest first: 10s, 5m, 1h30m.",
            "pattern": "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
            "minLength": 2,
        })
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "description": "A whole number with its unit, such as 256MiB; without one, bytes.",
            "pattern": "^[0-9]+ *(B|kB|KiB|MB|MiB|GB|GiB|TB|TiB)?$",
            "minimum": 0,
        })
    }
}
