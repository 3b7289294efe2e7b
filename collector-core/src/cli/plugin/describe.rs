//! `collector plugin describe`: everything a plugin says about itself, on one page.

mod options;
mod sample;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output::print_line;
use crate::plan::inspect::{PluginFile, Refusal, inspect};
use crate::plan::locate::Places;
use crate::plan::shown::{Shown, plain};
use crate::units::Bytes;

use super::list::aligned;

/// Prints the page.
pub(super) fn run(asked: &str, places: &Places) -> Result<Exit, Failure> {
    let path = places.locate(asked).map_err(|error| Failure::new(Exit::Refused, error))?;
    let refused =
        |refusal: Refusal| Failure::new(Exit::Refused, format!("{}: {refusal}", Shown(&path)));
    let found = inspect(&path, None).map_err(refused)?;
    if !asked.contains('/') && found.description.name != asked {
        let found = found.description.name;
        return Err(refused(Refusal::Name { found, asked: asked.to_owned() }));
    }
    for line in page(asked, &found) {
        print_line(&line)?;
    }
    Ok(Exit::Complete)
}

/// The lines of the page. `asked` is how a manifest would name the plugin.
fn page(asked: &str, found: &PluginFile) -> Vec<String> {
    let about = &found.description;
    let mut lines = vec![
        format!("{} {}: {}", about.name, plain(&about.version), plain(&about.summary)),
        format!("  file     {} ({})", Shown(&found.path), Bytes(found.bytes)),
        format!("  sha256   {}", found.sha256),
        format!("  contract ABI {}, order {}", about.abi, about.order.as_str()),
    ];
    let facts =
        [("runtime ", &about.runtime), ("license ", &about.license), ("contact ", &about.contact)];
    for (name, fact) in facts {
        lines.extend(fact.as_ref().map(|text| format!("  {name} {}", plain(text))));
    }
    let cost = [
        about.cost.typical_ms.map(|ms| format!("{ms} ms")),
        about.cost.typical_bytes.map(|bytes| Bytes(bytes).to_string()),
    ];
    let cost: Vec<String> = cost.into_iter().flatten().collect();
    if !cost.is_empty() {
        lines.push(format!("  cost     {} per sample, as a rule", cost.join(" and ")));
    }
    if let Some(doc) = &about.doc {
        lines.push(String::new());
        lines.extend(doc.lines().map(plain));
    }
    section(&mut lines, "Reads", about.reads.iter().map(|it| plain(it)).collect());
    section(&mut lines, "Does to the target", about.effects.iter().map(|it| plain(it)).collect());
    section(&mut lines, "Needs", needs(found));
    section(&mut lines, "Writes", outputs(found));
    section(&mut lines, "Options (`config`)", options::table(&about.config_schema));
    section(&mut lines, "Entry for a manifest", sample::entry(asked, found));
    lines
}

/// Adds a section; one without lines is left out.
fn section(lines: &mut Vec<String>, title: &str, content: Vec<String>) {
    if content.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(format!("{title}:"));
    lines.extend(content.iter().map(|line| format!("  {line}")));
}

fn needs(found: &PluginFile) -> Vec<String> {
    let needs = &found.description.needs;
    let mut lines = Vec::new();
    if needs.uid0 {
        lines.push("root".to_owned());
    }
    lines.extend(needs.caps.iter().map(|it| plain(it)));
    lines.extend(needs.read_paths.iter().map(|it| format!("to read {}", plain(it))));
    if needs.proc_other_pids {
        lines.push("to see other processes in /proc".to_owned());
    }
    lines.extend(needs.net.iter().map(|it| format!("to connect to {}", plain(it))));
    lines.extend(needs.kernel_min.iter().map(|it| format!("Linux {} or later", plain(it))));
    lines
}

fn outputs(found: &PluginFile) -> Vec<String> {
    let rows: Vec<[String; 4]> = found
        .description
        .outputs
        .iter()
        .map(|output| {
            [
                plain(&output.name),
                plain(&output.media_type),
                format!("sensitivity: {}", output.sensitivity.as_str()),
                output.max_bytes.map_or(String::new(), |bytes| format!("at most {}", Bytes(bytes))),
            ]
        })
        .collect();
    aligned(&rows)
}

#[cfg(test)]
mod tests;
