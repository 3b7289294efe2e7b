//! Fills the defaults of a schema into a configuration.
//!
//! Only keys that are absent are filled; an object that is absent and has no default of its own
//! stays absent, whatever its parts default to. The schema has passed `subset`, so following its
//! references ends.

use serde_json::{Map, Value};

/// Fills the defaults of `schema` into `config`.
pub(super) fn fill(schema: &Value, config: &mut Value) {
    for part in parts(schema, schema) {
        fill_part(schema, part, config);
    }
}

fn fill_part(root: &Value, schema: &Value, value: &mut Value) {
    match value {
        Value::Object(map) => fill_object(root, schema, map),
        Value::Array(elements) => {
            let Some(items) = schema.get("items") else { return };
            for element in elements {
                for part in parts(root, items) {
                    fill_part(root, part, element);
                }
            }
        }
        _ => {}
    }
}

fn fill_object(root: &Value, schema: &Value, map: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    for (key, property) in properties {
        let property = parts(root, property);
        if !map.contains_key(key)
            && let Some(default) = property.iter().find_map(|part| part.get("default"))
        {
            map.insert(key.clone(), default.clone());
        }
        if let Some(value) = map.get_mut(key) {
            for part in property {
                fill_part(root, part, value);
            }
        }
    }
}

/// The schema and those it stands for: what it refers to, all of `allOf`, and the one branch of
/// `anyOf` or `oneOf` that is not `null`, which is how an optional value is written. `root` is
/// the whole schema, which [`complete`](super::complete) or
/// [`check_schema`](super::check_schema) took: others may lead round in circles.
#[must_use]
pub fn parts<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let mut found = Vec::new();
    let mut left = vec![schema];
    while let Some(schema) = left.pop() {
        found.push(schema);
        if let Some(target) = schema.get("$ref").and_then(Value::as_str)
            && let Some(part) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer))
        {
            left.push(part);
        }
        let branches = |key| schema.get(key).and_then(Value::as_array).into_iter().flatten();
        left.extend(branches("allOf"));
        for key in ["anyOf", "oneOf"] {
            let mut others =
                branches(key).filter(|it| it.get("type").and_then(Value::as_str) != Some("null"));
            if let (Some(only), None) = (others.next(), others.next()) {
                left.push(only);
            }
        }
    }
    found
}
