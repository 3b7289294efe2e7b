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

use crate::support::{Missing, Said, c_plugin, collector, plugins};
use check::passes_every_check;

/// What `collector plugin VERB` says of `tests/misbehaving/<plugin>.c`, run in `dir`.
fn said(dir: &Path, verb: &str, plugin: &str, options: &[&str]) -> Result<Said, Missing> {
    let library = c_plugin(plugin)?;
    let library = library.to_str().expect("a path that is UTF-8");
    Ok(collector(dir, &[&["plugin", verb, library], options].concat()))
}

/// Passes every check with this configuration, in `dir`, and then runs.
#[track_caller]
pub(crate) fn checks_and_runs(dir: &Path, library: &str, config: &str) {
    passes_every_check(dir, library, config);
    std::fs::write(dir.join("run.yaml"), config).expect("write the configuration");
    let said = collector(dir, &["plugin", "run", library, "--config", "run.yaml"]);
    assert_eq!((said.exit, said.stderr.as_str()), (0, ""), "{said}");
    assert!(said.stdout.starts_with("sample 1: ok\n"), "{said}");
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
