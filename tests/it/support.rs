//! What the tests of this binary share: running programs within limits, what they need built, and
//! a look at the bundles they make.
//!
//! Only `bundle` asserts anything about the product: what holds for every bundle.

#[macro_use]
mod skip;
mod author;
mod bundle;
mod c_plugin;
mod disk;
mod go;
mod installed;
mod libraries;
mod memory;
mod namespace;
mod processes;
mod redact;
mod run;
mod scene;
mod strace;

pub(crate) use author::{example, go_in, tool};
pub(crate) use bundle::{Bundle, check_bundle};
pub(crate) use c_plugin::{c_plugin, foreign_plugin, stand_in_at};
pub(crate) use disk::SmallDisk;
pub(crate) use go::{GoServer, build, go_plugin, go_server, go_tool};
pub(crate) use installed::{installed, run_as_user, run_in};
pub(crate) use libraries::{aborting_library, libraries, plugins};
pub(crate) use memory::measured;
pub(crate) use namespace::in_own_mounts;
pub(crate) use processes::workers_of;
pub(crate) use redact::redact;
pub(crate) use run::{
    LIMIT, Running, Said, collector, command, finished_samples, has_program, run, start, wait_until,
};
pub(crate) use scene::{Captured, Scene};
pub(crate) use skip::{Missing, skipped};
pub(crate) use strace::{strace, under_strace};
