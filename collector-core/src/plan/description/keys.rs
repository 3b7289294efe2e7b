//! Reads the keys of a JSON object one at a time, so that an error names the key and its place.

use serde_json::{Map, Value};

use super::DescriptionFault;

/// Most elements of a list in a description.
const MAX_ELEMENTS: usize = 1024;

/// One object of a description, or an element of a list, and where it stands.
#[derive(Debug)]
pub(super) struct Keys<'a> {
    value: &'a Value,
    map: Option<&'a Map<String, Value>>,
    place: String,
}

impl<'a> Keys<'a> {
    /// The description itself.
    pub(super) fn root(value: &'a Value) -> Result<Self, DescriptionFault> {
        match value {
            Value::Object(map) => Ok(Keys { value, map: Some(map), place: String::new() }),
            other => Err(DescriptionFault::Key {
                key: "the whole".to_owned(),
                is: shown(other),
                must: "a JSON object",
            }),
        }
    }

    /// A copy of the value as it is.
    pub(super) fn value(&self) -> Value {
        self.value.clone()
    }

    /// The value of `key` as `read` gives it; absent or `null` is `None`.
    pub(super) fn maybe<T>(
        &self,
        key: &str,
        must: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, DescriptionFault> {
        let Some(map) = self.map else {
            return Err(DescriptionFault::Key {
                key: self.place.clone(),
                is: shown(self.value),
                must: "a JSON object",
            });
        };
        let Some(value) = map.get(key).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        match read(value) {
            Some(read) => Ok(Some(read)),
            None => Err(DescriptionFault::Key { key: self.at(key), is: shown(value), must }),
        }
    }

    /// As [`Keys::maybe`], for a key that must be there.
    pub(super) fn needed<T>(
        &self,
        key: &str,
        must: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, DescriptionFault> {
        self.maybe(key, must, read)?
            .ok_or_else(|| DescriptionFault::Lacks { key: self.at(key), must })
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, DescriptionFault> {
        self.maybe(key, "a text", |value| value.as_str().map(str::to_owned))
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, DescriptionFault> {
        Ok(self.maybe(key, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<u64>, DescriptionFault> {
        self.maybe(key, "a whole number, 0 or more", Value::as_u64)
    }

    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, DescriptionFault> {
        self.list(key, |element| match element.value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(DescriptionFault::Key {
                is: shown(element.value),
                key: element.place,
                must: "a text",
            }),
        })
    }

    /// The object at `key`.
    pub(super) fn object(&self, key: &str) -> Result<Option<Keys<'a>>, DescriptionFault> {
        let place = self.at(key);
        self.maybe(key, "a JSON object", |value| {
            Some(Keys { value, map: Some(value.as_object()?), place })
        })
    }

    /// The elements of the list at `key`, each as `read` gives it; absent is empty.
    pub(super) fn list<T>(
        &self,
        key: &str,
        read: impl Fn(Keys<'a>) -> Result<T, DescriptionFault>,
    ) -> Result<Vec<T>, DescriptionFault> {
        let elements = self.maybe(key, "a list of at most 1024 elements", |value| {
            value.as_array().filter(|elements| elements.len() <= MAX_ELEMENTS)
        })?;
        let elements = elements.map_or(&[][..], Vec::as_slice).iter().enumerate();
        elements
            .map(|(index, value)| {
                let place = format!("{}[{index}]", self.at(key));
                read(Keys { value, map: value.as_object(), place })
            })
            .collect()
    }

    fn at(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }
}

/// A value, short enough for a message.
fn shown(value: &Value) -> String {
    const MAX_CHARS: usize = 60;
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => {
            let text = other.to_string();
            let mut short: String = text.chars().take(MAX_CHARS).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            short
        }
    }
}
