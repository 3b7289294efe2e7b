//! Finds what looks like a secret, and puts `***` in its place.
//!
//! By names and by shape, so it errs on the side of masking and still cannot know every secret:
//! the promise to customers is "looks like one", and a file with the secret (`*_file` keys) is
//! the way to be sure.

mod known;
mod names;
mod text;

use serde_json::Value;

use super::variables::is_reference;

pub use known::Secrets;
use names::is_secret_name;
pub use text::mask_text;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// A copy of a configuration with its secrets masked.
pub(super) fn mask_config(config: &Value) -> Value {
    mask_and_find(config, &mut Vec::new())
}

/// A copy of a configuration with its secrets masked; each of them is added to `found`.
fn mask_and_find(config: &Value, found: &mut Vec<String>) -> Value {
    match config {
        Value::String(text) => Value::String(text::mask(text, found)),
        Value::Array(items) => {
            let mut masked: Vec<Value> = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                // `["--password", "x"]`, as the arguments of a command are written.
                let after_flag = index > 0
                    && items[index - 1].as_str().is_some_and(|it| {
                        it.starts_with('-') && !it.contains(['=', ' ']) && is_secret_name(it)
                    });
                masked.push(if after_flag {
                    mask_all(item, found)
                } else {
                    mask_and_find(item, found)
                });
            }
            Value::Array(masked)
        }
        Value::Object(entries) => {
            // `{name: PASSWORD, value: x}`, as variables and headers are often listed.
            let names_secret = ["name", "key", "header"]
                .iter()
                .filter_map(|it| entries.get(*it)?.as_str())
                .any(is_secret_name);
            let masked = entries.iter().map(|(key, value)| {
                let secret = is_secret_name(key) || (names_secret && key == "value");
                let mask = if secret { mask_all } else { mask_and_find };
                (key.clone(), mask(value, found))
            });
            Value::Object(masked.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => config.clone(),
    }
}

/// Masks every text and number below a secret's name. `true`, `false` and `null` only say whether
/// there is one.
fn mask_all(value: &Value, found: &mut Vec<String>) -> Value {
    match value {
        Value::String(text) => Value::String(mask_secret(text, found).to_owned()),
        Value::Number(number) => {
            found.push(number.to_string());
            Value::String(MASK.to_owned())
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| mask_all(item, found)).collect())
        }
        Value::Object(entries) => {
            let is_path = |key: &str| key.ends_with("_file") || key.ends_with("_path");
            let masked = entries.iter().map(|(key, value)| {
                let mask = if is_path(key) { mask_and_find } else { mask_all };
                (key.clone(), mask(value, found))
            });
            Value::Object(masked.collect())
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// The mask, unless `secret` only says which variables hold it, or there is none. What is masked
/// is added to `found`.
fn mask_secret<'a>(secret: &'a str, found: &mut Vec<String>) -> &'a str {
    if secret.is_empty() || is_reference(secret) {
        return secret;
    }
    found.push(secret.to_owned());
    MASK
}

#[cfg(test)]
mod tests;
