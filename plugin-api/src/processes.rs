//! The option that chooses processes, by id or by the name of the command, for the plugins that
//! read `/proc/PID`. It does not look for them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::glob;

/// The kernel's `TASK_COMM_LEN` less the NUL: so much it keeps of a program's name.
const COMMAND_BYTES: usize = 15;

/// The processes a manifest asks for: a list of [`Selector`], of which any one takes a process.
/// An empty list takes all.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Processes(Vec<Selector>);

impl Processes {
    /// Whether nothing was chosen, which takes every process.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was chosen, in the order of the manifest.
    pub fn iter(&self) -> std::slice::Iter<'_, Selector> {
        self.0.iter()
    }

    /// Whether the process may be taken, before its command is known.
    #[must_use]
    pub fn may_take(&self, pid: u32) -> bool {
        self.is_empty()
            || self.iter().any(|it| match it {
                Selector::Pid(wanted) => *wanted == pid,
                Selector::Name(_) => true,
            })
    }

    /// Whether the process is taken. `command` as in `/proc/PID/comm`, without a line feed.
    #[must_use]
    pub fn takes(&self, pid: u32, command: &[u8]) -> bool {
        self.is_empty() || self.iter().any(|it| it.fits(pid, command))
    }
}

impl<'p> IntoIterator for &'p Processes {
    type Item = &'p Selector;
    type IntoIter = std::slice::Iter<'p, Selector>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One entry of [`Processes`], a number or a text. A text of digits is a process id, because a
/// variable of the manifest, `${PID}`, arrives as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// The process of that id.
    Pid(u32),
    /// Those whose command has this name, or fits it as a [`glob`].
    Name(String),
}

impl Selector {
    /// Whether it means this process. `command` as in `/proc/PID/comm`, without a line feed.
    #[must_use]
    pub fn fits(&self, pid: u32, command: &[u8]) -> bool {
        match self {
            Selector::Pid(it) => *it == pid,
            Selector::Name(name) if glob::is_glob(name) => glob::fits(name.as_bytes(), command),
            // A longer name is a program's whole name, of which the kernel has the start; only
            // those of its own threads are longer.
            Selector::Name(name) => {
                let name = name.as_bytes();
                name == command || name.get(..COMMAND_BYTES).is_some_and(|start| start == command)
            }
        }
    }
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
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SelectorVisitor)
    }
}

struct SelectorVisitor;

impl Visitor<'_> for SelectorVisitor {
    type Value = Selector;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a process id or the name of a command")
    }

    fn visit_u64<E: de::Error>(self, pid: u64) -> Result<Selector, E> {
        u32::try_from(pid)
            .map(Selector::Pid)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(pid), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Selector, E> {
        if text.is_empty() {
            return Err(E::invalid_value(de::Unexpected::Str(text), &self));
        }
        Ok(text.parse().map_or_else(|_| Selector::Name(text.to_owned()), Selector::Pid))
    }
}

impl JsonSchema for Selector {
    fn schema_name() -> Cow<'static, str> {
        "Selector".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"], "minimum": 1, "minLength": 1 })
    }
}

#[cfg(test)]
mod tests;
