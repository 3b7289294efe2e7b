//! The table of a plugin's options, from the JSON Schema of its configuration.

use serde_json::Value;

use super::kind::kind;
use super::wrapped;
use crate::plan::config::parts;
use crate::plan::shown::plain;

/// Deepest nesting of options that is shown, and most options.
const MAX_DEPTH: usize = 8;
const MAX_OPTIONS: usize = 200;

/// Two lines or more for each option: name, type, bounds, and default or `required`; then what it
/// means. Keys of an object have the object's name before them, those of the objects in a list
/// `name[].`, and those of an object with keys of the user's choice `name.KEY`. A schema that cannot
/// be used has none, and says so.
pub(super) fn table(schema: &Value) -> Vec<String> {
    if let Err(error) = crate::plan::config::check_schema(schema) {
        return wrapped("", &error.to_string());
    }
    let mut table = Table { root: schema, options: Vec::new(), n_left_out: 0 };
    table.add(schema, "", 0);
    if table.options.is_empty() && table.n_left_out == 0 {
        return vec!["none".to_owned()];
    }
    let lines = |option: &Row| {
        let head = wrapped(&format!("{}  ", option.name), &option.value);
        let meaning = option.meaning.as_ref().map_or(Vec::new(), |it| wrapped("    ", it));
        [head, meaning].concat()
    };
    let mut told: Vec<String> = table.options.iter().flat_map(lines).collect();
    if table.n_left_out > 0 {
        told.push(format!("options that are not shown: {} or more", table.n_left_out));
    }
    told
}

/// One option.
struct Row {
    name: String,
    value: String,
    meaning: Option<String>,
}

struct Table<'a> {
    root: &'a Value,
    options: Vec<Row>,
    n_left_out: usize,
}

impl<'a> Table<'a> {
    /// Adds the options of an object of the form `schema`, each with `place` before its name.
    fn add(&mut self, schema: &'a Value, place: &str, depth: usize) {
        let here = parts(self.root, schema);
        let required: Vec<&str> = here
            .iter()
            .filter_map(|part| part.get("required")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties =
            here.iter().filter_map(|part| part.get("properties")?.as_object()).flatten();
        for (key, property) in properties {
            let presence = if required.contains(&key.as_str()) { "required" } else { "optional" };
            self.add_one(property, &format!("{place}{}", plain(key)), presence, depth);
        }
        // The value of any key that is not named; what is only `true` or `false` describes none.
        let any = here.iter().filter_map(|part| part.get("additionalProperties"));
        for property in any.filter(|it| it.is_object()) {
            self.add_one(property, &format!("{place}KEY"), "optional", depth);
        }
        let by_pattern =
            here.iter().filter_map(|part| part.get("patternProperties")?.as_object()).flatten();
        for (pattern, property) in by_pattern {
            let key = format!("{place}KEY (matching {})", plain(pattern));
            self.add_one(property, &key, "optional", depth);
        }
    }

    fn add_one(&mut self, property: &'a Value, name: &str, presence: &str, depth: usize) {
        if self.options.len() >= MAX_OPTIONS || depth >= MAX_DEPTH {
            self.n_left_out += 1;
            return;
        }
        let option = parts(self.root, property);
        let first = |key: &str| option.iter().find_map(|part| part.get(key));
        // What may be left out and is then `null` is optional, and no more.
        let presence = match first("default").filter(|default| !default.is_null()) {
            Some(value) => format!("default {}", plain(&value.to_string())),
            None => presence.to_owned(),
        };
        let value = format!("{}, {presence}", kind(self.root, property));
        let meaning = first("description").and_then(Value::as_str).map(str::to_owned);
        self.options.push(Row { name: name.to_owned(), value, meaning });
        self.add(property, &format!("{name}."), depth + 1);
        if let Some(items) = first("items").filter(|it| it.is_object()) {
            self.add(items, &format!("{name}[]."), depth + 1);
        }
        self.add_branches(&option, name, depth);
    }

    /// The keys of each form that an option may have, where it may have several.
    fn add_branches(&mut self, option: &[&'a Value], name: &str, depth: usize) {
        for branches in super::kind::branches(option) {
            for branch in branches {
                self.add(branch, &format!("{name}."), depth + 1);
            }
        }
    }
}
