//! Texts that fit a pattern with `*` and `?`, as options of plugins have them. Not for paths: a
//! slash is a byte as any other.

/// Whether `text` has a `*` or a `?`, so that it is meant as a pattern.
#[must_use]
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether all of `text` fits `glob`, where `*` stands for any bytes, also none, and `?` for one.
///
/// There is no escape. Takes no memory, and time of the product of both lengths at most.
///
/// ```
/// assert!(plugin_api::glob::fits(b"go_*_bytes", b"go_memstats_alloc_bytes"));
/// ```
#[must_use]
pub fn fits(glob: &[u8], text: &[u8]) -> bool {
    let (mut at, mut in_text) = (0, 0);
    // Where to go back to: after the last `*`, and the first byte it does not take yet.
    let mut back: Option<(usize, usize)> = None;
    while in_text < text.len() {
        match glob.get(at) {
            Some(b'*') => {
                at += 1;
                back = Some((at, in_text));
            }
            Some(byte) if *byte == b'?' || *byte == text[in_text] => {
                at += 1;
                in_text += 1;
            }
            _ => match &mut back {
                Some((after_star, taken)) => {
                    *taken += 1;
                    (at, in_text) = (*after_star, *taken);
                }
                None => return false,
            },
        }
    }
    glob[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[track_caller]
    fn check(glob: &str, fitting: &[&str], others: &[&str]) {
        for text in fitting {
            assert!(fits(glob.as_bytes(), text.as_bytes()), "{glob} fits {text}");
        }
        for text in others {
            assert!(!fits(glob.as_bytes(), text.as_bytes()), "{glob} does not fit {text}");
        }
    }

    #[test]
    fn without_signs_the_text_itself_fits() {
        check("dolt", &["dolt"], &["dolt2", "ydolt", "DOLT", ""]);
        check("", &[""], &["a"]);
    }

    #[test]
    fn a_star_stands_for_any_bytes() {
        check("*", &["", "dolt"], &[]);
        check("java*", &["java", "java11"], &["xjava", "jav"]);
        check("*sql*d", &["mysqld", "sqld", "mysql-sql-d"], &["mysql", "mysqldx"]);
        check("a*a", &["aa", "aba"], &["a", "ab"]);
        check("a**b", &["ab", "axb"], &["a"]);
        check("a*bc*c", &["abcc", "abcbcc"], &["abc"]);
        check("*ab*ab", &["abab", "ababab"], &["ab", "aba"]);
    }

    #[test]
    fn a_question_mark_stands_for_one_byte() {
        check("a?c", &["abc", "a?c"], &["ac", "abbc"]);
        check("?*", &["a", "ab"], &[""]);
        check("*?b", &["ab", "abb", "bbb"], &["b", "ba"]);
    }
    #[test]
    fn many_stars_do_not_take_long() {
        let (glob, text) = ("a*".repeat(30) + "b", "a".repeat(3000));
        assert!(!fits(glob.as_bytes(), text.as_bytes()));
    }
}
