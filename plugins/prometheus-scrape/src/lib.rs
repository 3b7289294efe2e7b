//! Fetches one page of metrics, in the Prometheus text format or in OpenMetrics, and stores it as
//! sent.
//!
//! It is looked at just enough to tell metrics from a login page and a whole page from a cut one.
//! Series and their trends are for the reader of the bundle.

mod format;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod keep;
mod page;

use std::path::PathBuf;

use plugin_api::http::{BasicAuth, Settings, Target, Tls, Url};
use plugin_api::{Context, Error, Plugin, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

use keep::Globs;

/// The path where servers have their metrics by custom.
const USUAL_PATH: &str = "/metrics";

/// Where to fetch from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// The page, such as `http://127.0.0.1:9090/metrics`. Without a path: `/metrics`.
    url: String,
    /// Names of metrics to store, with `*` for any characters and `?` for one, such as
    /// `go_memstats_*`; a histogram or summary is kept whole by its name. Empty: the page as sent.
    #[serde(default)]
    keep: Vec<String>,
    /// A file whose content is sent as bearer token; read at each request.
    #[serde(default)]
    bearer_token_file: Option<PathBuf>,
    /// A user name and a password for the server.
    #[serde(default)]
    basic_auth: Option<BasicAuth>,
    /// How an `https` server is checked, and what is shown to it.
    #[serde(default)]
    tls: Option<Tls>,
}

struct PrometheusScrape {
    target: Target,
    page: Url,
    keep: Globs,
}

impl Plugin for PrometheusScrape {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        let Config { url, keep, bearer_token_file, basic_auth, tls } = config;
        let target = Target::new(Settings { url, bearer_token_file, basic_auth, tls })?;
        let page = match target.url().path() {
            "/" => target.url().with_path(USUAL_PATH)?,
            _ => target.url().clone(),
        };
        Ok(PrometheusScrape { target, page, keep: Globs::new(keep) })
    }

    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        page::fetch(context, &self.target, &self.page, &self.keep)
    }
}

collector_plugin!(PrometheusScrape, "../plugin.json");

#[cfg(test)]
mod tests;
