//! The class of a descriptor: what its link says, without the numbers that differ from one to the
//! next. A leak shows as one class that grows, however many names it has.

/// A word of this many characters that mixes digits with letters is a name made by a program.
const MADE_BY_PROGRAM: usize = 8;
/// So is one of this many that is a number in hexadecimal digits, as in a UUID.
const HEXADECIMAL: usize = 4;

/// Appends the class of a descriptor that is no socket. Classes of files stand in backquotes.
pub(super) fn class(out: &mut String, link: &str) {
    for (start, class) in [("socket:[", "socket:"), ("pipe:[", "pipe:")] {
        if link.starts_with(start) {
            return out.push_str(class);
        }
    }
    if let Some(kind) = link.strip_prefix("anon_inode:") {
        // `[eventfd]` and `inotify`: some kinds have brackets.
        out.push_str("anon_inode:");
        return out.push_str(kind.trim_matches(['[', ']']));
    }
    if let Some((kind, _)) = link.split_once(":[").filter(|_| !link.starts_with('/')) {
        out.push_str(kind);
        return out.push(':');
    }
    let (path, deleted) = match link.strip_suffix(" (deleted)") {
        Some(path) => (path, " (deleted)"),
        None => (link, ""),
    };
    out.push('`');
    // The key of the segment is a number in hexadecimal digits.
    if path.starts_with("/SYSV") {
        out.push_str("/SYSV*");
    } else if path.starts_with("/memfd:") || path.starts_with("/dev/") {
        pattern(out, path);
    } else {
        pattern(out, path.rsplit('/').next().unwrap_or(path));
    }
    out.push_str(deleted);
    out.push('`');
}

/// Appends `name` with `*` in place of numbers and of words that are made by a program.
fn pattern(out: &mut String, name: &str) {
    let begin = out.len();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        if end == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        word_pattern(out, word);
        rest = after;
    }
    // `a-*-*-*` of a UUID says no more than `a-*`.
    while let Some(at) = out.as_bytes()[begin..].windows(3).position(|it| it == b"*-*") {
        out.replace_range(begin + at..begin + at + 3, "*");
    }
}

fn word_pattern(out: &mut String, word: &str) {
    let has = |of: fn(&char) -> bool| word.chars().any(|it| of(&it));
    let is_mixed = has(char::is_ascii_digit) && has(|it| it.is_alphabetic());
    let is_number = word.len() >= HEXADECIMAL && !has(|it| !it.is_ascii_hexdigit());
    if is_mixed && (word.len() >= MADE_BY_PROGRAM || is_number) {
        out.push('*');
        return;
    }
    let mut was_digit = false;
    for c in word.chars() {
        let is_digit = c.is_ascii_digit();
        if !is_digit {
            out.push(c);
        } else if !was_digit {
            out.push('*');
        }
        was_digit = is_digit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leak_is_one_class_whatever_its_files_are_called() {
        for (link, expected) in [
            ("socket:[2910385]", "socket:"),
            ("pipe:[1]", "pipe:"),
            ("anon_inode:[eventfd]", "anon_inode:eventfd"),
            ("anon_inode:inotify", "anon_inode:inotify"),
            ("anon_inode:bpf-map", "anon_inode:bpf-map"),
            ("net:[4026531840]", "net:"),
            ("/db/.dolt/stats/.dolt/noms/LOCK (deleted)", "`LOCK (deleted)`"),
            ("/memfd:block-17 (deleted)", "`/memfd:block-* (deleted)`"),
            ("/SYSV00000000 (deleted)", "`/SYSV* (deleted)`"),
            ("/dev/pts/4", "`/dev/pts/*`"),
            ("/var/lib/x/00123.sst", "`*.sst`"),
            ("/tmp/seg-550e8400-e29b-41d4-a716-446655440000.log", "`seg-*.log`"),
            ("/var/log/syslog.1", "`syslog.*`"),
            ("/", "``"),
        ] {
            let mut text = String::new();
            class(&mut text, link);
            assert_eq!(text, expected, "{link}");
        }
    }
}
