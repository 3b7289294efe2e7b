//! What the tests of this binary share: running programs within limits, and what they need built.
//!
//! Nothing here asserts anything about the product.

#[macro_use]
mod skip;
mod go;
mod libraries;
mod redact;
mod run;

pub(crate) use go::{GoServer, go_server, go_tool};
pub(crate) use run::{collector, run};
pub(crate) use skip::{Missing, skipped};
