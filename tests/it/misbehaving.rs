//! Plugins that do harm: each hurts its own row and nothing else.
//!
//! Every one runs between two good collectors, in one capture of two samples, so that what happens
//! after the harm is seen too. The good ones must be `ok` with all they have, the bundle must be
//! whole, and nothing that was started may be left; only then the row of the bad one is looked at.
//! `tests/misbehaving` has the plugins.

mod artifacts;
mod crashes;
mod hangs;
mod loading;
mod panics;
mod resources;

use crate::support::{Captured, Missing, Scene};

/// The limits that tests of a hanging plugin set.
const ONE_SECOND: &str = "timeout: 1s";

/// The rows of `tests/misbehaving/<plugin>.c`, run with `limits` between two good collectors.
fn between_good_ones(plugin: &str, limits: &str) -> Result<String, Missing> {
    Ok(captured_between_good_ones(plugin, limits)?.rows("bad"))
}

/// The capture of [`between_good_ones`].
fn captured_between_good_ones(plugin: &str, limits: &str) -> Result<Captured, Missing> {
    let manifest = format!(
        "\
collectors:
  - {{ plugin: '[good.c]', name: before }}
  - {{ plugin: '[{plugin}.c]', name: bad, limits: {{ {limits} }} }}
  - {{ plugin: '[good.c]', name: after }}
"
    );
    let captured = Scene::new(&manifest)?.capture(&["--samples", "2", "--every", "3s"]);
    for good in ["before", "after"] {
        assert_eq!(captured.rows(good), "2 x ok [count, 9 bytes]\n", "{good}, beside {plugin}");
        assert_eq!(captured.bundle.file(1, &format!("{good}/count")), b"sample 2\n");
    }
    Ok(captured)
}
