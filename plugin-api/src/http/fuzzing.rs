//! What a server can send besides its answer, for a fuzzer (`docs/fuzzing.md`). No part of the
//! contract.

use super::credentials::Credentials;
use super::{Url, excerpt};

/// An address, and on the next line where its server redirects to: what is shown has no user name,
/// no query and nothing unprintable; and a path leads to the same server.
pub fn redirect(data: &[u8]) {
    let shown = excerpt(data);
    assert!(shown.bytes().all(|it| (b' '..=b'~').contains(&it)), "{shown}");
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (address, location) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(url) = Url::parse("url", address) else { return };
    check(&url);
    let Ok(next) = url.redirected(location, &Credentials::default()) else { return };
    check(&next);
    let is_path = location.starts_with(['/', '?', '.']) && !location.starts_with("//");
    assert!(!is_path || url.is_same_server(&next), "{location} leads from {url} to {next}");
}

fn check(url: &Url) {
    let shown = url.to_string();
    let (_, rest) = shown.split_once("://").expect("a scheme");
    let authority = rest.split('/').next().unwrap_or_default();
    assert!(!authority.is_empty() && !authority.contains('@'), "{shown}");
    let query = shown.split_once('?').map(|(_, query)| query);
    assert!(query.is_none_or(|it| it == "..."), "{shown}");
    assert!(url.is_same_server(url), "{shown}");
    let again = url.with_path(url.path()).expect("its own path");
    assert_eq!(again.to_string(), shown);
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use std::path::Path;

    #[test]
    fn no_damage_breaks_a_redirect() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz");
        crate::testing::fuzz(Path::new(directory), "redirect", 5000, super::redirect);
    }
}
