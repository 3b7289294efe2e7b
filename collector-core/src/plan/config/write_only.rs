//! Finds the values that a schema marks `writeOnly`: its author says that nobody should see them.

use serde_json::Value;

use super::defaults::parts;

/// The values in `config` of which `schema` says `writeOnly: true`. `config` fits `schema`, which
/// [`complete`](super::complete) took.
pub(in crate::plan) fn write_only<'a>(schema: &Value, config: &'a Value) -> Vec<&'a Value> {
    let mut found = Vec::new();
    walk(schema, schema, config, &mut found);
    found
}

fn walk<'a>(root: &Value, schema: &Value, value: &'a Value, found: &mut Vec<&'a Value>) {
    for part in parts(root, schema) {
        if part.get("writeOnly").and_then(Value::as_bool) == Some(true) {
            found.push(value);
            return;
        }
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let property = part.get("properties").and_then(|it| it.get(key));
                    if let Some(schema) = property.or_else(|| part.get("additionalProperties")) {
                        walk(root, schema, value, found);
                    }
                }
            }
            Value::Array(items) => {
                let Some(schema) = part.get("items") else { continue };
                items.iter().for_each(|item| walk(root, schema, item, found));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marked_values_are_found_all_the_way_down() {
        let schema = json!({
            "$defs": { "phrase": { "type": "string", "writeOnly": true } },
            "properties": {
                "door": { "anyOf": [{ "$ref": "#/$defs/phrase" }, { "type": "null" }] },
                "gates": { "items": { "properties": { "pin": { "writeOnly": true } } } },
                "host": { "type": "string" },
            },
        });
        let config = json!({
            "door": "sesame", "host": "db1", "gates": [{ "pin": 1234, "name": "north" }],
        });
        assert_eq!(write_only(&schema, &config), [&json!("sesame"), &json!(1234)]);
    }
}
