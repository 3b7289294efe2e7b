//! An entry for a manifest that runs the plugin, to copy and change.

use serde_json::{Map, Value};

use crate::plan::inspect::PluginFile;
use crate::plan::shown::plain;

/// The lines of the entry. Its configuration is the author's first example; without one, a
/// placeholder for each option that must be there.
pub(super) fn entry(asked: &str, found: &PluginFile) -> Vec<String> {
    let about = &found.description;
    let mut lines = vec!["collectors:".to_owned(), format!("  - plugin: {}", scalar(asked))];
    let config = about
        .examples
        .first()
        .cloned()
        .or_else(|| Some(Value::Object(required(&about.config_schema)?)));
    let has_config =
        config.as_ref().is_some_and(|it| it.as_object().is_some_and(|it| !it.is_empty()));
    if let Some(config) = config.filter(|_| has_config) {
        // JSON on one line is YAML too, but nobody wants to edit that.
        match serde_yaml::to_string(&config) {
            Ok(yaml) => {
                lines.push("    config:".to_owned());
                lines.extend(yaml.lines().map(|line| format!("      {}", plain(line))));
            }
            Err(_) => lines.push(format!("    config: {}", plain(&config.to_string()))),
        }
    }
    lines
}

/// The required options of a schema, with the name of their type for a value.
fn required(schema: &Value) -> Option<Map<String, Value>> {
    let keys = schema.get("required")?.as_array()?;
    let value = |key: &str| {
        let property = schema.get("properties").and_then(|it| it.get(key));
        match property.and_then(|it| it.get("type")).and_then(Value::as_str) {
            Some("integer" | "number") => Value::from(0),
            Some("boolean") => Value::from(false),
            Some("array") => Value::Array(Vec::new()),
            _ => Value::from("..."),
        }
    };
    Some(keys.iter().filter_map(Value::as_str).map(|key| (key.to_owned(), value(key))).collect())
}

/// A text as a YAML scalar.
fn scalar(text: &str) -> String {
    let text = plain(text);
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if is_plain { text } else { format!("{text:?}") }
}
