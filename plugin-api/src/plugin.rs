//! What a plugin's author writes: one trait.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Context, Error};

/// One collector, as its author writes it.
///
/// The host makes it once per capture from the `config` of its manifest entry, asks it for one
/// sample at each tick, and drops it at the end. State may live between ticks. Everything happens
/// on one thread of a process of its own.
pub trait Plugin: Sized {
    /// The configuration. Derive `Deserialize` and `JsonSchema`, and
    /// `#[serde(deny_unknown_fields)]`; the host has checked it against the schema in the
    /// description and filled in the defaults.
    type Config: DeserializeOwned;

    /// Makes the collector.
    ///
    /// # Errors
    ///
    /// [`Error::bad_config`] for a configuration that fits the schema and still cannot be used. The
    /// collector is then `refused` and the others go on.
    fn new(config: Self::Config, context: &Context) -> Result<Self, Error>;

    /// Takes one sample.
    ///
    /// Deliver what was found even when something was not: note that with [`Context::problem`]
    /// and go on. What is delivered is kept, whatever this returns.
    ///
    /// # Errors
    ///
    /// One more problem, the last: the outcome is that of all of them together.
    fn collect(&mut self, context: &Context) -> Result<(), Error>;
}

/// The description of a plugin, put there by [`collector_plugin!`](crate::collector_plugin).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not exported as a plugin",
    note = "write `collector_plugin!({Self}, \"../plugin.json\");` beside it"
)]
pub trait Described: Plugin {
    /// The JSON text, the same bytes as in the library's ELF note.
    const DESCRIPTION: &'static str;
}

/// The configuration of a plugin that has none: `{}`.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "testing", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NoConfig {}
