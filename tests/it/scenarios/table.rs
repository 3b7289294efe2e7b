//! The table of a run, and its figures.

use std::fmt::Write;

use super::judge::Judged;

const MIB: f64 = 1_048_576.0;

/// What was judged, line by line, with the sums below.
pub(super) fn table(judged: &[Judged]) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{}", text.trim_end()).expect("a text");
    line(format!(
        "{:<20} {:>6} {:>7} {:>8} {:>12} {:>9}  first finding",
        "scenario", "found", "holder", "size", "unaccounted", "residual"
    ));
    for it in judged {
        if let Some(why) = &it.not_run {
            line(format!("{:<20} not run: {why}", it.scenario.name));
            continue;
        }
        let word = |is: bool| if is { "yes" } else { "NO" };
        let size = it.size_error.map(|it| format!("{:+.1} %", it * 100.0)).unwrap_or_default();
        let holder = if it.is_leak() { word(it.is_holder_first) } else { "" };
        let accused = if it.accuses { "  WRONG" } else { "" };
        line(format!(
            "{:<20} {:>6} {holder:>7} {size:>8} {:>12} {:>9}  {}{accused}",
            it.scenario.name,
            word(it.is_found),
            it.unaccounted.map(mib).unwrap_or_default(),
            mib(it.residual),
            it.first
        ));
    }
    let ran: Vec<&Judged> = judged.iter().filter(|it| it.not_run.is_none()).collect();
    let leaks: Vec<&&Judged> = ran.iter().filter(|it| it.is_leak()).collect();
    let found = leaks.iter().filter(|it| it.is_found).count();
    let first = leaks.iter().filter(|it| it.is_found && it.is_holder_first).count();
    let wrong = ran.iter().filter(|it| it.accuses).count();
    let sizes: Vec<f64> = leaks.iter().filter_map(|it| it.size_error).collect();
    let near = sizes.iter().filter(|it| it.abs() <= 0.1).count();
    line(format!(
        "\nleaks {}: found {found} ({}), right holder first {first} ({}); size within 10 %: {near} of {}",
        leaks.len(),
        percent(found, leaks.len()),
        percent(first, leaks.len()),
        sizes.len()
    ));
    let benign = ran.len() - leaks.len();
    let precision = percent(found, found + wrong);
    line(format!(
        "benign {benign}; runs in which somebody is said to leak who does not: {wrong}; precision {precision}"
    ));
    // Where the leak is what no term explains, the account cannot close.
    let rest: Vec<f64> = ran.iter().filter_map(|it| it.unaccounted).collect();
    let small = rest.iter().filter(|it| it.abs() <= MIB).count();
    line(format!("unaccounted at most 1 MiB where nothing is: {small} of {}", rest.len()));
    let closes = ran.iter().filter(|it| it.residual <= MIB).count();
    line(format!("residual of the account at most 1 MiB: {closes} of {}", ran.len()));
    let residual = ran.iter().map(|it| it.residual).fold(0.0, f64::max);
    line(format!("largest residual of the account: {}", mib(residual)));
    out
}

fn mib(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / MIB)
}

fn percent(part: usize, whole: usize) -> String {
    match whole {
        0 => "none".to_owned(),
        _ => format!("{:.0} %", part as f64 * 100.0 / whole as f64),
    }
}
