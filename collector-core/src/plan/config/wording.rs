//! Turns what the schema's validator says into words for the person who wrote the manifest.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::ConfigFault;
use super::defaults::parts;
use crate::manifest::{self, Step};
use crate::plan::shown::plain;

/// Longest text of a schema that is repeated in a message.
const MAX_CHARS: usize = 200;

/// What is wrong with a schema that the validator does not take.
pub(super) fn schema_fault(error: &ValidationError<'_>) -> String {
    let place = error.instance_path().as_str();
    let place = if place.is_empty() { "/" } else { place };
    short(&format!("at {place}: {}", error.masked()))
}

/// The faults that one error of the validator stands for, in the words of this program.
pub(super) fn faults(
    schema: &Value,
    config: &Value,
    error: &ValidationError<'_>,
) -> Vec<ConfigFault> {
    let path = steps(config, error.instance_path().as_str());
    let fault = |path: Vec<Step>, message: String| ConfigFault { path, message };
    let below = |key: &str| [path.as_slice(), &[Step::Key(key.to_owned())]].concat();
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = known_keys(schema, &path);
            let known: Vec<&str> = known.iter().map(|(key, _)| *key).collect();
            let said = |key: &String| fault(below(key), short(&manifest::unknown_key(key, &known)));
            unexpected.iter().map(said).collect()
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            let known = known_keys(schema, &path);
            let meaning = known.iter().find(|(it, _)| *it == key).and_then(|(_, part)| {
                part.iter().find_map(|it| it.get("description").and_then(Value::as_str))
            });
            let meaning = meaning.map_or(String::new(), |text| format!(" ({})", short(text)));
            vec![fault(below(key), format!("the key is missing{meaning}; add `{key}: …`"))]
        }
        Kind::Type { kind } => {
            let message = format!("expected {}, found {}", expected(kind), found(error.instance()));
            vec![fault(path, message)]
        }
        // The validator's word for an object none of whose keys may be there.
        Kind::FalseSchema if path_value(config, &path).is_some_and(Value::is_object) => {
            let known = known_keys(schema, &path);
            let known: Vec<&str> = known.iter().map(|(key, _)| *key).collect();
            let keys = path_value(config, &path).and_then(Value::as_object).into_iter().flatten();
            let unknown = keys.filter(|(key, _)| !known.contains(&key.as_str()));
            unknown
                .map(|(key, _)| fault(below(key), short(&manifest::unknown_key(key, &known))))
                .collect()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            match meant(context, path.len()) {
                Some(errors) => {
                    errors.iter().flat_map(|error| faults(schema, config, error)).collect()
                }
                None => {
                    let message = format!("{} fits none of its forms", found(error.instance()));
                    vec![fault(path, message)]
                }
            }
        }
        Kind::Pattern { pattern } => {
            vec![fault(path, short(&format!("expected a text that matches {pattern}")))]
        }
        Kind::Format { format } => {
            vec![fault(path, short(&format!("expected a text in the form of a {format}")))]
        }
        Kind::Enum { options } => vec![fault(path, one_of(options, error.instance()))],
        _ => vec![fault(path, short(&error.masked_with(found(error.instance())).to_string()))],
    }
}

/// The form of several that was meant: the only one that is of the value's type. With one form
/// besides `null`, that one.
fn meant<'a>(
    forms: &'a [Vec<ValidationError<'static>>],
    depth: usize,
) -> Option<&'a [ValidationError<'static>]> {
    let is_of_other_type = |errors: &[ValidationError<'_>]| {
        errors.iter().any(|error| {
            matches!(error.kind(), Kind::Type { .. } | Kind::Constant { .. })
                && error.instance_path().iter().count() == depth
        })
    };
    let is_null = |errors: &[ValidationError<'_>]| {
        errors.iter().any(|error| match error.kind() {
            Kind::Type { kind } => expected(kind) == "nothing",
            _ => false,
        })
    };
    let only = |is_out: &dyn Fn(&[ValidationError<'_>]) -> bool| {
        let mut left = forms.iter().map(Vec::as_slice).filter(|errors| !is_out(errors));
        left.next().filter(|_| left.next().is_none())
    };
    only(&is_of_other_type).or_else(|| only(&is_null))
}

/// The value at `path`.
fn path_value<'a>(config: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(config, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

/// The steps of a JSON pointer into `config`.
fn steps(config: &Value, pointer: &str) -> Vec<Step> {
    let mut value = Some(config);
    let mut steps = Vec::new();
    for part in pointer.split('/').skip(1) {
        let key = part.replace("~1", "/").replace("~0", "~");
        match (value, key.parse()) {
            (Some(Value::Array(elements)), Ok(index)) => {
                steps.push(Step::Index(index));
                value = elements.get(index);
            }
            (inside, _) => {
                value = inside.and_then(|it| it.get(&key));
                steps.push(Step::Key(key));
            }
        }
    }
    steps
}

/// The keys the schema knows for the object at `path`, each with the schemas of its value.
fn known_keys<'a>(schema: &'a Value, path: &[Step]) -> Vec<(&'a str, Vec<&'a Value>)> {
    let mut here = parts(schema, schema);
    for step in path {
        let next = here.iter().filter_map(|part| match step {
            Step::Key(key) => part.get("properties")?.get(key),
            Step::Index(_) => part.get("items"),
        });
        here = next.flat_map(|part| parts(schema, part)).collect();
    }
    let objects = here.iter().filter_map(|part| part.get("properties")?.as_object());
    objects.flatten().map(|(key, part)| (key.as_str(), parts(schema, part))).collect()
}

fn expected(kind: &TypeKind) -> String {
    let name = |kind: String| match kind.as_str() {
        "object" => "a mapping (`key: value` lines)",
        "array" => "a list (lines that start with `- `)",
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        _ => "nothing",
    };
    match kind {
        TypeKind::Single(kind) => name(kind.to_string()).to_owned(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<&str> = kinds.iter().map(|kind| name(kind.to_string())).collect();
            names.join(" or ")
        }
    }
}

/// What a value is. Texts are not shown: they may be secret.
fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => "a text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

fn one_of(options: &Value, value: &Value) -> String {
    let options: Vec<String> = options
        .as_array()
        .into_iter()
        .flatten()
        .map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned))
        .collect();
    let known: Vec<&str> = options.iter().map(String::as_str).collect();
    let nearest = value.as_str().and_then(|text| manifest::nearest(text, &known));
    let guess = nearest.map_or(String::new(), |it| format!("; did you mean `{it}`?"));
    short(&format!("not one of {}{guess}", known.join(", ")))
}

fn short(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(MAX_CHARS * 2) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
