//! Turns what `serde` says about a manifest into words for somebody who has never heard of it.
//!
//! The one place that knows the wording of `serde` and of `serde_yaml`. A message it does not
//! know passes through as it is.

use super::KeyPath;

/// Says that `key` is not known among `known`, with the nearest of them when there is one.
#[must_use]
pub fn unknown_key(key: &str, known: &[&str]) -> String {
    let mut text = String::from("unknown key");
    if let Some(nearest) = nearest(key, known) {
        text.push_str(&format!("; did you mean `{nearest}`?"));
    }
    match known {
        [] => text.push_str("; no key can stand here"),
        known => text.push_str(&format!("; the keys here are {}", known.join(", "))),
    }
    text
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

/// What the YAML parser says about `line` of `text`, with the advice for the slips people make.
pub(super) fn syntax(reason: &str, text: &str, line: usize) -> String {
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let indent = &written[..written.len() - written.trim_start().len()];
    if indent.contains('\t') {
        return "this line is indented with a tab, which YAML does not allow; use spaces"
            .to_owned();
    }
    reason.to_owned()
}

fn sentence(message: &str) -> String {
    if let Some(key) = message.strip_prefix("missing field `").and_then(|it| it.strip_suffix('`')) {
        return format!("the key `{key}` is missing");
    }
    for start in ["invalid type: ", "invalid value: "] {
        if let Some((found, expected)) =
            message.strip_prefix(start).and_then(|it| it.split_once(", expected "))
        {
            return format!("expected {}, found {}", kind(expected), kind(found));
        }
    }
    message.to_owned()
}

/// The kind of a value, as the people who write manifests call it.
fn kind(serde: &str) -> String {
    let words = match serde {
        "unit value" => "nothing",
        "map" | "a map" => "a mapping (`key: value` lines)",
        "sequence" | "a sequence" => "a list (lines that start with `- `)",
        "a string" => "a text",
        "i32" | "u32" | "u64" => "a whole number",
        _ => match serde.split_once(' ') {
            Some(("string", text)) => return format!("the text {text}"),
            Some(("integer" | "boolean", value)) => return value.to_owned(),
            Some(("floating", value)) => return value.trim_start_matches("point ").to_owned(),
            _ => serde,
        },
    };
    words.to_owned()
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
