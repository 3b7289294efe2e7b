//! The `config` of a collector: from YAML to the JSON a plugin gets, with its variables expanded.

use serde_json::{Map, Value};
use serde_yaml::Value as Yaml;

use super::KeyPath;
use super::variables;

/// What is wrong in a configuration, and at which key.
type Refused = (KeyPath, String);

/// Converts `yaml` to JSON. What JSON has no words for is refused.
pub(super) fn to_json(yaml: &Yaml, path: &KeyPath) -> Result<Value, Refused> {
    let refuse = |reason: &str| Err((path.clone(), reason.to_owned()));
    match yaml {
        Yaml::Null => Ok(Value::Null),
        Yaml::Bool(value) => Ok(Value::Bool(*value)),
        Yaml::String(text) => Ok(Value::String(text.clone())),
        Yaml::Number(number) => {
            let json = number
                .as_i64()
                .map(serde_json::Number::from)
                .or_else(|| number.as_u64().map(serde_json::Number::from))
                .or_else(|| number.as_f64().and_then(serde_json::Number::from_f64));
            match json {
                Some(number) => Ok(Value::Number(number)),
                None => refuse("not a finite number; write a number, or a text in quotes"),
            }
        }
        Yaml::Sequence(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(index, item)| to_json(item, &path.index(index)));
            items.collect::<Result<_, _>>().map(Value::Array)
        }
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let Yaml::String(key) = key else {
                    let key = serde_yaml::to_string(key).unwrap_or_else(|_| "?".to_owned());
                    let key = key.trim_end();
                    let reason = "this key is not a text; put it in quotes".to_owned();
                    return Err((path.key(key), reason));
                };
                if key == "<<" {
                    let reason = "merge keys are not supported; write the keys out".to_owned();
                    return Err((path.key(key), reason));
                }
                map.insert(key.clone(), to_json(value, &path.key(key))?);
            }
            Ok(Value::Object(map))
        }
        Yaml::Tagged(_) => refuse("YAML tags (`!name`) are not supported; remove the tag"),
    }
}

/// Expands the variables in every text of `written`, but not in keys.
pub(super) fn expand(
    written: &Value,
    path: &KeyPath,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Value, Refused> {
    match written {
        Value::String(text) => variables::expand(text, environment)
            .map(Value::String)
            .map_err(|error| (path.clone(), error.to_string())),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let items = items.map(|(index, item)| expand(item, &path.index(index), environment));
            items.collect::<Result<_, _>>().map(Value::Array)
        }
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Ok((key.clone(), expand(value, &path.key(key), environment)?)));
            entries.collect::<Result<_, _>>().map(Value::Object)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(written.clone()),
    }
}
