//! The contract between collector and its plugins, and the Rust SDK over it.
//!
//! A plugin is a shared library that implements [`Plugin`] and names it in [`collector_plugin!`]:
//!
//! ```
//! use plugin_api::{Context, Error, NoConfig, Plugin, collector_plugin};
//!
//! struct Uptime;
//!
//! impl Plugin for Uptime {
//!     type Config = NoConfig;
//!
//!     fn new(_: NoConfig, _: &Context) -> Result<Self, Error> {
//!         Ok(Uptime)
//!     }
//!
//!     fn collect(&mut self, context: &Context) -> Result<(), Error> {
//!         context.copy("/proc/uptime", "uptime", "text/plain")?;
//!         Ok(())
//!     }
//! }
//!
//! # /* There is no such file here.
//! collector_plugin!(Uptime, "../plugin.json");
//! # */
//! # collector_plugin!(Uptime, "../tests/uptime.json");
//! ```
//!
//! Reading order: [`plugin`](Plugin) and [`Context`] are what an author sees; `abi` is the C layout
//! of `include/collector_plugin.h`; `runtime` is the plugin's side of the boundary and `host` the
//! other side. `unsafe` is in `abi`, `runtime` and `host` only. Nothing here knows what a bundle
//! or a manifest is.

pub mod abi;
mod context;
mod error;
mod export;
pub mod glob;
pub mod host;
#[cfg(feature = "http")]
pub mod http;
pub mod mounts;
pub mod names;
pub mod openmetrics;
mod plugin;
mod privilege;
#[cfg(feature = "processes")]
mod processes;
#[doc(hidden)]
pub mod runtime;
mod source;
mod stat_line;
#[cfg(feature = "testing")]
pub mod testing;

pub use context::{Artifact, Context, Level};
pub use error::{Error, Status};
pub use plugin::{Described, NoConfig, Plugin};
pub use privilege::may_read_all_processes;
#[cfg(feature = "processes")]
pub use processes::{Processes, Selector};
pub use source::Source;
pub use stat_line::StatLine;
