//! The names a manifest gives, which become parts of paths in the bundle.

/// Most bytes of a collector's name.
const MAX_NAME: usize = 32;
/// Most bytes of a case.
const MAX_CASE: usize = 64;

/// Checks a name of a collector or a plugin: `[a-z0-9-]`, at most 32 bytes, no dash first.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let advice = "use a-z, 0-9 and dashes, at most 32 of them, no dash first";
    if name.is_empty() {
        return Err(format!("the name is empty; {advice}"));
    }
    if name.len() > MAX_NAME {
        return Err(format!("`{name}` has {} bytes; {advice}", name.len()));
    }
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match name.chars().find(|c| !good(*c)) {
        Some(bad) => Err(format!("`{name}` holds {bad:?}; {advice}")),
        None if name.starts_with('-') => Err(format!("`{name}` begins with a dash; {advice}")),
        None => Ok(()),
    }
}

/// Checks a case: `[A-Za-z0-9._-]`, at most 64 bytes, no dot or dash first.
pub(super) fn check_case(case: &str) -> Result<(), String> {
    let advice = "it becomes part of a file name, so use letters without accents, digits, `.`, `_` and `-`, at most 64, no dot or dash first";
    if case.is_empty() {
        return Err(
            "the case is empty; write a ticket such as ACME-1234, or leave it out".to_owned()
        );
    }
    if case.len() > MAX_CASE {
        return Err(format!("the case has {} bytes; {advice}", case.len()));
    }
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match case.chars().find(|c| !good(*c)) {
        Some(bad) => Err(format!("`{case}` holds {bad:?}; {advice}")),
        None if case.starts_with(['.', '-']) => {
            Err(format!("`{case}` begins with a dot or a dash; {advice}"))
        }
        None => Ok(()),
    }
}

/// Checks a SHA-256 in hexadecimal, and gives it in lower case.
pub(super) fn check_sha256(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|c| c.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(format!(
        "expected the 64 hexadecimal digits that `sha256sum FILE` prints, found {} characters{}",
        text.chars().count(),
        if text.chars().count() == 64 { " that are not all such digits" } else { "" }
    ))
}

/// The name a collector has when the manifest gives none.
///
/// A plugin's name as it is; of a library's path the file's name, `libacme_storage.so` being
/// `acme-storage`. The result may still not be a name.
pub(super) fn default_name(plugin: &str) -> String {
    let Some((_, file)) = plugin.rsplit_once('/') else {
        return plugin.to_owned();
    };
    let stem = file.split_once(".so").map_or(file, |(stem, _)| stem);
    stem.strip_prefix("lib").unwrap_or(stem).replace('_', "-").to_ascii_lowercase()
}
