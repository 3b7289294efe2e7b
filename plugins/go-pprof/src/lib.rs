//! Fetches profiles from a server of the pprof protocol and stores them as sent.
//!
//! What comes is checked in passing, because a login page or half a profile under the name of a
//! profile would cost the reader of the bundle an hour. What the profiles mean is for that reader.

mod base;
mod check;
mod config;
mod fetch;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;

use plugin_api::http::{Target, Url};
use plugin_api::{Context, Error, Plugin, collector_plugin};

use config::{Config, Item};

struct GoPprof {
    target: Target,
    /// What the names of profiles are appended to.
    base: Url,
    /// What to fetch, in that order.
    items: Vec<Item>,
}

impl Plugin for GoPprof {
    type Config = Config;

    fn new(config: Config, _: &Context) -> Result<Self, Error> {
        let items = config.items()?;
        let target = Target::new(config.into_settings())?;
        let base = base::of(target.url())?;
        Ok(GoPprof { target, base, items })
    }

    /// One after another: a server under load should not be asked for all at once.
    fn collect(&mut self, context: &Context) -> Result<(), Error> {
        let least = fetch::least_time(context);
        let mut items = self.items.iter();
        while let Some(item) = items.next() {
            let Err(missing) = fetch::fetch(context, &self.target, &self.base, item, least) else {
                continue;
            };
            context.problem(&missing.error);
            let rest: Vec<_> = items.as_slice().iter().map(|item| item.name).collect();
            if missing.concerns_all && !rest.is_empty() {
                return Err(Error::new(
                    missing.error.status(),
                    format!("{}: not asked for after that", rest.join(", ")),
                ));
            }
        }
        Ok(())
    }
}

collector_plugin!(GoPprof, "../plugin.json");

#[cfg(test)]
mod tests;
