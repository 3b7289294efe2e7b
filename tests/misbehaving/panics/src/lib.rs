//! Panics where it is told to: the SDK must catch it before it reaches the worker.

use std::panic::panic_any;
use std::thread;

use plugin_api::{Context, Error, Plugin, collector_plugin};
use schemars::JsonSchema;
use serde::Deserialize;

/// Where to panic.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Config {
    /// `new`, `collect`, `payload`, `thread` or `drop`.
    place: String,
}

struct Panics {
    place: String,
}

impl Plugin for Panics {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        assert!(config.place != "new", "told to panic in new");
        Ok(Panics { place: config.place })
    }

    fn collect(&mut self, _: &Context) -> Result<(), Error> {
        match self.place.as_str() {
            "collect" => panic!("told to panic in {}", self.place),
            "payload" => panic_any(4711),
            "thread" => {
                let thread = thread::spawn(|| panic!("told to panic in a thread"));
                thread.join().map_err(|_| Error::failed("the thread panicked"))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        assert!(self.place != "drop", "told to panic in drop");
    }
}

collector_plugin!(Panics, "../plugin.json");
