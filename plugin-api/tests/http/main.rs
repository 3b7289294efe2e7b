//! Each way in which a network disappoints, with its outcome and its sentence, against servers on
//! loopback.

#![expect(clippy::unwrap_used, reason = "a test may panic, in the functions it shares too")]

mod credentials;
mod network;
mod redirects;
mod tls;

use std::path::PathBuf;
use std::time::Duration;

use plugin_api::http::{BasicAuth, Settings, Target, Tls};
use plugin_api::testing::{Recorded, collect, collect_stopping_after, collect_within};
use plugin_api::{Context, Described, Error, Plugin};
use serde::Deserialize;

/// A plugin that stores what the server says.
struct Probe(Target);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    url: String,
    bearer_token_file: Option<PathBuf>,
    basic_auth: Option<BasicAuth>,
    tls: Option<Tls>,
}

impl Plugin for Probe {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        let Config { url, bearer_token_file, basic_auth, tls } = config;
        Ok(Probe(Target::new(Settings { url, bearer_token_file, basic_auth, tls })?))
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let mut response = self.0.get(context, self.0.url(), "*/*")?;
        response.head()?;
        let mut artifact = context.artifact("body", response.media_type().unwrap_or("none"))?;
        while let Some(chunk) = response.chunk()? {
            artifact.append(chunk)?;
        }
        artifact.finish()
    }
}

impl Described for Probe {
    const DESCRIPTION: &'static str = "{}";
}

/// What a collector with this configuration does.
fn fetch(config: &str) -> Recorded {
    collect::<Probe>(config)
}

/// As [`fetch`], by a host with half a second.
fn fetch_soon(config: &str) -> Recorded {
    collect_within::<Probe>(config, Duration::from_millis(500))
}

/// As [`fetch`], by a host that sets no deadline and asks to stop when it was asked some times.
fn fetch_stopped(config: &str) -> Recorded {
    collect_stopping_after::<Probe>(config, 4)
}

/// `text` without the duration after each "within ".
fn without_times(text: &str) -> String {
    let mut parts = text.split("within ");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || "ms.".contains(c));
        shown.push_str("within [TIME]");
        shown.push_str(rest);
    }
    shown
}
