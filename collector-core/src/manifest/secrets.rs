//! Finds what looks like a secret, and puts `***` in its place.
//!
//! By names and by shape, so it errs on the side of masking and still cannot know every secret:
//! the promise to customers is "looks like one", and a file with the secret (`*_file` keys) is
//! the way to be sure.

mod text;

use serde_json::Value;

use super::variables::is_reference;

pub use text::mask_text;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// A name that holds one of these, written together and in lower case, names a secret.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "authorization",
    "credential",
    "cookie",
    "bearer",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "authkey",
    "accountkey",
    "sharedkey",
    "sshkey",
    "licensekey",
    "signature",
    "connectionstring",
];

/// A name that is one of these names a secret.
const SECRET_NAMES: &[&str] = &["auth", "pass", "pw", "dsn", "sig", "psk", "jwt"];

/// Whether a key of this name holds a secret. A name that ends in `file`, `path` or `dir` is that
/// of a path.
pub(super) fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_path = |end: &str| {
        let Some(stem) = lower.strip_suffix(end) else { return false };
        // `tokenFile` in camel case, or `token_file`; but not `tokenfile`, which may be anything.
        let camel = name[stem.len()..].starts_with(|c: char| c.is_ascii_uppercase());
        camel || stem.ends_with(['_', '-', '.'])
    };
    if ["file", "files", "path", "dir", "directory"].iter().any(|it| is_path(it)) {
        return false;
    }
    let joined: String = lower.chars().filter(|c| !matches!(c, '_' | '-' | '.' | ' ')).collect();
    SECRET_NAMES.contains(&joined.as_str()) || SECRET_WORDS.iter().any(|it| joined.contains(it))
}

/// A copy of a configuration with its secrets masked.
pub(super) fn mask_config(config: &Value) -> Value {
    match config {
        Value::String(text) => Value::String(mask_text(text)),
        Value::Array(items) => {
            let mut masked: Vec<Value> = Vec::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                // `["--password", "x"]`, as the arguments of a command are written.
                let after_flag = index > 0
                    && items[index - 1].as_str().is_some_and(|it| {
                        it.starts_with('-') && !it.contains(['=', ' ']) && is_secret_name(it)
                    });
                masked.push(if after_flag { mask_all(item) } else { mask_config(item) });
            }
            Value::Array(masked)
        }
        Value::Object(entries) => {
            // `{name: PASSWORD, value: x}`, as variables and headers are often listed.
            let names_secret = ["name", "key", "header"]
                .iter()
                .filter_map(|it| entries.get(*it)?.as_str())
                .any(is_secret_name);
            let masked = entries.iter().map(|(key, value)| {
                let secret = is_secret_name(key) || (names_secret && key == "value");
                (key.clone(), if secret { mask_all(value) } else { mask_config(value) })
            });
            Value::Object(masked.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => config.clone(),
    }
}

/// Masks every text and number below a secret's name. `true`, `false` and `null` only say whether
/// there is one.
fn mask_all(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(mask_secret(text).to_owned()),
        Value::Number(_) => Value::String(MASK.to_owned()),
        Value::Array(items) => Value::Array(items.iter().map(mask_all).collect()),
        Value::Object(entries) => {
            let is_path = |key: &str| key.ends_with("_file") || key.ends_with("_path");
            let masked = entries.iter().map(|(key, value)| {
                (key.clone(), if is_path(key) { mask_config(value) } else { mask_all(value) })
            });
            Value::Object(masked.collect())
        }
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// The mask, unless `secret` only says which variables hold it, or there is none.
fn mask_secret(secret: &str) -> &str {
    if secret.is_empty() || is_reference(secret) { secret } else { MASK }
}

#[cfg(test)]
mod tests;
