//! `collector plugin list`: a row for every plugin file in the directories that are searched.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{print_line, print_note};
use crate::plan::description::DescriptionFault;
use crate::plan::inspect::survey;
use crate::plan::locate::Places;
use crate::plan::shown::{Shown, plain};

/// Prints the table; the files that would be refused come last, each with its reason.
pub(super) fn run(places: &Places) -> Result<Exit, Failure> {
    let mut rows = vec![["NAME", "VERSION", "ORDER", "SUMMARY", "FILE"].map(str::to_owned)];
    let mut refused = Vec::new();
    let mut first_of: BTreeMap<String, PathBuf> = BTreeMap::new();
    for library in places.libraries() {
        let found = match survey(&library) {
            Ok(found) => found,
            Err(refusal) => {
                refused.push(format!("refused: {}: {refusal}", Shown(&library)));
                continue;
            }
        };
        let is_described = !matches!(found.description, Err(DescriptionFault::Missing));
        // One of the other libraries that may lie beside the program is no plugin of this list.
        if !is_described && places.is_beside_program(&library) {
            continue;
        }
        let refusal = found.refusal();
        let is_refused = refusal.is_some();
        refused.extend(refusal.map(|reason| format!("refused: {}: {reason}", Shown(&library))));
        // What this machine would not load has a row too, as long as its note can be read.
        let Ok(about) = found.description else { continue };
        let mut file = Shown(&library).to_string();
        match first_of.get(&about.name) {
            _ if is_refused => file.push_str(" (refused)"),
            Some(first) => file.push_str(&format!(" (hidden by {})", Shown(first))),
            None => {
                first_of.insert(about.name.clone(), library.clone());
            }
        }
        let order = about.order.as_str().to_owned();
        rows.push([about.name, plain(&about.version), order, plain(&about.summary), file]);
    }
    if rows.len() == 1 && refused.is_empty() {
        let searched: Vec<String> =
            places.directories().iter().map(|it| Shown(it).to_string()).collect();
        print_note(&format!("no plugins in {}", searched.join(", ")));
        return Ok(Exit::Complete);
    }
    for line in aligned(&rows).iter().chain(&refused) {
        print_line(line)?;
    }
    Ok(Exit::Complete)
}

/// The rows with their columns below each other.
pub(super) fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
