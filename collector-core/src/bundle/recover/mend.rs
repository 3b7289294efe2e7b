//! The `sample.json` of a recovered sample: as it was, unless a file it lists was left out.
//!
//! Then its row loses the file and gets a problem that says so. It is changed as JSON and not as
//! the type, so that fields of a later minor version stay.

use serde_json::{Value, json};

use super::survey::Names;
use crate::bundle::index::Sample;
use crate::bundle::layout::EntryName;
use crate::units::Outcome;

/// A `sample.json`.
pub(super) struct Mended {
    /// Its new text; `None`: as it was.
    pub(super) text: Option<Vec<u8>>,
    /// The outcomes of its rows.
    pub(super) outcomes: Vec<Outcome>,
}

/// Takes the files `left_out` out of the `sample.json` at `path`.
pub(super) fn sample(
    path: &EntryName,
    text: &[u8],
    left_out: &Names,
) -> Result<Mended, serde_json::Error> {
    let sample: Sample = serde_json::from_slice(text)?;
    let directory = path.as_str().rsplit_once('/').map_or("", |(directory, _)| directory);
    let is_left_out = |file: &str| left_out.has(&format!("{directory}/{file}"));
    let mut outcomes: Vec<Outcome> = sample.rows.iter().map(|it| it.outcome).collect();
    if !sample.rows.iter().flat_map(|it| &it.files).any(|it| is_left_out(&it.name)) {
        return Ok(Mended { text: None, outcomes });
    }
    let mut value: Value = serde_json::from_slice(text)?;
    let rows = value["rows"].as_array_mut().into_iter().flatten();
    for (row, outcome) in rows.zip(&mut outcomes) {
        let Some(row) = row.as_object_mut() else { continue };
        let mut problems = Vec::new();
        if let Some(Value::Array(files)) = row.get_mut("files") {
            files.retain(|file| {
                let name = file["name"].as_str().unwrap_or_default();
                if is_left_out(name) {
                    let message = format!(
                        "{name} was damaged in the bundle, and left out when it was recovered"
                    );
                    problems.push(json!({ "outcome": Outcome::Failed, "message": message }));
                }
                !is_left_out(name)
            });
        }
        let Some(first) = problems.first() else { continue };
        if *outcome == Outcome::Ok {
            *outcome = Outcome::Partial;
            let reason = first["message"].clone();
            row.insert("outcome".to_owned(), json!(*outcome));
            row.insert("reason".to_owned(), reason);
        }
        let all = row.entry("problems").or_insert_with(|| json!([]));
        if let Some(all) = all.as_array_mut() {
            all.append(&mut problems);
        }
    }
    Ok(Mended { text: Some(serde_json::to_vec(&value)?), outcomes })
}
