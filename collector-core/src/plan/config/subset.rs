//! Says whether a schema from a stranger is safe to check with.

use std::collections::HashMap;

use serde_json::Value;

/// Most values of a schema, each part counted as often as it is referred to. The time of a check
/// grows with it.
const MAX_VALUES: u64 = 20_000;
/// Deepest nesting, through references.
const MAX_DEPTH: u32 = 100;

/// Checks that `schema` refers only to its own parts, is not recursive, and is not too large.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let mut walk = Walk { root: schema, active: Vec::new(), known: HashMap::new() };
    walk.size(schema, 0).map(|_| ())
}

struct Walk<'a> {
    root: &'a Value,
    /// The references being followed.
    active: Vec<&'a str>,
    /// The sizes of the parts that were followed.
    known: HashMap<&'a str, u64>,
}

impl<'a> Walk<'a> {
    /// The number of values in `value`, with those it refers to.
    fn size(&mut self, value: &'a Value, depth: u32) -> Result<u64, String> {
        if depth > MAX_DEPTH {
            return Err(format!("it nests more than {MAX_DEPTH} levels"));
        }
        let mut size = 1_u64;
        match value {
            Value::Array(elements) => {
                for element in elements {
                    size = size.saturating_add(self.size(element, depth + 1)?);
                }
            }
            Value::Object(map) => {
                for (key, part) in map {
                    let added = match (key.as_str(), part) {
                        ("$ref", Value::String(target)) => self.referred(target, depth)?,
                        ("$dynamicRef" | "$recursiveRef" | "$id" | "$anchor", Value::String(_)) => {
                            return Err(format!("it uses {key}, which is not supported"));
                        }
                        _ => self.size(part, depth + 1)?,
                    };
                    size = size.saturating_add(added);
                }
            }
            _ => {}
        }
        if size > MAX_VALUES {
            return Err(format!("it unfolds into more than {MAX_VALUES} values"));
        }
        Ok(size)
    }

    fn referred(&mut self, target: &'a str, depth: u32) -> Result<u64, String> {
        if self.active.contains(&target) {
            return Err(format!("its $ref {target:?} leads back to itself"));
        }
        if let Some(size) = self.known.get(target) {
            return Ok(*size);
        }
        let Some(pointer) = target.strip_prefix('#') else {
            return Err(format!("its $ref {target:?} leads out of it"));
        };
        let Some(part) = self.root.pointer(pointer) else {
            return Err(format!("its $ref {target:?} leads nowhere"));
        };
        self.active.push(target);
        let size = self.size(part, depth + 1)?;
        self.active.pop();
        self.known.insert(target, size);
        Ok(size)
    }
}
