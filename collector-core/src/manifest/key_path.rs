//! The way from the top of a manifest to one of its values: `collectors[3].config.profiles[0]`.
//!
//! A path says nothing about lines and columns; `places` knows those.

use std::fmt;

/// Most characters of a key in a message.
const MAX_SHOWN: usize = 64;

/// The way from the top of a manifest to one of its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct KeyPath(Vec<Step>);

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into an item of a list, from 0.
    Index(usize),
}

impl KeyPath {
    /// The whole manifest.
    #[must_use]
    pub fn root() -> Self {
        KeyPath::default()
    }

    /// The path of the configuration of the collector with this index in the manifest.
    #[must_use]
    pub fn config(collector_index: usize) -> Self {
        KeyPath::root().key("collectors").index(collector_index).key("config")
    }

    /// This path and one key more.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.with(&[Step::Key(key.into())])
    }

    /// This path and the index of an item more.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(&[Step::Index(index)])
    }

    /// The steps, from the top.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// This path and these steps more.
    #[must_use]
    pub fn with(&self, steps: &[Step]) -> Self {
        KeyPath([&self.0, steps].concat())
    }

    /// Reads a path as `serde_yaml` writes it in its messages. Keys there are ours, so none holds
    /// a dot or a bracket; what does not fit is taken as a key.
    pub(super) fn from_serde(text: &str) -> Self {
        let mut path = KeyPath::root();
        for part in text.split('.').filter(|it| !it.is_empty()) {
            let (key, indices) = part.split_once('[').unwrap_or((part, ""));
            if !key.is_empty() {
                path = path.key(key);
            }
            for index in indices.split('[').filter_map(|it| it.strip_suffix(']')) {
                match index.parse() {
                    Ok(index) => path = path.index(index),
                    Err(_) => path = path.key(index),
                }
            }
        }
        path
    }
}

impl fmt::Display for KeyPath {
    /// Writes `a.b[2]`; a key that would be misread stands as `["odd key"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(item) => write!(f, "[{item}]")?,
                Step::Key(key) if !is_plain(key) => {
                    let start: String = key.chars().take(MAX_SHOWN).collect();
                    let rest = if start.len() < key.len() { "…" } else { "" };
                    write!(f, "[{start:?}{rest}]")?;
                }
                Step::Key(key) if index == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    (1..=MAX_SHOWN).contains(&key.len())
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_people_say_them() {
        let path = KeyPath::config(3).key("profiles").index(0).key("odd key");
        assert_eq!(path.to_string(), r#"collectors[3].config.profiles[0]["odd key"]"#);
        assert_eq!(KeyPath::root().to_string(), "");
    }

    #[test]
    fn paths_of_serde_are_read_back() {
        let path = KeyPath::root().key("collectors").index(3).key("limits").key("timeout");
        assert_eq!(KeyPath::from_serde("collectors[3].limits.timeout"), path);
    }
}
