//! What a plugin may call its artifacts. Checked in the worker, to tell the plugin, and again in
//! the core, which does not trust a worker.

/// Longest name of an artifact.
const MAX_NAME_BYTES: usize = 200;
/// Longest media type.
const MAX_MEDIA_TYPE_BYTES: usize = 200;
/// Longest message that is sent from a worker; the core keeps less.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// Checks the name of an artifact: parts of `[A-Za-z0-9._-]` with `/` between them.
pub(crate) fn check_artifact(name: &str) -> Result<(), String> {
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

/// Checks a media type: printable ASCII.
pub(crate) fn check_media_type(media_type: &str) -> Result<(), String> {
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

/// The start of `message` that fits into a frame.
pub(crate) fn bounded(message: &str) -> &str {
    &message[..message.floor_char_boundary(MAX_MESSAGE_BYTES)]
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
