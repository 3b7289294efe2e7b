//! What the value of an option may be, in words, from its schema.

use serde_json::Value;

use crate::plan::config::parts;
use crate::plan::shown::plain;

/// Deepest list of lists that is put into words.
const MAX_DEPTH: usize = 4;
/// Most forms of a value, and most values of an enumeration, that are listed.
const MAX_LISTED: usize = 32;

/// The type and the bounds of a value.
pub(super) fn kind(root: &Value, schema: &Value) -> String {
    deep_kind(root, schema, 0)
}

fn deep_kind(root: &Value, schema: &Value, depth: usize) -> String {
    let option = parts(root, schema);
    if let Some(fixed) = fixed(&option) {
        return fixed;
    }
    let several = branches(&option).next();
    let word = match (type_of(&option), several) {
        (Some(word), _) if word == "array" => list(root, &option, depth),
        (Some(word), _) => word,
        (None, Some(several)) if depth < MAX_DEPTH => {
            let mut forms: Vec<String> = Vec::new();
            for form in several.iter().take(MAX_LISTED).filter(|form| !is_null(form)) {
                let form = deep_kind(root, form, depth + 1);
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
            match forms.as_slice() {
                [only] => only.clone(),
                forms => forms.iter().map(|form| grouped(form)).collect::<Vec<_>>().join(" or "),
            }
        }
        (None, _) if option.iter().any(|part| part.get("properties").is_some()) => {
            "object".to_owned()
        }
        (None, _) => "any value".to_owned(),
    };
    let bounds = bounds(&option);
    if bounds.is_empty() { word } else { format!("{word}, {bounds}") }
}

/// Words that stand for one thing in a longer text.
fn grouped(words: &str) -> String {
    if words.contains(' ') { format!("({words})") } else { words.to_owned() }
}

/// The forms of which a value has one, for each `anyOf` and `oneOf` that has several: one form
/// beside `null` is a part like any other.
pub(super) fn branches<'a>(option: &[&'a Value]) -> impl Iterator<Item = &'a Vec<Value>> {
    let of =
        |part: &'a Value| ["anyOf", "oneOf"].map(|key| part.get(key).and_then(Value::as_array));
    let all: Vec<&'a Vec<Value>> = option.iter().copied().flat_map(of).flatten().collect();
    all.into_iter().filter(|forms| forms.iter().filter(|form| !is_null(form)).count() > 1)
}

/// Whether this form is that of no value.
pub(super) fn is_null(form: &Value) -> bool {
    form.get("type").and_then(Value::as_str) == Some("null")
}

/// The values that are listed one by one, in any of the ways there are to list them.
fn fixed(option: &[&Value]) -> Option<String> {
    let listed = |part: &&Value| part.get("enum")?.as_array().cloned();
    let only = |part: &&Value| part.get("const").map(|value| vec![value.clone()]);
    let consts = |forms: &Vec<Value>| -> Option<Vec<Value>> {
        let forms = forms.iter().filter(|form| !is_null(form));
        forms.map(|form| form.get("const").cloned()).collect()
    };
    let values = option
        .iter()
        .find_map(listed)
        .or_else(|| option.iter().find_map(only))
        .or_else(|| branches(option).find_map(consts))?;
    let shown: Vec<String> = values.iter().take(MAX_LISTED).map(text).collect();
    let more = values.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    Some(match shown.as_slice() {
        [only] => format!("always {only}"),
        shown => format!("one of {}{more}", shown.join(", ")),
    })
}

fn type_of(option: &[&Value]) -> Option<String> {
    option.iter().find_map(|part| match part.get("type")? {
        Value::String(kind) => Some(plain(kind)),
        Value::Array(kinds) => {
            let names = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            Some(names.map(plain).collect::<Vec<_>>().join(" or "))
        }
        _ => None,
    })
}

fn list(root: &Value, option: &[&Value], depth: usize) -> String {
    let items = option.iter().find_map(|part| part.get("items")).filter(|it| it.is_object());
    match items {
        Some(items) if depth < MAX_DEPTH => {
            format!("list of {}", grouped(&deep_kind(root, items, depth + 1)))
        }
        _ => "list".to_owned(),
    }
}

/// What a value may be, beyond its type.
fn bounds(option: &[&Value]) -> String {
    const BOUNDS: &[(&str, &str, &str)] = &[
        ("minimum", "from ", ""),
        ("exclusiveMinimum", "above ", ""),
        ("maximum", "to ", ""),
        ("exclusiveMaximum", "below ", ""),
        ("multipleOf", "a multiple of ", ""),
        ("minLength", "", " or more characters"),
        ("maxLength", "", " characters at most"),
        ("minItems", "", " or more items"),
        ("maxItems", "", " items at most"),
        ("minProperties", "", " or more keys"),
        ("maxProperties", "", " keys at most"),
        ("pattern", "matching ", ""),
        ("format", "in the form of a ", ""),
    ];
    let mut said = Vec::new();
    for part in option {
        for (key, before, after) in BOUNDS {
            let value = part.get(*key).filter(|value| !is_of_program(value));
            said.extend(value.map(|value| format!("{before}{}{after}", text(value))));
        }
    }
    said.join(", ")
}

/// Whether the format is the name of a number's type in a program, which says nothing to a user.
fn is_of_program(format: &Value) -> bool {
    let name = format.as_str().unwrap_or_default();
    let bits = name.trim_start_matches('u').strip_prefix("int");
    matches!(name, "float" | "double")
        || bits.is_some_and(|bits| bits.bytes().all(|it| it.is_ascii_digit()))
}

fn text(value: &Value) -> String {
    plain(&value.as_str().map_or(value.to_string(), str::to_owned))
}
