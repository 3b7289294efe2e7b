//! `collector check`: what a manifest would collect here, what it would not, and why.

use std::path::PathBuf;

use super::exit::{Exit, Failure};
use super::output::{print_line, print_note};
use crate::manifest::Manifest;
use crate::plan::host::check_proc;
use crate::plan::shown::{Shown, plain};
use crate::plan::{Machine, Plan, PlannedCollector};

/// Checks a manifest, its plugins and what they need, and runs nothing.
///
/// Prints a line for each collector: `fine`, `partly` with what cannot be read here and how to
/// get it, or `refused` with the reason. No plugin is loaded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  collector check acme-1234.yaml
  sudo collector check acme-1234.yaml     # what root would get

Exit codes: 0 everything would run; 3 something would be refused.")]
pub(super) struct Arguments {
    /// The manifest; `-` is standard input
    manifest: PathBuf,
}

/// Checks and prints.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let manifest = Manifest::load(&arguments.manifest, &|name| std::env::var(name).ok())
        .map_err(|error| Failure::new(Exit::Refused, error))?;
    show(&Plan::make(&manifest, &Machine::here()))
}

/// Prints what `plan` would do.
pub(super) fn show(plan: &Plan) -> Result<Exit, Failure> {
    check_proc().map_err(|error| Failure::new(Exit::Refused, error))?;
    for collector in &plan.collectors {
        for line in lines(collector) {
            print_line(&line)?;
        }
    }
    let n_refused = plan.refused().count();
    let n_partly = plan.collectors.iter().filter(|it| !it.needs.is_empty()).count();
    let n_fine = plan.collectors.len() - n_refused - n_partly;
    print_note(&format!("{n_fine} fine, {n_partly} partly, {n_refused} refused"));
    Ok(if n_refused == 0 { Exit::Complete } else { Exit::Refused })
}

/// The line of a collector; a refused one has one for each thing that is wrong.
fn lines(collector: &PlannedCollector) -> Vec<String> {
    let name = &collector.name;
    let found = match &collector.library {
        Ok(found) => found,
        Err(refused) => {
            let reasons = refused.message.lines();
            return reasons.map(|reason| format!("{name}: refused: {reason}")).collect();
        }
    };
    let description = &found.description;
    let word = if collector.needs.is_empty() { "fine" } else { "partly" };
    let mut line =
        format!("{name}: {word}: {} {}", Shown(&found.path), plain(&description.version));
    if !description.reads.is_empty() {
        line.push_str(&format!("; reads {}", plain(&description.reads.join(", "))));
    }
    // The sentences start with the collector's name, which the line has already.
    let prefix = format!("{name}: ");
    let missing = collector.needs.iter().map(|it| it.strip_prefix(&prefix).unwrap_or(it));
    for sentence in missing {
        line.push_str(&format!("; {sentence}"));
    }
    vec![line]
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::plan::locate::Places;

    #[test]
    fn each_collector_has_a_line_and_a_refused_one_its_reasons() {
        let yaml = "version: 1\ncollectors:\n  - plugin: meminfo\n  - plugin: /dev/null/x\n    name: vendor\n";
        let manifest = Manifest::parse("m.yaml", yaml, &|_| None).expect("a manifest");
        let plan = Plan::make_from(&Places::new(&[], None), &manifest, &Machine::here());
        let said: Vec<String> = plan.collectors.iter().flat_map(lines).collect();
        expect![[r#"
            meminfo: refused: m.yaml:3:5: collectors[0].plugin: no libmeminfo.so in /usr/local/lib/collector/plugins, /usr/lib/collector/plugins; `collector plugin list` shows the plugins there are; add its directory to `plugin_directories`, or write the path of its library
            vendor: refused: m.yaml:4:5: collectors[1].plugin: /dev/null/x: cannot be opened: Not a directory (os error 20); correct the path, or copy the plugin to another place"#]].assert_eq(&said.join("\n"));
    }
}
