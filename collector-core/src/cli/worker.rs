//! `collector __worker`: what the program becomes when the core starts it again to host a plugin.

use super::exit::{Exit, Failure};
use crate::run::child;

/// The core's own; not run by hand.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Process of the core
    parent: i32,
}

/// Becomes the worker, and does not return.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    child::main(arguments.parent)
}
