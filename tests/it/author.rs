//! What the author of a plugin has: `collector plugin run` and `collector plugin check`, as they
//! are run at a terminal. The plugins are those of `tests/misbehaving`, the official ones,
//! and that of the contract's own page.

mod check;
mod describe;
mod document;
mod first_release;
mod glibc;
mod run;

use std::path::Path;

pub(crate) use check::passes_every_check;

use crate::support::{Missing, Said, c_plugin, collector, plugins};

/// What `collector plugin VERB` says of `tests/misbehaving/<plugin>.c`, run in `dir`.
fn said(dir: &Path, verb: &str, plugin: &str, options: &[&str]) -> Result<Said, Missing> {
    let library = c_plugin(plugin)?;
    let library = library.to_str().expect("a path that is UTF-8");
    Ok(collector(dir, &[&["plugin", verb, library], options].concat()))
}

/// The same as text, without what differs between two runs and two machines.
fn shown(said: &Said) -> String {
    let text = said.to_string().replace(&plugins().display().to_string(), "[OFFICIAL]");
    let rights = [
        "capability, and may write no file",
        "capability, and may write files, because this kernel has no Landlock",
    ];
    rights.iter().fold(text, |text, right| text.replace(right, "capability, [LANDLOCK]"))
}
