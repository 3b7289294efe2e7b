//! A manifest that runs the plugin, to copy and change.

use serde_json::{Map, Value};

use super::kind::{branches, is_null};
use crate::plan::Description;
use crate::plan::config::{self, parts};
use crate::plan::shown::plain;

/// Deepest nesting of a placeholder.
const MAX_DEPTH: usize = 8;
/// What stands where only the user knows the value.
const PLACEHOLDER: &str = "CHANGE-ME";

/// The lines of the manifest, which `collector check` takes. Its configuration is nothing where the defaults are enough and the
/// author's first example is none, else the first example that fits the schema; without one, a
/// placeholder for each option that must be there, which a comment says.
pub(super) fn manifest(asked: &str, about: &Description) -> Vec<String> {
    let fits = |config: &Value| config::complete(&about.config_schema, config).is_ok();
    let mut lines = ["version: 1", "collectors:"].map(str::to_owned).to_vec();
    lines.push(format!("  - plugin: {}", scalar(asked)));
    let config = match about.examples.iter().find(|example| fits(example)) {
        Some(example) => example.clone(),
        None if fits(&Value::Null) => return lines,
        None if config::check_schema(&about.config_schema).is_err() => {
            lines.push("    # the schema of its configuration cannot be used".to_owned());
            return lines;
        }
        None => {
            lines.push("    # placeholders: put your own values in their place".to_owned());
            placeholder(&about.config_schema, &about.config_schema, 0)
        }
    };
    if config.as_object().is_none_or(Map::is_empty) {
        return lines;
    }
    // JSON on one line is YAML too, but nobody wants to edit that.
    match serde_yaml::to_string(&config) {
        Ok(yaml) => {
            lines.push("    config:".to_owned());
            lines.extend(yaml.lines().map(|line| format!("      {}", plain(line))));
        }
        Err(_) => lines.push(format!("    config: {}", plain(&config.to_string()))),
    }
    lines
}

/// A value of the form `schema`, as small as it may be, with what must be there.
fn placeholder(root: &Value, schema: &Value, depth: usize) -> Value {
    let option = parts(root, schema);
    let first = |key: &str| option.iter().find_map(|part| part.get(key));
    let known = first("default").or_else(|| first("const")).or_else(|| first("enum")?.get(0));
    if let Some(value) = known {
        return value.clone();
    }
    let form = branches(&option).flatten().find(|form| !is_null(form));
    if let Some(form) = form.filter(|_| depth < MAX_DEPTH) {
        return placeholder(root, form, depth + 1);
    }
    let number = |key: &str| first(key).and_then(Value::as_u64).unwrap_or(0);
    let kind = option.iter().find_map(|part| match part.get("type")? {
        Value::Array(kinds) => kinds.first()?.as_str(),
        kind => kind.as_str(),
    });
    match kind {
        Some("integer" | "number") => first("minimum").cloned().unwrap_or_else(|| 0.into()),
        Some("boolean") => false.into(),
        Some("array") if depth < MAX_DEPTH && number("minItems") > 0 => {
            let items = first("items").unwrap_or(&Value::Null);
            vec![placeholder(root, items, depth + 1)].into()
        }
        Some("array") => Value::Array(Vec::new()),
        Some("object") | None if depth < MAX_DEPTH => {
            let properties =
                || option.iter().filter_map(|part| part.get("properties")?.as_object()).flatten();
            let required = option.iter().filter_map(|part| part.get("required")?.as_array());
            let keys: Vec<&str> = required.flatten().filter_map(Value::as_str).collect();
            if kind.is_none() && keys.is_empty() {
                return PLACEHOLDER.into();
            }
            let value = |key: &str| {
                let property = properties().find(|(name, _)| *name == key);
                property.map_or(PLACEHOLDER.into(), |it| placeholder(root, it.1, depth + 1))
            };
            Value::Object(keys.iter().map(|key| ((*key).to_owned(), value(key))).collect())
        }
        _ => PLACEHOLDER.into(),
    }
}

/// A text as a YAML scalar.
fn scalar(text: &str) -> String {
    let text = plain(text);
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if is_plain { text } else { format!("{text:?}") }
}
