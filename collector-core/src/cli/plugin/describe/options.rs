//! The table of a plugin's options, from the JSON Schema of its configuration.

use serde_json::Value;

use crate::cli::plugin::list::aligned;
use crate::plan::config::parts;
use crate::plan::shown::plain;

/// Deepest nesting of options that is shown, and most options.
const MAX_DEPTH: usize = 8;
const MAX_OPTIONS: usize = 200;

/// A row for each option: name, type, default or `required`, bounds, meaning. A schema that
/// cannot be used has none, and says so.
pub(super) fn table(schema: &Value) -> Vec<String> {
    if let Err(error) = crate::plan::config::check_schema(schema) {
        return vec![error.to_string()];
    }
    let mut rows = Vec::new();
    add(schema, schema, "", 0, &mut rows);
    if rows.is_empty() { vec!["none".to_owned()] } else { aligned(&rows) }
}

fn add(root: &Value, schema: &Value, place: &str, depth: usize, rows: &mut Vec<[String; 5]>) {
    let here = parts(root, schema);
    let required: Vec<&str> = here
        .iter()
        .filter_map(|part| part.get("required")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = here.iter().filter_map(|part| part.get("properties")?.as_object()).flatten();
    for (key, property) in properties {
        if rows.len() >= MAX_OPTIONS || depth >= MAX_DEPTH {
            return;
        }
        let name = format!("{place}{}", plain(key));
        let parts = parts(root, property);
        let first = |key: &str| parts.iter().find_map(|part| part.get(key));
        let default = match first("default") {
            Some(value) => format!("default {}", plain(&value.to_string())),
            None if required.contains(&key.as_str()) => "required".to_owned(),
            None => "optional".to_owned(),
        };
        let meaning = first("description").and_then(Value::as_str).map_or(String::new(), plain);
        rows.push([name.clone(), kind(root, &parts), default, bounds(&parts), meaning]);
        add(root, property, &format!("{name}."), depth + 1, rows);
        if let Some(items) = first("items") {
            add(root, items, &format!("{name}[]."), depth + 1, rows);
        }
    }
}

/// The type of an option in one word or two.
fn kind(root: &Value, option: &[&Value]) -> String {
    let word = option.iter().find_map(|part| match part.get("type")? {
        Value::String(kind) => Some(kind.clone()),
        Value::Array(kinds) => {
            let names = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            Some(names.collect::<Vec<_>>().join(" or "))
        }
        _ => None,
    });
    let items = option.iter().find_map(|part| part.get("items"));
    match (word.as_deref(), items) {
        (Some("array"), Some(items)) => {
            let items = parts(root, items);
            let bounds = bounds(&items);
            let of = items.iter().find_map(|part| part.get("type")?.as_str()).unwrap_or("value");
            if bounds.is_empty() { format!("list of {of}") } else { format!("list ({bounds})") }
        }
        (Some(word), _) => plain(word),
        (None, _) => "value".to_owned(),
    }
}

/// What an option may be, beyond its type.
fn bounds(option: &[&Value]) -> String {
    const BOUNDS: &[(&str, &str)] = &[
        ("minimum", "from "),
        ("exclusiveMinimum", "above "),
        ("maximum", "to "),
        ("exclusiveMaximum", "below "),
        ("minLength", "at least characters: "),
        ("maxLength", "at most characters: "),
        ("minItems", "at least items: "),
        ("maxItems", "at most items: "),
        ("pattern", "matching "),
        ("format", "in the form of a "),
    ];
    let text = |value: &Value| plain(&value.as_str().map_or(value.to_string(), str::to_owned));
    let mut said = Vec::new();
    for part in option {
        if let Some(options) = part.get("enum").and_then(Value::as_array) {
            let options: Vec<String> = options.iter().map(text).collect();
            said.push(format!("one of {}", options.join(", ")));
        }
        for (key, words) in BOUNDS {
            said.extend(part.get(*key).map(|value| format!("{words}{}", text(value))));
        }
    }
    said.join(", ")
}
