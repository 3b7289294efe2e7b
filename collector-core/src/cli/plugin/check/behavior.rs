//! What is checked of a plugin by running it as a capture would, twice.

use super::bench::{Bench, Job, Ran};
use super::file::listed;
use super::verdict::{Check, Verdict};
use crate::cli::exit::Failure;
use crate::cli::plugin::single;
use crate::plan::Description;
use crate::plan::description::Output;
use crate::plan::shown::Shown;
use crate::run::{Artifact, Delivery, Fate, WorkerEnd};
use crate::units::{Bytes, Outcome};

/// Samples of a run: what stays between two of them is seen in the second.
const N_SAMPLES: usize = 2;
/// What helps where a worker had to be given up.
pub(super) const DEBUG: &str = "`collector plugin run FILE --debugger` shows where";

/// What other runs are compared with.
pub(super) struct Model {
    /// A run by a host that is as it should be.
    pub(super) first: Ran,
    /// Whether a second one delivered artifacts of the same names.
    pub(super) has_stable_names: bool,
}

/// Runs it twice. `from` says where its configuration is from. Gives the first run when it went
/// well enough for others to be compared with it.
pub(super) fn checks(
    bench: &Bench,
    about: &Description,
    from: &str,
    tell: &mut dyn FnMut(Check) -> Result<(), Failure>,
) -> Result<Option<Model>, Failure> {
    let job = Job { n_samples: N_SAMPLES, ..Job::default() };
    let first = bench.run(job)?;
    let loaded = load(bench, &first);
    let can_load = loaded.verdict != Verdict::Fail;
    tell(loaded)?;
    if !can_load {
        return Ok(None);
    }
    tell(create(&first, from))?;
    if !first.is_loaded {
        return Ok(None);
    }
    tell(sample(&first))?;
    tell(artifacts(&first, about))?;
    tell(prints(&first))?;
    let ends = destroy(&first);
    let has_ended = ends.verdict != Verdict::Fail;
    tell(ends)?;
    if first.harm().is_some() || !has_ended {
        return Ok(None);
    }
    let second = bench.run(job)?;
    tell(again(&first, &second))?;
    let has_stable_names = first.outline() == second.outline();
    Ok(Some(Model { first, has_stable_names }))
}

/// Whether the library can be loaded, and its table is good and describes what the note does.
fn load(bench: &Bench, first: &Ran) -> Check {
    const NAME: &str = "load";
    let well = Check::ok(NAME, "loads, and its table has the description of the note");
    if first.is_loaded {
        return well;
    }
    if let Some(harm) = first.harm() {
        return Check::fail(NAME, format!("{harm}, when it was loaded or created"), DEBUG);
    }
    let sample = first.samples.first().filter(|sample| sample.fate == Fate::NotLoaded);
    let Some(reason) = sample.and_then(|sample| sample.reason.as_deref()) else { return well };
    // The path stands before the reason.
    let path = bench.single.collector().library.as_ref().map(|it| Shown(&it.path).to_string());
    let path = path.unwrap_or_default();
    let bare = reason.strip_prefix(&path).and_then(|rest| rest.strip_prefix(": "));
    Check::refused(NAME, &bare.unwrap_or(reason))
}

fn create(first: &Ran, from: &str) -> Check {
    const NAME: &str = "create";
    if first.is_loaded {
        return Check::ok(NAME, format!("takes {from}"));
    }
    let (outcome, reason) = first.samples.first().map_or((Outcome::Failed, ""), |sample| {
        (sample.outcome, sample.reason.as_deref().unwrap_or_default())
    });
    let found = format!("does not take {from}: {outcome}: {reason}");
    // Also where it lacks something here: of what was not run nothing can be said.
    let fix = "correct create, or give a configuration that works with --config; nothing after \
               this was tried";
    Check::fail(NAME, found, fix)
}

fn sample(first: &Ran) -> Check {
    const NAME: &str = "sample";
    if let Some(harm) = first.harm() {
        return Check::fail(NAME, format!("{harm}; nothing after `destroy` was tried"), DEBUG);
    }
    let Some(worst) = first.samples.iter().find(|sample| sample.outcome != Outcome::Ok) else {
        let n = first.samples.first().map_or(0, |sample| sample.artifacts.len());
        return Check::ok(NAME, format!("is ok, artifacts: {n}"));
    };
    let found = format!("is {}: {}", worst.outcome, worst.reason.as_deref().unwrap_or_default());
    match worst.outcome {
        Outcome::Partial | Outcome::Denied | Outcome::Unavailable => Check::warn(
            NAME,
            found,
            "give a configuration under which all is there with --config, or more rights: the \
             checks below see what it does here",
        ),
        _ => Check::fail(NAME, found, "`collector plugin run FILE` shows all that it told"),
    }
}

