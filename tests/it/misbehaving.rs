//! Plugins that do harm: each hurts its own row and nothing else.
//!
//! Every one runs between two good collectors. The good ones must be `ok` with all they have, the
//! bundle must be whole, and nothing that was started may be left; only then the row of the bad one
//! is looked at. `tests/misbehaving` has the plugins.

mod artifacts;
mod crashes;
mod deadline;
mod full;
mod hangs;
mod leftovers;
mod loading;
mod panics;
mod protocol;
mod resources;
mod short_memory;

pub(crate) use resources::has_landlock;

use crate::support::{Captured, Missing, Scene};

/// The limits that tests of a hanging plugin set.
const ONE_SECOND: &str = "timeout: 1s";

/// The rows of `tests/misbehaving/<plugin>.c`, run with `limits` between two good collectors.
fn between_good_ones(plugin: &str, limits: &str) -> Result<String, Missing> {
    Ok(captured_between_good_ones(plugin, limits)?.rows("bad"))
}

/// The capture of [`between_good_ones`]: one sample.
fn captured_between_good_ones(plugin: &str, limits: &str) -> Result<Captured, Missing> {
    capture(plugin, limits, &[])
}

/// As [`between_good_ones`], with a second sample. It comes late enough for the slowest machine, so
/// few tests do this.
fn twice_between_good_ones(plugin: &str, limits: &str) -> Result<String, Missing> {
    Ok(capture(plugin, limits, &["--samples", "2", "--every", "10s"])?.rows("bad"))
}

fn capture(plugin: &str, limits: &str, options: &[&str]) -> Result<Captured, Missing> {
    let captured = scene_of(plugin, limits)?.capture(options);
    check_good_ones(&captured, plugin);
    Ok(captured)
}

/// The place in which a plugin runs between two good collectors.
fn scene_of(plugin: &str, limits: &str) -> Result<Scene, Missing> {
    let manifest = format!(
        "\
collectors:
  - {{ plugin: '[good.c]', name: before }}
  - {{ plugin: '[{plugin}.c]', name: bad, limits: {{ {limits} }} }}
  - {{ plugin: '[good.c]', name: after }}
"
    );
    Scene::new(&manifest)
}

/// That nothing has happened to the good ones.
fn check_good_ones(captured: &Captured, plugin: &str) {
    for good in ["before", "after"] {
        for at in 0..captured.bundle.samples.len() {
            let count = format!("sample {}\n", at + 1);
            assert_eq!(captured.bundle.row(at, good)["outcome"], "ok", "beside {plugin}");
            assert_eq!(captured.bundle.file(at, &format!("{good}/count")), count.as_bytes());
        }
    }
}
