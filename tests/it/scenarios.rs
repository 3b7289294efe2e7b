//! Programs that really leak, or only look like it, under a real capture: whether the report says
//! so. `docs/scenarios.md` is their manual.
//!
//! Without a word it judges bundles that were recorded earlier and are kept as fixtures. With
//! `COLLECTOR_SCENARIOS=all`, or the names of some, it records and judges anew, as often as
//! `COLLECTOR_SCENARIOS_RUNS` says:
//!
//! ```text
//! sudo -E COLLECTOR_SCENARIOS=all cargo test --release -p collector-core --test it scenarios:: -- --nocapture
//! ```

mod judge;
mod place;
mod record;
mod suite;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use judge::Judged;
use record::Recorded;
use suite::SUITE;

/// Where the recorded bundles are, two files for each scenario: among the fixtures, or where a run
/// left them.
fn recorded() -> PathBuf {
    if let Some(dir) = std::env::var_os("COLLECTOR_SCENARIOS_FROM") {
        return PathBuf::from(dir);
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/scenarios")
}

#[test]
fn recorded_scenarios_are_told_for_what_they_are() {
    if std::env::var_os("COLLECTOR_SCENARIOS").is_some() {
        return;
    }
    let mut judged = Vec::new();
    for scenario in SUITE {
        if let Some(recorded) = Recorded::read(&recorded(), scenario.name) {
            judged.push(judge::judge(scenario, &recorded));
        }
    }
    assert!(judged.len() >= 12, "only {} scenarios are recorded", judged.len());
    check(&judged);
}

#[test]
fn scenarios_are_told_for_what_they_are() {
    let Some(wanted) = std::env::var_os("COLLECTOR_SCENARIOS") else { return };
    let wanted = wanted.to_string_lossy().into_owned();
    let out = match std::env::var_os("COLLECTOR_SCENARIOS_OUT") {
        Some(out) => PathBuf::from(out),
        None => Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios"),
    };
    fs::create_dir_all(&out).expect("create the directory of the bundles");
    let is_wanted = |name: &str| wanted == "all" || wanted.split(',').any(|it| it == name);
    let n_runs =
        std::env::var("COLLECTOR_SCENARIOS_RUNS").map_or(1, |it| it.parse().expect("runs"));
    let mut judged = Vec::new();
    for run in 1..=n_runs {
        for scenario in SUITE.iter().filter(|it| is_wanted(it.name)) {
            match record::record(scenario, run, &out) {
                Ok(recorded) => judged.push(judge::judge(scenario, &recorded)),
                Err(why) => judged.push(Judged::not_run(scenario, why)),
            }
        }
    }
    check(&judged);
}

/// Prints the table, and holds it against the bars.
#[expect(clippy::print_stdout, reason = "the table is what a run of the suite is for")]
fn check(judged: &[Judged]) {
    let table = table::table(judged);
    println!("{table}");
    let wrong: Vec<&str> =
        judged.iter().filter(|it| it.accuses).map(|it| it.scenario.name).collect();
    assert!(wrong.is_empty(), "accused without reason: {wrong:?}\n{table}");
    let leaks = judged.iter().filter(|it| it.is_leak());
    let missed: Vec<&str> =
        leaks.clone().filter(|it| !it.is_found).map(|it| it.scenario.name).collect();
    let n_leaks = leaks.count();
    assert!(missed.len() * 20 <= n_leaks, "not found: {missed:?}\n{table}");
    let not_cleared: Vec<&str> = judged
        .iter()
        .filter(|it| it.not_run.is_none() && !it.is_leak() && !it.is_found)
        .map(|it| it.scenario.name)
        .collect();
    assert!(not_cleared.is_empty(), "not cleared: {not_cleared:?}\n{table}");
    let sizes = judged.iter().filter_map(|it| Some((it.scenario.name, it.size_error?)));
    let far: Vec<_> = sizes.clone().filter(|(_, error)| error.abs() > 0.1).collect();
    assert!(far.len() * 20 <= sizes.count(), "another size: {far:?}\n{table}");
    let wrong_holder = judged.iter().filter(|it| it.is_found && !it.is_holder_first);
    let wrong_holder: Vec<&str> = wrong_holder.map(|it| it.scenario.name).collect();
    assert!(wrong_holder.len() * 20 <= n_leaks, "another holder first: {wrong_holder:?}\n{table}");
}
