//! An address of a server that is safe to show: what may hold a secret is never displayed.

use std::fmt;

use ureq::http::Uri;
use ureq::http::uri::Scheme;

use super::credentials::Credentials;
use crate::Error;

/// An `http` or `https` URL without user name and password. Shown without its query, which may
/// hold a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    uri: Uri,
    /// What is shown of the path.
    shown_path: String,
}

impl Url {
    /// Reads the value of the configuration key `key`.
    ///
    /// # Errors
    ///
    /// [`Status::BadConfig`](crate::Status::BadConfig) with what to write. The value is not
    /// repeated: it may hold a password.
    pub fn parse(key: &str, text: &str) -> Result<Self, Error> {
        Url::read(text).map_err(|why| Error::bad_config(format!("{key}: {why}")))
    }

    /// As [`parse`](Url::parse), with the reason alone as error.
    fn read(text: &str) -> Result<Self, String> {
        const FORM: &str = "write it like http://127.0.0.1:6060/path";
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        // `user:p/w@host` is no authority by the grammar, and still is a password.
        let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
        if authority.split(['/', '?']).next().is_some_and(|host| host.contains('@')) {
            return Err("it holds a password or user name; set `basic_auth` instead".to_owned());
        }
        let uri: Uri = text.parse().map_err(|error| format!("not a URL: {error}; {FORM}"))?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(other) => return Err(format!("the scheme is {other}; only http and https work")),
            None => return Err(format!("the scheme is missing; {FORM}")),
        }
        if uri.host().is_none_or(str::is_empty) {
            return Err(format!("the host is missing; {FORM}"));
        }
        let shown_path = uri.path().to_owned();
        Ok(Url { uri, shown_path })
    }

    /// The path, `/` at least.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The same server and query with another path.
    ///
    /// # Errors
    ///
    /// [`Status::BadConfig`](crate::Status::BadConfig) if `path` cannot stand in a URL.
    pub fn with_path(&self, path: &str) -> Result<Self, Error> {
        let query = self.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        Url::parse("url", &format!("{}{path}{query}", self.origin()))
    }

    /// The same with `name=value` added to the query, which is taken as it is.
    ///
    /// # Errors
    ///
    /// [`Status::BadConfig`](crate::Status::BadConfig) if `pair` cannot stand in a URL.
    pub fn with_query(&self, pair: &str) -> Result<Self, Error> {
        let mark = if self.uri.query().is_some() { '&' } else { '?' };
        Url::parse("url", &format!("{}{mark}{pair}", self.uri))
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    pub(super) fn is_https(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    /// Host as written; an IPv6 address in brackets.
    pub(super) fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// Scheme, host and port.
    fn origin(&self) -> String {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        let authority =
            self.uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
        format!("{scheme}://{authority}")
    }

    fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// The path as it may be shown.
    pub(super) fn shown_path(&self) -> &str {
        &self.shown_path
    }

    /// Where a redirect with the header `location` leads. The server wrote that, who may repeat what
    /// it was sent: it is shown without the `credentials`.
    pub(super) fn redirected(
        &self,
        location: &str,
        credentials: &Credentials,
    ) -> Result<Self, String> {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        // The address of a login page often has another address in its query.
        let before = location.split_once("://").map(|(before, _)| before);
        let absolute = if before.is_some_and(|it| !it.contains(['/', '?', '#'])) {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{scheme}:{location}")
        } else if location.starts_with('/') {
            format!("{}{location}", self.origin())
        } else if location.starts_with('?') {
            format!("{}{}{location}", self.origin(), self.path())
        } else {
            let directory = self.path().rsplit_once('/').map_or("", |(directory, _)| directory);
            format!("{}{directory}/{location}", self.origin())
        };
        let mut next = Url::read(&absolute)?;
        let masked = credentials.mask(next.shown_path.as_bytes());
        next.shown_path = String::from_utf8_lossy(&masked).into_owned();
        Ok(next)
    }

    /// Whether `next` is the same server: same scheme, host and port, or `https` after `http` of
    /// the same host.
    pub(super) fn is_same_server(&self, next: &Url) -> bool {
        let same_host = self.host().eq_ignore_ascii_case(next.host());
        let same_place = self.is_https() == next.is_https() && self.port() == next.port();
        same_host && (same_place || (!self.is_https() && next.is_https()))
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.shown_path)?;
        if self.uri.query().is_some() { f.write_str("?...") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
