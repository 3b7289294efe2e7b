//! Secrets inside a text: a URL, a command line, a header, a message.

use super::{is_secret_name, mask_secret};

/// What is masked goes here, for whoever wants to know it elsewhere too.
type Found = Vec<String>;

/// A copy of `text` with what looks like a secret replaced by `***`.
///
/// That is, in this order: private keys in PEM; the user's part of a URL; the value after
/// `name=`, after `"name":` and after a flag `--name`, where the name looks like that of a
/// secret; what stands in an `Authorization` or `Cookie` header; and what follows `Bearer` and
/// `Basic`. A bare reference such as `${PASSWORD}` stays. For command lines and messages as well
/// as for configurations.
#[must_use]
pub fn mask_text(text: &str) -> String {
    mask(text, &mut Found::new())
}

/// As [`mask_text`]; what it masks is added to `found`.
pub(super) fn mask(text: &str, found: &mut Found) -> String {
    let text = mask_pem(text, found);
    let text = mask_users(&text, found);
    let text = mask_values(&text, found);
    let text = mask_scheme(&text, "bearer ", found);
    mask_scheme(&text, "basic ", found)
}

/// `-----BEGIN RSA PRIVATE KEY-----` to the end of the block, or of the text.
fn mask_pem(text: &str, found: &mut Found) -> String {
    const END: &str = "PRIVATE KEY-----";
    let mut masked = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find("-----BEGIN ") {
        let head_end = rest[begin + 11..].find("-----").map(|it| begin + 11 + it + 5);
        let Some(head_end) = head_end else { break };
        masked.push_str(&rest[..head_end]);
        let body = &rest[head_end..];
        if !rest[begin..head_end].ends_with(END) {
            rest = body;
            continue;
        }
        let (secret, after) = body.split_at(body.find("-----END ").unwrap_or(body.len()));
        found.push(secret.to_owned());
        masked.push_str(super::MASK);
        rest = after;
    }
    masked.push_str(rest);
    masked
}

/// `scheme://user:password@host` becomes `scheme://***@host`.
fn mask_users(text: &str, found: &mut Found) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find("://") {
        let (before, after) = rest.split_at(begin + 3);
        masked.push_str(before);
        // Up to the next URL, so that no character is looked at twice.
        let after_end = after.find("://").unwrap_or(after.len());
        let word_end = after[..after_end]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`'))
            .unwrap_or(after_end);
        let word = &after[..word_end];
        let host_end = word.find(['/', '?', '#']).unwrap_or(word.len());
        // A password with a bare slash: what looks like a port is none, and an `@` follows.
        let looks_like_port = word[..host_end].rsplit_once(':').is_none_or(|(_, port)| {
            port.bytes().all(|it| it.is_ascii_digit()) || port.ends_with(']')
        });
        let user_end = match word[..host_end].rfind('@') {
            None if !looks_like_port => word.rfind('@'),
            plain => plain,
        };
        if let Some(user_end) = user_end {
            masked.push_str(mask_secret(&word[..user_end], found));
            rest = &after[user_end..];
        } else {
            rest = after;
        }
    }
    masked.push_str(rest);
    masked
}

/// The values of names that look like a secret's.
fn mask_values(text: &str, found: &mut Found) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(|c: char| is_name_char(c)) {
        let name_end =
            rest[begin..].find(|c: char| !is_name_char(c)).map_or(rest.len(), |it| begin + it);
        let name = &rest[begin..name_end];
        let value = if is_secret_name(name) { value_after(name, &rest[name_end..]) } else { None };
        let Some((start, end)) = value else {
            masked.push_str(&rest[..name_end]);
            rest = &rest[name_end..];
            continue;
        };
        masked.push_str(&rest[..name_end + start]);
        masked.push_str(mask_secret(&rest[name_end + start..name_end + end], found));
        rest = &rest[name_end + end..];
    }
    masked.push_str(rest);
    masked
}

/// Where in `after` the value of the secret `name` begins and ends.
fn value_after(name: &str, after: &str) -> Option<(usize, usize)> {
    let blanks = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
    if let Some(value) = after.strip_prefix('=') {
        return Some(until_end(1, value, |c| {
            c.is_whitespace() || matches!(c, '&' | ';' | '"' | '\'')
        }));
    }
    if name.starts_with("--") && after.starts_with(' ') {
        let start = blanks(after);
        return Some(until_end(start, &after[start..], char::is_whitespace));
    }
    // In JSON the quote that opened the name closes it.
    let colon = after.strip_prefix(['"', '\'']).unwrap_or(after);
    let quoted = colon.len() < after.len();
    let value = colon.trim_start().strip_prefix(':')?;
    let start = after.len() - value.len() + blanks(value);
    let value = &after[start..];
    if quoted {
        return Some(until_end(start, value, |c| {
            c.is_whitespace() || matches!(c, ',' | '}' | ']')
        }));
    }
    // A header's value has blanks in it. Other names before a colon begin messages, such as
    // `token: permission denied`, and a message must stay readable; a dash, as in `Private-Token`,
    // makes it a header.
    let lower = name.to_ascii_lowercase();
    let is_header = ["authorization", "cookie"].iter().any(|it| lower.contains(it))
        || (lower.contains('-') && !lower.starts_with('-'));
    is_header.then(|| until_end(start, value, |c| matches!(c, '\n' | '\r' | '"' | '\'')))
}

/// The range of a value that starts `start` bytes on: what is in its quotes, else up to `is_end`.
fn until_end(start: usize, value: &str, is_end: impl Fn(char) -> bool) -> (usize, usize) {
    if let Some(quote) = value.chars().next().filter(|it| matches!(it, '"' | '\'')) {
        let end = value[1..].find(quote).unwrap_or(value.len() - 1);
        return (start + 1, start + 1 + end);
    }
    (start, start + value.find(is_end).unwrap_or(value.len()))
}

/// `Bearer abc` becomes `Bearer ***`; `scheme` is in lower case, with the blank after it.
fn mask_scheme(text: &str, scheme: &str, found: &mut Found) -> String {
    let mut masked = String::new();
    let mut rest = text;
    let lower = text.to_ascii_lowercase();
    while let Some(at) = lower[text.len() - rest.len()..].find(scheme) {
        let starts_word = !rest[..at].ends_with(|c: char| c.is_alphanumeric());
        let (before, value) = rest.split_at(at + scheme.len());
        masked.push_str(before);
        let end = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-._~+/=".contains(c)))
            .unwrap_or(value.len());
        // A word of a sentence, as in "basic auth", is short.
        let secret = &value[..end];
        let is_secret = starts_word && secret.len() >= 8;
        masked.push_str(if is_secret { mask_secret(secret, found) } else { secret });
        rest = &value[end..];
    }
    masked.push_str(rest);
    masked
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}
