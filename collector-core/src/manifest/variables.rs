//! `${VAR}` and `${VAR:-default}` in a text.
//!
//! As in a shell, and no further: nothing nests, nothing runs. `$$` stands for one dollar, and a
//! dollar before anything else is itself.

/// Why a text could not be expanded.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum VariableError {
    #[error(
        "the environment variable {name} is not set; set it (export {name}=...), or give a default with ${{{name}:-default}}"
    )]
    Missing { name: String },
    #[error("`${{` has no closing `}}`; close it, or write `$${{` for the characters themselves")]
    Unclosed,
    #[error(
        "`${{{name}}}` does not name a variable; write ${{NAME}} or ${{NAME:-default}}, or `$${{` for the characters themselves"
    )]
    BadName { name: String },
}

/// Expands the variables of `text`.
///
/// A default is used where the variable is not set or empty. It reaches to the first `}`, and is
/// taken as it stands.
pub(super) fn expand(
    text: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String, VariableError> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        expanded.push_str(&rest[..dollar]);
        let after = &rest[dollar + 1..];
        if let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let (inside, after) = after.split_once('}').ok_or(VariableError::Unclosed)?;
            expanded.push_str(&value(inside, environment)?);
            rest = after;
        } else {
            expanded.push('$');
            rest = after;
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// The text that [`expand`] turns into `text`.
pub(super) fn escape(text: &str) -> String {
    text.replace('$', "$$")
}

/// Whether `text` is nothing but references without a default, with colons between them: it says
/// where a secret comes from and not what it is.
pub(super) fn is_reference(text: &str) -> bool {
    let mut rest = text;
    let mut n_references = 0;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(':') {
            rest = after;
            continue;
        }
        let Some((name, after)) = rest.strip_prefix("${").and_then(|it| it.split_once('}')) else {
            return false;
        };
        if !is_name(name) {
            return false;
        }
        n_references += 1;
        rest = after;
    }
    n_references > 0
}

fn value(
    inside: &str,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String, VariableError> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    if !is_name(name) {
        return Err(VariableError::BadName { name: inside.to_owned() });
    }
    match (environment(name), default) {
        (Some(value), Some(default)) if value.is_empty() => Ok(default.to_owned()),
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(VariableError::Missing { name: name.to_owned() }),
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let environment = |name: &str| match name {
            "HOST" => Some("db1".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        assert_eq!(expand(text, &environment).expect(text), expected);
    }

    #[test]
    fn variables_are_expanded_as_in_a_shell() {
        check("http://${HOST}:6060/${EMPTY}", "http://db1:6060/");
        check("${PORT:-80} ${EMPTY:-x} ${HOST:-y}", "80 x db1");
        check("${NONE:-a:-b$c}${NONE:-}", "a:-b$c");
    }

    #[test]
    fn dollars_that_begin_no_variable_stay() {
        check("pa$word $ 5$", "pa$word $ 5$");
        check("$$ $${HOST} $$$${HOST}", "$ ${HOST} $${HOST}");
        let text = "a$b${HOST}$$";
        check(&escape(text), text);
    }

    #[test]
    fn only_bare_references_are_references() {
        assert!(is_reference("${USER}:${PASSWORD}"));
        for text in ["", ":", "${A:-b}", "x${A}", "$$", "${}"] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
