//! Tests that a document names in the last column of its tables: each must be there.

use std::collections::BTreeSet;

use super::Complaint;

/// Checks one document against all sources. An empty cell is fine: its section says which test it is.
pub(super) fn check(path: &str, text: &str, sources: &[(String, String)]) -> Vec<Complaint> {
    let tests: BTreeSet<&str> = sources.iter().flat_map(|(_, text)| functions(text)).collect();
    let mut complaints = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            continue;
        };
        let last = cells.rsplit(" | ").next().unwrap_or_default();
        for name in last.split('`').skip(1).step_by(2).filter(|name| !tests.contains(name)) {
            let what = format!("names the test {name}, which is in no source");
            complaints.push(Complaint { path: path.to_owned(), line: at + 1, what });
        }
    }
    complaints
}

/// The names of all functions after an attribute that makes them tests.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[test]").skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once("fn ")?;
        rest.split_once('(').map(|(name, _)| name)
    })
}
