//! How long a plugin can hold up a capture past its deadline: a second.
//!
//! The machine that runs the tests may be busy with something else, so the best of three runs counts;
//! what was measured is printed.

use std::time::Duration;

use serde_json::Value;

use crate::support::{Captured, Missing, Scene};

const DEADLINE: Duration = Duration::from_secs(1);
/// What the program promises.
const OVERRUN: Duration = Duration::from_secs(1);

#[test]
fn the_worst_plugins_together_hold_up_a_capture_for_a_second() {
    let worst = ["spins", "hangs", "hangs-with-daemon", "hangs-up", "destroy-hangs", "ctor-hangs"];
    let best = need!(best_of_three(&worst.map(|plugin| (plugin, plugin.to_owned()))));
    println!("{best:?}, deadline {DEADLINE:?}");
    assert!(best <= DEADLINE + OVERRUN, "{best:?}");
}

/// Each must be killed, and what it has started looked for.
#[test]
fn sixty_four_hanging_plugins_hold_up_a_capture_for_a_second() {
    let worst = ["hangs", "hangs-with-daemon", "hangs-up", "destroy-hangs"];
    let many: Vec<_> = (0..64).map(|at| (worst[at % 4], format!("c{at}"))).collect();
    let best = need!(best_of_three(&many));
    println!("{best:?}, deadline {DEADLINE:?}");
    assert!(best <= DEADLINE + OVERRUN, "{best:?}");
}

/// The shortest time that any of three captures took, or the first that is short enough: the longest
/// call in it or the whole from the first tick to the end of everything, whichever is longer.
fn best_of_three(collectors: &[(&str, String)]) -> Result<Duration, Missing> {
    let mut manifest = "limits: { timeout: 1s }\ncollectors:\n".to_owned();
    for (plugin, name) in collectors {
        manifest.push_str(&format!("  - {{ plugin: '[{plugin}.c]', name: {name} }}\n"));
    }
    let mut best = Duration::MAX;
    for _ in 0..3 {
        best = best.min(time_taken(&Scene::new(&manifest)?.capture(&[]), collectors));
        if best <= DEADLINE + OVERRUN {
            break;
        }
    }
    Ok(best)
}

fn time_taken(captured: &Captured, collectors: &[(&str, String)]) -> Duration {
    let ms = |value: &Value| Duration::from_millis(value.as_u64().expect("a number"));
    let wall = |name: &str| ms(&captured.bundle.row(0, name)["cost"]["wall_ms"]);
    let longest = collectors.iter().map(|(_, name)| wall(name)).max().expect("a collector");
    let first_tick = ms(&captured.bundle.samples[0]["monotonic_ms"]);
    let whole = ms(&captured.bundle.index["duration_ms"]) - first_tick;
    longest.max(whole)
}
