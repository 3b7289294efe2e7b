//! Which names are those of secrets: of keys, variables, parameters, flags and headers.

/// A name that holds one of these, written together and in lower case, names a secret.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "authorization",
    "credential",
    "cookie",
    "bearer",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "authkey",
    "accountkey",
    "sharedkey",
    "sshkey",
    "licensekey",
    "signature",
    "connectionstring",
];

/// A name that is one of these names a secret.
const SECRET_NAMES: &[&str] = &["auth"];

/// A name whose last word is one of these names a secret.
const SECRET_LAST_WORDS: &[&str] = &["pass", "pw", "dsn", "sig", "psk", "jwt"];

/// A name that ends in one of these, written together and in lower case, names a secret. Of keys
/// only those that encrypt or open something: `sort_key` and `primary_key` are harmless.
const SECRET_ENDS: &[&str] = &[
    "pass",
    "masterkey",
    "sessionkey",
    "storagekey",
    "servicekey",
    "subscriptionkey",
    "deploykey",
    "clientkey",
    "decryptionkey",
    "hmackey",
    "cipherkey",
    "tlskey",
    "sslkey",
];

/// Words that end in `pass` and hide nothing.
const HARMLESS: &[&str] =
    &["bypass", "compass", "encompass", "trespass", "overpass", "underpass", "surpass"];

/// Whether a key of this name holds a secret. A name that ends in `file`, `path` or `dir` is that
/// of a path.
pub(super) fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_path = |end: &str| {
        let Some(stem) = lower.strip_suffix(end) else { return false };
        // `tokenFile` in camel case, or `token_file`; but not `tokenfile`, which may be anything.
        let camel = name[stem.len()..].starts_with(|c: char| c.is_ascii_uppercase());
        camel || stem.ends_with(['_', '-', '.'])
    };
    if ["file", "files", "path", "dir", "directory"].iter().any(|it| is_path(it)) {
        return false;
    }
    let last = last_word(name).to_ascii_lowercase();
    let joined: String = lower.chars().filter(|c| !matches!(c, '_' | '-' | '.' | ' ')).collect();
    let ends_secret = || {
        SECRET_ENDS.iter().any(|it| joined.ends_with(it))
            && !HARMLESS.iter().any(|it| last.ends_with(it))
    };
    SECRET_NAMES.contains(&joined.as_str())
        || SECRET_LAST_WORDS.contains(&last.as_str())
        || SECRET_WORDS.iter().any(|it| joined.contains(it))
        || ends_secret()
}

/// The last word of a name: after `_`, `-`, `.` or a blank, or where camel case begins one.
fn last_word(name: &str) -> &str {
    let word = name.rsplit(['_', '-', '.', ' ']).next().unwrap_or(name);
    let bytes = word.as_bytes();
    let begins =
        |at: &usize| !bytes[at - 1].is_ascii_uppercase() && bytes[*at].is_ascii_uppercase();
    let begin = (1..bytes.len()).rev().find(begins).unwrap_or(0);
    // An upper case letter is one byte, so a character begins here.
    &word[begin..]
}
