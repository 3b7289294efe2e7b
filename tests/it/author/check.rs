//! `collector plugin check`, and for each of its checks a plugin that does not pass it.

mod behavior;
mod file;
mod official;
mod trials;

use std::path::Path;

use super::said;
use crate::support::{Missing, collector};

/// The lines of `plugin check OPTIONS` on `tests/misbehaving/<plugin>.c` that are not `ok`, below
/// the exit code, without the paths of this machine.
fn complaints(plugin: &str, options: &[&str]) -> Result<String, Missing> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = said(dir.path(), "check", plugin, options)?;
    let lines = said.stdout.lines().filter(|line| !line.starts_with("ok ") && !is_slow(line));
    // How many warnings there are depends on the machine, too.
    let lines = lines.map(|line| line.split(", warnings: ").next().unwrap_or_default());
    let lines: Vec<String> = lines.map(without_paths).collect();
    Ok(format!("{}: exit {}\n{}\n{}", plugin, said.exit, lines.join("\n"), said.stderr))
}

/// Runs `plugin check` of a good plugin in `dir`, with this configuration. There is not even a
/// warning, but where this machine is slow or does not let the plugin read all, and of the names
/// that Go exports.
#[track_caller]
pub(super) fn passes_every_check(dir: &Path, library: &str, config: &str) {
    let bytes = std::fs::read(dir.join(library)).expect("read the library");
    let is_in_go = bytes.windows(b"crosscall2".len()).any(|it| it == b"crosscall2");
    std::fs::write(dir.join("check.yaml"), config).expect("write the configuration");
    let said = collector(dir, &["plugin", "check", library, "--config", "check.yaml"]);
    let complaints = said.stdout.lines().filter(|line| {
        let is_about_machine = line.starts_with("warn  sample ");
        let is_of_go = is_in_go && line.starts_with("warn  symbols ");
        let is_fine = line.starts_with("ok ") || line.starts_with("passed: ");
        !is_fine && !is_about_machine && !is_of_go && !is_slow(line)
    });
    assert_eq!(complaints.collect::<Vec<_>>(), [""; 0], "{said}");
    assert_eq!((said.exit, said.stderr.as_str()), (0, ""), "{said}");
    assert_eq!(said.stdout.lines().count(), 27, "26 checks and the sum: {said}");
}

/// Whether this is a warning that a busy machine may cause.
fn is_slow(line: &str) -> bool {
    ["warn  destroy       took ", "warn  stop          told to stop "]
        .iter()
        .any(|warning| line.starts_with(warning))
}

/// `line` with the names of files instead of their paths.
fn without_paths(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let is_path =
            word.starts_with('/') && Path::new(word.trim_end_matches([':', ','])).is_absolute();
        if is_path { word.rsplit('/').next().unwrap_or(word) } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The line of `check` in what `plugin check OPTIONS` says of each of `plugins`.
fn lines_of(check: &str, plugins: &[&str], options: &[&str]) -> Result<String, Missing> {
    let mut lines = String::new();
    for plugin in plugins {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let said = said(dir.path(), "check", plugin, options)?;
        let words = |line: &str| line.split_whitespace().nth(1) == Some(check);
        let line = said.stdout.lines().find(|line| words(line));
        let line = line.unwrap_or_else(|| panic!("no line {check}: {said}"));
        let has_failed = said.stdout.lines().any(|line| line.starts_with("FAIL  "));
        assert_eq!(said.exit, if has_failed { 3 } else { 0 }, "{said}");
        lines.push_str(&format!("{plugin}: {}\n", without_paths(line)));
    }
    Ok(lines)
}

/// Each check has a row in the document, and each row a check.
#[test]
fn every_check_is_documented() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/plugin-check.md");
    let document = std::fs::read_to_string(document).expect("docs/plugin-check.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let documented: Vec<&str> = rows.map(|(name, _)| name).collect();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let said = need!(said(dir.path(), "check", "good", &[]));
    let names = said.stdout.lines().filter(|line| line.starts_with(&['o', 'w', 'F'][..]));
    let checks: Vec<&str> = names.filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(documented[..], checks[..checks.len() - 1], "in their order: {said}");
}
