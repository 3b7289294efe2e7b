//! Which processes a manifest asks for.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// The kernel keeps so many bytes of a program's name.
const COMMAND_BYTES: usize = 15;

/// One entry of `processes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selector {
    /// The process of that id.
    Pid(u32),
    /// Those whose command name fits; `*` stands for any bytes.
    Name(String),
}

impl Selector {
    fn new(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(
                "a process is named by a pid or a command name, not by an empty text".into()
            );
        }
        Ok(text.parse().map_or_else(|_| Selector::Name(text.to_owned()), Selector::Pid))
    }

    /// Whether it means this process.
    pub(crate) fn fits(&self, pid: u32, command: &[u8]) -> bool {
        match self {
            Selector::Pid(it) => *it == pid,
            Selector::Name(name) if name.contains('*') => fits_glob(name.as_bytes(), command),
            // A longer name is meant as the program's whole name, of which the kernel has the start.
            Selector::Name(name) => {
                let name = name.as_bytes();
                name == command || name.get(..COMMAND_BYTES).is_some_and(|start| start == command)
            }
        }
    }
}

/// Whether all of `text` fits `glob`, in time of their product at most.
fn fits_glob(glob: &[u8], text: &[u8]) -> bool {
    let mut parts = glob.split(|byte| *byte == b'*');
    // Splitting gives one part at least; the first and last are bound to the ends.
    let first = parts.next().unwrap_or(&[]);
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts.filter(|part| !part.is_empty()) {
        let Some(at) = rest.windows(part.len()).position(|window| window == part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selector::Pid(pid) => write!(f, "{pid}"),
            Selector::Name(name) => f.write_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for Selector {
    /// A text or a number, because YAML reads a pid without quotes as a number.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrPid;

        impl Visitor<'_> for TextOrPid {
            type Value = Selector;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a pid or a command name")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Selector, E> {
                Selector::new(text).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, pid: u64) -> Result<Selector, E> {
                let out_of_range = |_| E::invalid_value(de::Unexpected::Unsigned(pid), &self);
                u32::try_from(pid).map(Selector::Pid).map_err(out_of_range)
            }
        }

        deserializer.deserialize_any(TextOrPid)
    }
}

impl JsonSchema for Selector {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Selector".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "minLength": 1, "minimum": 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::Selector;

    #[track_caller]
    fn check(selector: &str, fitting: &[&str], others: &[&str]) {
        let selector = Selector::new(selector).expect("not empty");
        for name in fitting {
            assert!(selector.fits(4242, name.as_bytes()), "{selector} fits {name}");
        }
        for name in others {
            assert!(!selector.fits(4242, name.as_bytes()), "{selector} does not fit {name}");
        }
    }

    #[test]
    fn names_are_compared_as_the_kernel_keeps_them() {
        check("dolt", &["dolt"], &["dolt2", "ydolt", "DOLT", ""]);
        check("prometheus-node-exporter", &["prometheus-node"], &["prometheus", "prometheus-nod"]);
        check("kworker/u4:2-events", &["kworker/u4:2-events"], &[]);
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        check("*", &["", "dolt"], &[]);
        check("java*", &["java", "java11"], &["xjava"]);
        check("*sql*d", &["mysqld", "sqld", "mysql-sql-d"], &["mysql", "mysqldx"]);
        check("a*a", &["aa", "aba"], &["a", "ab"]);
        check("a**b", &["ab", "axb"], &["a"]);
        check("a*bc*c", &["abcc", "abcbcc"], &["abc"]);
    }

    #[test]
    fn digits_are_a_pid() {
        check("4242", &["anything"], &[]);
        check("4243", &[], &["4243"]);
        assert_eq!(
            serde_json::from_str::<Vec<Selector>>(r#"[4242, "4242", "dolt"]"#).expect("valid"),
            [Selector::Pid(4242), Selector::Pid(4242), Selector::Name("dolt".into())]
        );
        for wrong in ["[\"\"]", "[-1]", "[99999999999]", "[true]"] {
            assert!(serde_json::from_str::<Vec<Selector>>(wrong).is_err(), "{wrong}");
        }
    }
}
