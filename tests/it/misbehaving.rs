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
mod resources;

use crate::support::{Missing, Scene};

/// The limits that tests of a hanging plugin set.
const ONE_SECOND: &str = "timeout: 1s";

/// The rows of `tests/misbehaving/<plugin>.c`, run with `limits` between two good collectors.
fn between_good_ones(plugin: &str, limits: &str) -> Result<String, Missing> {
    let manifest = format!(
        "\
collectors:
  - {{ plugin: '[good.c]', name: before }}
  - {{ plugin: '[{plugin}.c]', name: bad, limits: {{ {limits} }} }}
  - {{ plugin: '[good.c]', name: after }}
"
    );
    let captured = Scene::new(&manifest)?.capture(&["--samples", "2", "--every", "100ms"]);
    for good in ["before", "after"] {
        assert_eq!(captured.rows(good), GOOD, "{good}, beside {plugin}");
        assert_eq!(captured.bundle.file(1, &format!("{good}/count")), b"sample 2\n");
    }
    Ok(captured.rows("bad"))
}

const GOOD: &str = "ok [count, 9 bytes]\nok [count, 9 bytes]\n";
