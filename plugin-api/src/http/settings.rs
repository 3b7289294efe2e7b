//! The configuration keys that every fetching plugin offers, under the same names.
//!
//! A plugin lists them at the top level of its own `Config` and moves them into [`Settings`]:
//! `#[serde(flatten)]` would spoil the messages about unknown keys.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// Where to fetch from and how to prove who asks.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Key `url`: `http://` or `https://`, without user name or password.
    pub url: String,
    /// Key `bearer_token_file`: a file whose content is sent as bearer token.
    pub bearer_token_file: Option<PathBuf>,
    /// Key `basic_auth`.
    pub basic_auth: Option<BasicAuth>,
    /// Key `tls`.
    pub tls: Option<Tls>,
}

/// A user name and a password, sent as HTTP basic authentication.
#[derive(Clone, Deserialize, JsonSchema)]
#[schemars(inline)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    /// The user name.
    pub username: String,
    /// The password. Better in a file: see `password_file`.
    #[serde(default)]
    #[schemars(extend("writeOnly" = true))]
    pub password: Option<String>,
    /// A file with the password; read at each request, without the line feed at its end.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

impl std::fmt::Debug for BasicAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BasicAuth").field("username", &self.username).finish_non_exhaustive()
    }
}

/// How an `https` server is checked, and what is shown to it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(inline)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file of the authorities to trust, in place of the public ones built in. For a
    /// certificate that signs itself: that certificate.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// PEM file with the client's certificate, then its intermediates. Needs `key_file`.
    #[serde(default)]
    pub certificate_file: Option<PathBuf>,
    /// PEM file with the private key of `certificate_file`, without a pass phrase.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// Take any certificate: whoever is between can read and change everything, credentials
    /// included. Logged as a warning.
    #[serde(default)]
    pub insecure: bool,
}
