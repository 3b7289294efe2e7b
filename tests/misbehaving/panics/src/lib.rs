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
    /// `new`, `new-string`, `new-payload`, `collect`, `text`, `payload`, `thread`,
    /// `lone-thread`, `drop` or `drop-payload`.
    place: String,
}

struct Panics {
    place: String,
}

impl Plugin for Panics {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        match config.place.as_str() {
            "new" => panic!("told to panic in new"),
            "new-string" => panic!("told to panic in {}", config.place),
            "new-payload" => panic_any(4711),
            _ => {}
        }
        Ok(Panics { place: config.place })
    }

    fn collect(&mut self, _: &Context) -> Result<(), Error> {
        match self.place.as_str() {
            "collect" => panic!("told to panic in {}", self.place),
            "text" => panic!("told to panic with a text"),
            "payload" => panic_any(4711),
            "lone-thread" => {
                // Nobody waits for what it returns, but it has ended before the sample has.
                let thread = thread::spawn(|| panic!("told to panic in a thread of its own"));
                while !thread.is_finished() {
                    thread::yield_now();
                }
                Ok(())
            }
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
        match self.place.as_str() {
            "drop" => panic!("told to panic in drop"),
            "drop-payload" => panic_any(4711),
            _ => {}
        }
    }
}

collector_plugin!(Panics, "../plugin.json");
