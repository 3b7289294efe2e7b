//! What a plugin may call its artifacts: the rules of hosts, also of the host of tests.

/// Longest name of an artifact.
const MAX_NAME_BYTES: usize = 200;
/// Longest media type.
const MAX_MEDIA_TYPE_BYTES: usize = 200;

/// Checks the name of an artifact: parts of `[A-Za-z0-9._-]` with `/` between them, 200 bytes at
/// most.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn check_artifact(name: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_name = |part: &str| part != "." && part != ".." && !part.starts_with('-');
    let is_part = |part: &str| !part.is_empty() && is_name(part) && part.chars().all(allowed);
    if name.len() > MAX_NAME_BYTES {
        return Err(format!("a name of {} bytes, the limit is {MAX_NAME_BYTES}", name.len()));
    }
    if name.split('/').all(is_part) {
        Ok(())
    } else {
        Err(format!(
            "the name {name:?} is not relative, of [A-Za-z0-9._-] with / between parts, none of \
             them `..` and none starting with `-`"
        ))
    }
}

/// Checks a media type: 1 to 200 printable ASCII characters.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn check_media_type(media_type: &str) -> Result<(), String> {
    let is_printable = media_type.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_printable && !media_type.is_empty() && media_type.len() <= MAX_MEDIA_TYPE_BYTES {
        Ok(())
    } else {
        Err(format!(
            "the media type {media_type:?} is not 1 to {MAX_MEDIA_TYPE_BYTES} printable ASCII \
             characters"
        ))
    }
}

/// The problem of a sample in which a second artifact has the name of another.
#[must_use]
pub fn delivered_twice(name: &str) -> String {
    format!("the artifact {name} was delivered twice; the second is left out")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_the_collectors_directory() {
        for good in ["heap.pb.gz", "a/b/c", "...", "x-"] {
            assert_eq!(check_artifact(good), Ok(()));
        }
        let long = "a".repeat(201);
        for bad in
            ["", "-x", "a/-rf", "/etc", "a//b", "a/", "..", "a/../b", ".", "a b", "ü", "a\0", &long]
        {
            assert!(check_artifact(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn media_types_are_one_printable_line() {
        assert_eq!(check_media_type("text/plain; version=0.0.4"), Ok(()));
        for bad in ["", "text/plain\n", "tëxt"] {
            assert!(check_media_type(bad).is_err(), "{bad:?}");
        }
    }
}
