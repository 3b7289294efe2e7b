//! `collector plugin describe`: everything a plugin says about itself, on one page.

mod kind;
mod options;
mod sample;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output::print_line;
use crate::plan::Description;
use crate::plan::description::DescriptionFault;
use crate::plan::inspect::{Refusal, Survey, survey};
use crate::plan::locate::{NotFound, Places};
use crate::plan::shown::{Shown, plain};
use crate::report::text::paragraph;
use crate::units::Bytes;

use super::list::aligned;

/// Prints the page, also of a plugin that this machine would not load.
pub(super) fn run(asked: &str, places: &Places) -> Result<Exit, Failure> {
    let not_found = |error: NotFound| Failure::new(Exit::Refused, error.for_command());
    let path = places.locate(asked).map_err(not_found)?;
    let refused =
        |refusal: Refusal| Failure::new(Exit::Refused, format!("{}: {refusal}", Shown(&path)));
    let mut found = survey(&path).map_err(refused)?;
    let refusal = found.refusal();
    let unreadable = std::mem::replace(&mut found.description, Err(DescriptionFault::Missing));
    let about = unreadable.map_err(|fault| refused(fault.into()))?;
    if !asked.contains('/') && about.name != asked {
        return Err(refused(Refusal::Name { found: about.name, asked: asked.to_owned() }));
    }
    for line in page(asked, &found, &about, refusal.as_deref()) {
        print_line(&line)?;
    }
    Ok(Exit::Complete)
}

/// The lines of the page. `asked` is how a manifest would name the plugin; `refusal` is why this
/// machine would not load it.
fn page(asked: &str, found: &Survey, about: &Description, refusal: Option<&str>) -> Vec<String> {
    let mut lines = vec![
        format!("{} {}: {}", about.name, plain(&about.version), plain(&about.summary)),
        format!("  file     {} ({})", Shown(&found.path), Bytes(found.bytes)),
        format!("  sha256   {}", found.sha256),
        format!("  machine  {}{}", found.machine, glibc(found)),
        format!("  contract ABI {}, order {}", about.abi, about.order.as_str()),
    ];
    lines.extend(refusal.map(|reason| format!("  here     refused: {}", plain(reason))));
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
        lines.extend(doc.lines().flat_map(|line| wrapped("", line)));
    }
    let claims = |claims: &[String]| claims.iter().flat_map(|it| wrapped("- ", it)).collect();
    section(&mut lines, "Reads", claims(&about.reads));
    section(&mut lines, "Does to the target", claims(&about.effects));
    section(&mut lines, "Needs", claims(&needs(about)));
    section(&mut lines, "Writes", outputs(about));
    section(&mut lines, "Options (`config`)", options::table(&about.config_schema));
    section(&mut lines, "Manifest for it", sample::manifest(asked, about));
    lines
}

/// The glibc it needs, as the end of a line.
fn glibc(found: &Survey) -> String {
    found.glibc.newest.map_or(String::new(), |needs| format!(", glibc {needs} or later"))
}

/// `text` after `lead`, in lines that fit into a terminal.
fn wrapped(lead: &str, text: &str) -> Vec<String> {
    let mut out = String::new();
    paragraph(&mut out, lead, text);
    out.lines().map(str::to_owned).collect()
}

/// Adds a section. That an author declares nothing is a claim too, and is shown.
fn section(lines: &mut Vec<String>, title: &str, content: Vec<String>) {
    lines.push(String::new());
    if content.is_empty() {
        lines.push(format!("{title}: nothing, says its author"));
        return;
    }
    lines.push(format!("{title}:"));
    lines.extend(content.iter().map(|line| format!("  {line}")));
}

fn needs(about: &Description) -> Vec<String> {
    let needs = &about.needs;
    let mut lines = Vec::new();
    if needs.uid0 {
        lines.push("root".to_owned());
    }
    lines.extend(needs.caps.iter().cloned());
    lines.extend(needs.read_paths.iter().map(|it| format!("to read {it}")));
    if needs.proc_other_pids {
        lines.push("to see other processes in /proc".to_owned());
    }
    lines.extend(needs.net.iter().map(|it| format!("the network: {it}")));
    lines.extend(needs.kernel_min.iter().map(|it| format!("Linux {it} or later")));
    lines
}

fn outputs(about: &Description) -> Vec<String> {
    let rows: Vec<[String; 4]> = about
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
