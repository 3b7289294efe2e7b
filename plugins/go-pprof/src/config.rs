//! What can be asked for, and in which order it is.

use std::collections::BTreeSet;
use std::path::PathBuf;

use plugin_api::Error;
use plugin_api::http::{BasicAuth, Settings, Tls};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest recording: an hour.
const MAX_SECONDS: u32 = 3600;

/// Where to fetch from, and what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The server: `http://HOST:PORT`, or with the path that ends in `/pprof` where it is not
    /// `/debug/pprof`.
    url: String,
    /// The profiles to take at each sample, one after another, heap first: `heap` (memory in use),
    /// `allocs` (all allocations since the start), `goroutine` (stacks of all goroutines),
    /// `goroutineleak` (goroutines that can never go on; since Go 1.27),
    /// `threadcreate`, `block` and `mutex` (empty unless the program turns them on).
    #[serde(default = "default_profiles")]
    profiles: BTreeSet<Profile>,
    /// Run a garbage collection before the heap profile, so that it has no garbage of the last
    /// cycle. It costs the program what a collection costs.
    #[serde(default)]
    gc: bool,
    /// Record where CPU time goes.
    #[serde(default)]
    cpu: Option<Recording>,
    /// Record an execution trace. It is large: megabytes a second on a busy server.
    #[serde(default)]
    trace: Option<Recording>,
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

/// A profile by the name it has below `/debug/pprof`. The order is that of fetching.
// Documented variants would turn the schema's list of words into one schema a word, and the host's
// message about a wrong word into a riddle.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Profile {
    Heap,
    Allocs,
    Goroutine,
    Goroutineleak,
    Threadcreate,
    Block,
    Mutex,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Profile::Heap => "heap",
            Profile::Allocs => "allocs",
            Profile::Goroutine => "goroutine",
            Profile::Goroutineleak => "goroutineleak",
            Profile::Threadcreate => "threadcreate",
            Profile::Block => "block",
            Profile::Mutex => "mutex",
        }
    }
}

/// Something recorded over a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(inline)]
#[serde(deny_unknown_fields)]
struct Recording {
    /// How long, in seconds. It has to fit into the collector's `timeout` with the rest.
    #[schemars(range(min = 1, max = 3600))]
    seconds: u32,
}

fn default_profiles() -> BTreeSet<Profile> {
    [Profile::Heap, Profile::Goroutine].into()
}

/// One thing to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What the customer calls it, and the artifact's name without extension.
    pub(crate) name: &'static str,
    /// Its name below the base address.
    pub(crate) path: &'static str,
    /// A query.
    pub(crate) query: Option<String>,
    /// What it should be.
    pub(crate) format: Format,
    /// How long the server records before it answers.
    pub(crate) seconds: u32,
}

/// What an answer should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A `profile.proto` message, in gzip or not.
    Profile,
    /// A trace of the Go runtime.
    Trace,
}

impl Config {
    /// What to fetch, in order.
    pub(crate) fn items(&self) -> Result<Vec<Item>, Error> {
        let item = |name, path, query, format, seconds| Item { name, path, query, format, seconds };
        let mut items = Vec::new();
        for profile in &self.profiles {
            let name = profile.name();
            let query = (self.gc && *profile == Profile::Heap).then(|| "gc=1".to_owned());
            items.push(item(name, name, query, Format::Profile, 0));
        }
        let recordings = [
            ("cpu", "profile", &self.cpu, Format::Profile),
            ("trace", "trace", &self.trace, Format::Trace),
        ];
        for (name, path, recording, format) in recordings {
            let Some(Recording { seconds }) = *recording else { continue };
            if !(1..=MAX_SECONDS).contains(&seconds) {
                return Err(Error::bad_config(format!(
                    "{name}.seconds: {seconds} is not from 1 to {MAX_SECONDS}"
                )));
            }
            items.push(item(name, path, Some(format!("seconds={seconds}")), format, seconds));
        }
        if items.is_empty() {
            return Err(Error::bad_config(
                "profiles: nothing is asked for; name a profile, or set `cpu` or `trace`",
            ));
        }
        Ok(items)
    }

    pub(crate) fn into_settings(self) -> Settings {
        Settings {
            url: self.url,
            bearer_token_file: self.bearer_token_file,
            basic_auth: self.basic_auth,
            tls: self.tls,
        }
    }
}
