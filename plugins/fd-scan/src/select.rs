//! Which processes are wanted: by id, or by name with `*`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// The kernel's `TASK_COMM_LEN` less the NUL.
const COMMAND_BYTES: usize = 15;

/// One entry of `processes`. A text of digits is a process id, because a variable of the
/// manifest, `${PID}`, arrives as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Selector {
    Pid(u32),
    Command(String),
}

impl Selector {
    fn takes_command(&self, command: &[u8]) -> bool {
        match self {
            Selector::Pid(_) => false,
            Selector::Command(glob) if glob.contains('*') => matches(glob.as_bytes(), command),
            Selector::Command(name) => {
                let name = name.as_bytes();
                &name[..name.len().min(COMMAND_BYTES)] == command
            }
        }
    }
}

/// The entries of `processes` together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selection<'a>(pub(crate) &'a [Selector]);

impl Selection<'_> {
    /// Whether the process may be wanted, before its command is known.
    pub(crate) fn may_take(self, pid: u32) -> bool {
        self.takes_pid(pid) || self.0.iter().any(|it| matches!(it, Selector::Command(_)))
    }

    /// Whether the process is wanted.
    pub(crate) fn takes(self, pid: u32, command: &[u8]) -> bool {
        self.takes_pid(pid) || self.0.iter().any(|it| it.takes_command(command))
    }

    fn takes_pid(self, pid: u32) -> bool {
        self.0.is_empty() || self.0.contains(&Selector::Pid(pid))
    }
}

/// Whether `text` is `glob`, where `*` stands for any bytes, also none.
fn matches(glob: &[u8], text: &[u8]) -> bool {
    let mut parts = glob.split(|byte| *byte == b'*');
    let first = parts.next().unwrap_or(glob);
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts.filter(|part| !part.is_empty()) {
        // The leftmost place leaves most for the parts that follow.
        match rest.windows(part.len()).position(|window| window == part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
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
        Ok(text.parse().map_or_else(|_| Selector::Command(text.to_owned()), Selector::Pid))
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
        json_schema!({ "type": ["integer", "string"], "minimum": 0, "minLength": 1 })
    }
}

#[cfg(test)]
mod tests;
