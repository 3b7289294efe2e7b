//! Turns what `serde` says about a manifest into words for somebody who has never heard of it.
//!
//! The one place that knows the wording of `serde` and of `serde_yaml`. A message it does not
//! know passes through as it is.

use super::KeyPath;

/// Says that `key` is not known among `known`, with the nearest of them when there is one.
#[must_use]
pub fn unknown_key(key: &str, known: &[&str]) -> String {
    if known.is_empty() {
        return "unknown key; no key can stand here, so remove it".to_owned();
    }
    let question = match nearest(key, known) {
        Some(nearest) => format!("did you mean `{nearest}`? "),
        None => String::new(),
    };
    format!("unknown key; {question}the keys here are {}", known.join(", "))
}

/// The word of `known` that `word` is most likely a slip of.
///
/// At most a third of its letters may differ; an exchange of two neighbors counts once.
#[must_use]
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // Longer words are no slips, and the distance costs the product of both lengths.
    if word.chars().count() > 64 {
        return None;
    }
    let same = |a: &str, b: &str| a.replace('-', "_").eq_ignore_ascii_case(&b.replace('-', "_"));
    if let Some(same) = known.iter().find(|it| same(it, word)) {
        return Some(same);
    }
    known
        .iter()
        .map(|it| (distance(word, it), *it))
        .filter(|(distance, it)| *distance <= it.len().div_ceil(3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}

/// The number of letters to add, drop, change or exchange (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = usize::from(a[i - 1] != b[j - 1]);
            let mut best =
                (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + changed);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// The key an error of `serde_yaml` is about, and its reason in our words.
pub(super) fn reword(error: &serde_yaml::Error) -> (KeyPath, String) {
    let text = error.to_string();
    let text = match text.rsplit_once(" at line ") {
        Some((text, place)) if place.contains(" column ") => text,
        _ => &text,
    };
    let (path, message) = match text.split_once(": ") {
        Some((path, message)) if !path.contains(' ') => (KeyPath::from_serde(path), message),
        _ => (KeyPath::root(), text),
    };
    if let Some(rest) = message.strip_prefix("unknown field `")
        && let Some((key, expected)) = rest.split_once("`, ")
    {
        // Every second piece stands between backquotes.
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        return (path.key(key), unknown_key(key, &known));
    }
    (path, sentence(message))
}

/// What the YAML parser says of `text` at a line from 1, in our words, and the line to look at.
pub(super) fn syntax(reason: &str, text: &str, line: usize) -> (usize, String) {
    let is_tabbed =
        |line: &str| line.chars().take_while(|it| it.is_whitespace()).any(|it| it == '\t');
    let before = line.saturating_sub(1);
    // A value may go on in the next line, so a tab there is reported at the value.
    let tabbed = text.lines().skip(before).take(2).position(is_tabbed);
    if let Some(index) = tabbed {
        let reason = "this line is indented with a tab, which YAML does not allow; use spaces";
        return (line + index, reason.to_owned());
    }
    let reason = match advice(reason) {
        Some(advice) => advice.to_owned(),
        None => format!("not YAML: {reason}; check this line and the one before it"),
    };
    (line, reason)
}

/// Parts of what the YAML parser says, and what it means for the one who wrote the line.
const SYNTAX: &[(&str, &str)] = &[
    (
        "mapping values are not allowed",
        "a `:` with a blank after it cannot stand here; put the value in quotes, or check the indentation",
    ),
    ("unexpected character", "a text cannot begin with this character; put it in quotes"),
    (
        "unknown anchor",
        "this alias (`*name`) names nothing; put a text that begins with `*` in quotes",
    ),
    ("quoted scalar", "the quote that opens here is not closed; close it"),
    (
        "did not find expected '-' indicator",
        "the indentation does not fit the lines above; indent it as deep as its neighbors",
    ),
    (
        "did not find expected key",
        "the indentation does not fit the lines above; indent it as deep as its neighbors",
    ),
    (
        "did not find expected node content",
        "a value is missing here; check that every bracket and brace is closed",
    ),
    ("recursion limit", "nested too deep; a manifest needs a few levels"),
    (
        "unprintable character",
        "a control character, which no text has; check that this is the right file",
    ),
    (
        "control characters",
        "a control character, which no text has; check that this is the right file",
    ),
];

fn sentence(message: &str) -> String {
    match message {
        "missing field `collectors`" => {
            return "the key `collectors` is missing; add it, with a list such as `- plugin: meminfo`"
                .to_owned();
        }
        "missing field `plugin`" => {
            return "the key `plugin` is missing; every collector needs one, such as `plugin: meminfo`"
                .to_owned();
        }
        _ => {}
    }
    for start in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) =
            message.strip_prefix(start).and_then(|it| it.split_once(", expected "))
        {
            return format!("expected {}, found {}", expected_kind(expected), found_kind(found));
        }
    }
    advice(message).unwrap_or(message).to_owned()
}

fn advice(reason: &str) -> Option<&'static str> {
    SYNTAX.iter().find(|(part, _)| reason.contains(part)).map(|(_, advice)| *advice)
}

/// What `serde` expected, as the people who write manifests call it.
fn expected_kind(serde: &str) -> &str {
    match serde {
        "a map" => "a mapping (`key: value` lines)",
        "a sequence" => "a list (lines that start with `- `)",
        "a string" => "a text",
        "i32" | "u32" | "u64" => "a whole number",
        ours => ours,
    }
}

/// What `serde` found instead.
fn found_kind(serde: &str) -> String {
    match serde {
        "unit value" => return "nothing".to_owned(),
        "map" => return "a mapping".to_owned(),
        "sequence" => return "a list".to_owned(),
        _ => {}
    }
    match serde.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer" | "boolean", value)) => value.to_owned(),
        Some(("floating", value)) => value.trim_start_matches("point ").to_owned(),
        _ => serde.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word() {
        let known = ["plugin", "name", "every", "limits", "config", "profiles"];
        for (slip, word) in
            [("pulgin", "plugin"), ("Limits", "limits"), ("prfiles", "profiles"), ("evry", "every")]
        {
            assert_eq!(nearest(slip, &known), Some(word));
        }
        assert_eq!(nearest("intervall_secs", &known), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), &known), None);
    }
}
