//! Who asks: the secrets of the configuration, read when they are needed and shown nowhere.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::HeaderValue;

use super::failure::{Failure, Kind};
use super::{BasicAuth, Settings};
use crate::{Error, Status};

/// Most bytes of a token, a password or a PEM file: far more than any that is real.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// Checks what no file can change.
pub(super) fn check(settings: &Settings) -> Result<(), Error> {
    match (&settings.bearer_token_file, &settings.basic_auth) {
        (Some(_), Some(_)) => {
            Err("bearer_token_file and basic_auth are both set; a request has one of them")
        }
        (None, Some(BasicAuth { password: Some(_), password_file: Some(_), .. })) => {
            Err("basic_auth: password and password_file are both set; remove one")
        }
        (None, Some(basic)) if basic.username.contains(':') => {
            Err("basic_auth.username: has a colon, which basic authentication cannot carry")
        }
        _ => Ok(()),
    }
    .map_err(Error::bad_config)
}

/// The header `Authorization` of one request, and what must not be shown of it.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    header: Option<HeaderValue>,
    secrets: Vec<String>,
}

impl Credentials {
    /// Reads the secrets as they are now.
    pub(super) fn read(settings: &Settings) -> Result<Self, Failure> {
        if let Some(path) = &settings.bearer_token_file {
            let token = secret("bearer_token_file", path)?;
            let key = format!("bearer_token_file {}", path.display());
            return Credentials::of("Bearer", &token, &key, vec![token.clone()]);
        }
        let Some(basic) = &settings.basic_auth else { return Ok(Credentials::default()) };
        let password = match (&basic.password, &basic.password_file) {
            (Some(password), _) => password.clone(),
            (None, Some(path)) => secret("basic_auth.password_file", path)?,
            (None, None) => String::new(),
        };
        let encoded = BASE64_STANDARD.encode(format!("{}:{password}", basic.username));
        Credentials::of("Basic", &encoded, "basic_auth", vec![encoded.clone(), password])
    }

    fn of(scheme: &str, value: &str, key: &str, secrets: Vec<String>) -> Result<Self, Failure> {
        let mut header = HeaderValue::from_str(&format!("{scheme} {value}")).map_err(|_| {
            configuration(format!(
                "{key}: it holds a byte that no header can carry, such as a line feed"
            ))
        })?;
        header.set_sensitive(true);
        Ok(Credentials { header: Some(header), secrets })
    }

    pub(super) fn header(&self) -> Option<&HeaderValue> {
        self.header.as_ref()
    }

    /// `bytes` with each secret replaced: a server may repeat what it was sent.
    pub(super) fn mask(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masked = bytes.to_vec();
        for secret in self.secrets.iter().filter(|secret| !secret.is_empty()) {
            masked = replace(&masked, secret.as_bytes(), b"[masked]");
        }
        masked
    }
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

/// What to do about a server that does not let us in.
pub(super) fn advice(settings: &Settings) -> String {
    match (&settings.bearer_token_file, &settings.basic_auth) {
        (Some(path), _) => {
            format!("the token in {} is not enough for it (bearer_token_file)", path.display())
        }
        (None, Some(_)) => {
            "the user name and password of `basic_auth` are not enough for it".to_owned()
        }
        (None, None) => "set bearer_token_file or basic_auth".to_owned(),
    }
}

/// The content of a file with one secret, without white space around it.
fn secret(key: &str, path: &Path) -> Result<String, Failure> {
    let unusable = |why| configuration(format!("{key} {}: {why}", path.display()));
    let text = String::from_utf8(read_small(key, path)?)
        .map_err(|_| unusable("it is not text; it may hold the secret alone"))?;
    let text = text.trim();
    if text.is_empty() { Err(unusable("it is empty")) } else { Ok(text.to_owned()) }
}

/// The content of a file of the configuration key `key`.
pub(super) fn read_small(key: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |why: String| configuration(format!("{key} {}: {why}", path.display()));
    let reading = |error: std::io::Error| {
        let status = Error::reading(path, &error).status();
        let sentence = format!("{key} {}: {error}", path.display());
        let failure = Failure::new(Kind::Configuration, status, sentence);
        match status {
            Status::Denied => failure.advise("make it readable for the user that runs collector"),
            _ => failure,
        }
    };
    // Opening a pipe would wait for its writer.
    if !fs::metadata(path).map_err(reading)?.is_file() {
        return Err(failed("it is not a regular file".to_owned()));
    }
    let mut content = Vec::new();
    let file = File::open(path).map_err(reading)?;
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut content).map_err(reading)?;
    if content.len() as u64 > MAX_FILE_BYTES {
        return Err(failed(format!("it has more than {MAX_FILE_BYTES} bytes")));
    }
    Ok(content)
}

fn configuration(sentence: String) -> Failure {
    Failure::new(Kind::Configuration, Status::Failed, sentence)
}
