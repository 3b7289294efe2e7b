//! Rust source as words and signs, without comments, texts and characters.
//!
//! Enough to see paths and keywords. It does not expand macros and does not know the grammar.

/// One word or one sign, with its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) text: String,
}

/// The tokens of `source`; `::` is one of them, every other sign stands alone.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let (length, is_token) = one(rest, first);
        let text = &rest[..length];
        if is_token {
            found.push(Token { line, text: text.trim_start_matches("r#").to_owned() });
        }
        line += text.matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The length of what `rest` starts with, and whether it is a token.
fn one(rest: &str, first: char) -> (usize, bool) {
    let all = rest.len();
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(all), false);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), false);
    }
    if let Some(length) = raw_text(rest) {
        return (length, false);
    }
    for prefix in ["b\"", "c\"", "\""] {
        if rest.starts_with(prefix) {
            return (quoted(rest, prefix.len(), '"'), false);
        }
    }
    if rest.starts_with("b'") {
        return (quoted(rest, 2, '\''), false);
    }
    if first == '\'' {
        // A character, unless it is a lifetime: 'a' has its end where 'a has none.
        let mut after = rest.chars().skip(1);
        let (inner, end) = (after.next(), after.next());
        if inner == Some('\\') || end == Some('\'') {
            return (quoted(rest, 1, '\''), false);
        }
        return (1, false);
    }
    if first.is_alphabetic() || first == '_' || first.is_ascii_digit() {
        let start = if rest.starts_with("r#") { 2 } else { 0 };
        let end = rest[start..].find(|it: char| !it.is_alphanumeric() && it != '_');
        return (end.map_or(all, |it| it + start), true);
    }
    if rest.starts_with("::") {
        return (2, true);
    }
    (first.len_utf8(), !first.is_whitespace())
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of `r"…"`, `r#"…"#`, `br"…"` and the like.
fn raw_text(rest: &str) -> Option<usize> {
    let start = ["r", "br", "cr"].iter().find(|it| {
        rest.strip_prefix(**it).is_some_and(|it| it.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = rest[start.len()..].find('"')?;
    let body = start.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest[body..].find(&end).map_or(rest.len(), |it| body + it + end.len()))
}

/// The length of a text that opens with `open` bytes and ends with `end`, escapes minded.
fn quoted(rest: &str, open: usize, end: char) -> usize {
    let mut escaped = false;
    for (at, it) in rest[open..].char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if it == end => return open + at + 1,
            _ => {}
        }
    }
    rest.len()
}