/// Compares what was delivered with the outputs of the description.
fn artifacts(first: &Ran, about: &Description) -> Check {
    const NAME: &str = "artifacts";
    let all = || first.samples.iter().flat_map(|sample| &sample.artifacts);
    if let Some(artifact) = all().find(|artifact| declared(about, artifact).is_empty()) {
        return Check::fail(
            NAME,
            format!("delivers {} ({}), which is not declared", artifact.name, artifact.media_type),
            "add it with this media type to \"outputs\"",
        );
    }
    let is_larger = |artifact: &&Artifact| {
        let most = declared(about, artifact).iter().filter_map(|it| it.max_bytes).max();
        most.is_some_and(|most| artifact.content.n_bytes() > most)
    };
    match all().find(is_larger) {
        Some(artifact) => Check::fail(
            NAME,
            format!(
                "{} has {}, more than its max_bytes",
                artifact.name,
                Bytes(artifact.content.n_bytes())
            ),
            "correct max_bytes in \"outputs\"",
        ),
        None => Check::ok(NAME, "all that was delivered is declared"),
    }
}

/// The outputs of the description that an artifact is of. Parameters of a media type, such as a
/// version, need not be declared.
fn declared<'a>(about: &'a Description, artifact: &Artifact) -> Vec<&'a Output> {
    let whole = artifact.media_type.as_str();
    let bare = whole.split(';').next().unwrap_or(whole).trim_end();
    let is_of = |output: &&Output| {
        plugin_api::glob::fits(output.name.as_bytes(), artifact.name.as_bytes())
            && [whole, bare].contains(&output.media_type.as_str())
    };
    about.outputs.iter().filter(is_of).collect()
}

fn prints(first: &Ran) -> Check {
    const NAME: &str = "prints";
    let printed = first.samples.iter().find_map(|sample: &Delivery| sample.stderr.as_deref());
    match printed.and_then(|printed| printed.lines().next()) {
        None => Check::ok(NAME, "prints nothing"),
        Some(line) => {
            let line: String = line.chars().take(60).collect();
            let found = format!("prints on stdout or stderr: {line:?}");
            Check::warn(NAME, found, "use the host's log: nobody reads what a worker prints")
        }
    }
}

fn destroy(first: &Ran) -> Check {
    const NAME: &str = "destroy";
    let Some(told) = single::told_of_destroy(&first.end) else {
        return Check::ok(NAME, "returns, and the worker ends");
    };
    match first.end {
        // It may be so because of the machine.
        WorkerEnd::Slow { .. } => Check { verdict: Verdict::Warn, ..Check::refused(NAME, &told) },
        _ => Check::refused(NAME, &told),
    }
}

/// Compares two runs, each in a worker of its own.
fn again(first: &Ran, second: &Ran) -> Check {
    const NAME: &str = "again";
    const FIX: &str = "let no run leave something that the next one trips over";
    if let Some(harm) = second.harm() {
        return Check::fail(NAME, format!("a second run: {harm}"), FIX);
    }
    let (one, other) = (first.outline(), second.outline());
    let words = |outline: &[(Outcome, Vec<&str>)]| {
        let words: Vec<String> = outline.iter().map(|(outcome, _)| outcome.to_string()).collect();
        words.join(", ")
    };
    if words(&one) != words(&other) {
        let (one, other) = (words(&one), words(&other));
        return Check::fail(NAME, format!("a first run is {one}, a second one {other}"), FIX);
    }
    if one == other {
        return Check::ok(NAME, "a second run delivers the same artifacts");
    }
    let names = |outline: Vec<(Outcome, Vec<&str>)>| {
        listed(&outline.into_iter().flat_map(|(_, names)| names).collect::<Vec<_>>())
    };
    let found = format!("a first run delivers {}, a second one {}", names(one), names(other));
    Check::warn(NAME, found, "look whether that is meant")
}
