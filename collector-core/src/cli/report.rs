//! `collector report`: says where the memory of a host went, from one bundle or several.

use std::path::PathBuf;

use clap::Args;

use super::output::{print_note, print_text};
use super::{Exit, Failure};
use crate::analysis::conclude::conclude;
use crate::analysis::conclusion::Conclusion;
use crate::analysis::host::{Host, by_host};
use crate::bundle::reader::ReadError;
use crate::report::json::Report;
use crate::report::text;
use crate::units::plain;

/// Says where the memory of a host went, who holds it, and what it was not.
///
/// Several bundles of one host, such as those of cron, are read as one series. Twelve samples or
/// more are needed for an answer that is worth acting on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  collector report web1-20261123T024512Z.tar.zst
  collector report web1-*.tar.zst                     # the captures of a day, as one series
  collector report --json web1-*.tar.zst | jq -r .verdict.sentence

Exit codes: 0 there is a report, also when it says that there is too little data; 2 the bundles are
of different hosts; 6 a bundle cannot be read, or is cut off or damaged: then the report is on what
is whole of it.")]
pub(super) struct Arguments {
    /// The bundles, finished or `.partial`
    #[arg(required = true, value_name = "BUNDLE")]
    bundles: Vec<PathBuf>,
    /// Print JSON (see `collector schema report`)
    #[arg(long)]
    json: bool,
    /// One report for each host, where the bundles are of several; JSON is a list then
    #[arg(long)]
    by_host: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let n_bundles = arguments.bundles.len();
    let hosts = by_host(&arguments.bundles).map_err(unreadable)?;
    let n_read: usize = hosts.iter().map(Host::n_bundles).sum();
    if n_read < n_bundles {
        let n_twice = n_bundles - n_read;
        print_note(&format!("note: {n_twice} of the {n_bundles} bundles are there twice"));
    }
    if hosts.len() > 1 && !arguments.by_host {
        return Err(Failure::new(Exit::Usage, different_hosts(&hosts)));
    }
    let names: Vec<String> = hosts.iter().map(|it| it.name.clone()).collect();
    let observe = |host: Host| {
        let (observed, quality) = host.observe().map_err(unreadable)?;
        Ok(conclude(&observed, quality))
    };
    let conclusions = hosts.into_iter().map(observe).collect::<Result<Vec<_>, Failure>>()?;
    print_text(&match (arguments.json, arguments.by_host) {
        (true, true) => json(&conclusions.iter().map(Report::from).collect::<Vec<_>>())?,
        (true, false) => {
            conclusions.first().map_or(Ok(String::new()), |it| json(&Report::from(it)))?
        }
        (false, _) => texts(&names, &conclusions),
    })?;
    let is_cut = conclusions.iter().any(|it| it.quality.is_cut);
    if is_cut {
        print_note(
            "warning: a bundle is cut off or damaged, and the report is on what is whole of it \
             (hint: see its data quality; `collector bundle verify` says more of one bundle)",
        );
    }
    Ok(if is_cut { Exit::Unreadable } else { Exit::Complete })
}

fn unreadable(error: ReadError) -> Failure {
    Failure::new(Exit::Unreadable, error)
}

fn different_hosts(hosts: &[Host]) -> String {
    let names: Vec<String> = hosts.iter().map(|it| plain(&it.name).to_string()).collect();
    format!(
        "the bundles are of {} hosts: {} (hint: give those of one, or all with --by-host)",
        hosts.len(),
        names.join(", ")
    )
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|it| it + "\n").map_err(|error| Failure::new(Exit::Internal, error))
}

fn texts(names: &[String], conclusions: &[Conclusion]) -> String {
    let several = conclusions.len() > 1;
    let mut out = String::new();
    for (name, conclusion) in names.iter().zip(conclusions) {
        if several {
            let space = if out.is_empty() { "" } else { "\n" };
            out.push_str(&format!("{space}{}\n\n", plain(name)));
        }
        out.push_str(&text::text(conclusion));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use expect_test::expect;

    use super::*;
    use crate::bundle::testing;

    fn bundle(place: &Path, host: &str) -> PathBuf {
        let mut capture = testing::capture();
        host.clone_into(&mut capture.host.hostname);
        capture.bundle_id = format!("{host:0>32}");
        let directory = place.join(host);
        std::fs::create_dir(&directory).expect("a directory");
        let writer = testing::begun_with(&directory, &capture);
        writer.finish(testing::ending()).expect("finished").path
    }

    #[test]
    fn bundles_of_different_hosts_are_refused_by_name() {
        let place = tempfile::tempdir().expect("a directory");
        let bundles = vec![bundle(place.path(), "web1"), bundle(place.path(), "web2")];
        let mut arguments = Arguments { bundles, json: false, by_host: false };
        let failure = run(&arguments).expect_err("two hosts");
        assert_eq!(failure.exit, Exit::Usage);
        expect!["the bundles are of 2 hosts: web1, web2 (hint: give those of one, or all with --by-host)"]
            .assert_eq(&failure.error.to_string());
        arguments.by_host = true;
        assert_eq!(run(&arguments).ok(), Some(Exit::Complete));
    }

    #[test]
    fn a_bundle_that_is_none_is_unreadable() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("none");
        std::fs::write(&path, "no bundle").expect("written");
        let arguments = Arguments { bundles: vec![path], json: false, by_host: false };
        assert_eq!(run(&arguments).expect_err("no bundle").exit, Exit::Unreadable);
    }
}
