//! What is checked of a plugin by hosts that are not as they should be, and with configurations
//! that no host would give it. Each trial has a worker of its own.

use plugin_api::abi::{ABI_MINOR, status};
use plugin_api::host::{Trial, Tried};

use super::behavior::{DEBUG, Model};
use super::bench::{Bench, Job};
use super::file::options;
use super::verdict::Check;
use crate::cli::exit::Failure;
use crate::plan::Description;
use crate::plan::config;
use crate::units::{Bytes, Outcome};

/// Configurations that are none.
const GARBAGE: [&str; 4] = ["", "{", "[]", "\u{1}\u{fffd}"];
/// Calls of the host up to this one are refused one after another, then every doubling.
const ONE_BY_ONE: u64 = 8;
/// Most trials of one kind.
const MAX_TRIALS: usize = 24;
/// How long a plugin has to return once it was told to stop.
const STOP_GRACE_MS: u64 = 350;

/// Runs all trials. `model` is how it runs by a host that is as it should be.
pub(super) fn checks(
    bench: &Bench,
    about: &Description,
    model: &Model,
    tell: &mut dyn FnMut(Check) -> Result<(), Failure>,
) -> Result<(), Failure> {
    tell(examples(bench, about)?)?;
    tell(garbage(bench, about)?)?;
    tell(old_hosts(bench, model)?)?;
    tell(refusals(bench)?)?;
    tell(stops(bench)?)?;
    tell(quota(bench)?)?;
    tell(destroy_of_nothing(bench)?)
}

/// Creates it with its examples, the first of them where there are many; no sample, which might need
/// a server of the author's.
fn examples(bench: &Bench, about: &Description) -> Result<Check, Failure> {
    const NAME: &str = "configs";
    // One that does not fit has a line of its own.
    let complete = |example| config::complete(&about.config_schema, example).ok();
    let all = about.examples.iter().enumerate();
    let fitting = all.filter_map(|(at, example)| Some((at, complete(example)?)));
    let mut n_tried = 0;
    for (at, whole) in fitting.take(MAX_TRIALS) {
        n_tried += 1;
        let json = whole.to_string();
        let ran = bench.run(Job { config_json: Some(&json), ..Job::default() })?;
        let Some(sample) = ran.samples.first().filter(|_| !ran.is_loaded) else { continue };
        let reason = sample.reason.as_deref().unwrap_or_default();
        let found = format!("does not take examples[{at}]: {}: {reason}", sample.outcome);
        return Ok(match sample.outcome {
            Outcome::Denied | Outcome::Unavailable => {
                Check::warn(NAME, found, "let create succeed, and collect say what is not there")
            }
            _ => Check::fail(NAME, found, "correct create, or the example"),
        });
    }
    let n = about.examples.len();
    let of = if n_tried == n { String::new() } else { format!(" of {n}") };
    Ok(Check::ok(NAME, format!("takes its examples, tried: {n_tried}{of}")))
}

/// Creates it with what is no configuration. The host checks before it calls; it is a plugin's last
/// wall, and shows whether it reads what it is given with care.
fn garbage(bench: &Bench, about: &Description) -> Result<Check, Failure> {
    const NAME: &str = "bad-config";
    let has_options = options(&about.config_schema).next().is_some();
    for json in GARBAGE {
        let ran = bench.run(Job { config_json: Some(json), ..Job::default() })?;
        if let Some(harm) = ran.harm() {
            return Ok(Check::fail(NAME, format!("given {json:?} for JSON: {harm}"), DEBUG));
        }
        if ran.is_loaded && has_options {
            return Ok(Check::warn(
                NAME,
                format!("takes {json:?} for a configuration"),
                "return COLLECTOR_BAD_CONFIG for what is no JSON object",
            ));
        }
        let outcome = ran.samples.first().map(|sample| sample.outcome);
        if let Some(outcome) = outcome.filter(|outcome| *outcome != Outcome::Refused) {
            return Ok(Check::warn(
                NAME,
                format!("given {json:?} for JSON it says `{outcome}`"),
                "return COLLECTOR_BAD_CONFIG: then it is not tried again and again",
            ));
        }
    }
    Ok(Check::ok(NAME, "survives what is no configuration"))
}

/// Runs it by hosts of each minor there has been.
fn old_hosts(bench: &Bench, model: &Model) -> Result<Check, Failure> {
    const NAME: &str = "old-hosts";
    for minor in 0..=u32::from(ABI_MINOR) {
        let ran = bench.try_on(Trial::OldHost { minor })?;
        let (here, there) = (model.first.outline(), ran.outline());
        let (here, there) = (here.first(), there.first());
        let is_same = match model.has_stable_names {
            true => here == there,
            // Artifacts of processes or connections are others each time.
            false => here.map(|it| it.0) == there.map(|it| it.0),
        };
        if ran.harm().is_none() && is_same {
            continue;
        }
        let said = there.map_or(Outcome::Failed, |it| it.0);
        let how = ran.harm().unwrap_or_else(|| format!("it is {said}, and not as by this host"));
        return Ok(Check::fail(
            NAME,
            format!("by a host of ABI 1.{minor}: {how}"),
            "call what came after ABI 1.0 behind COLLECTOR_HOST_HAS only, or set min_host_minor",
        ));
    }
    Ok(Check::ok(NAME, format!("works with hosts of ABI 1.0 to 1.{ABI_MINOR}")))
}

/// Refuses one call after another, each in a run of its own, until there is none left.
fn refusals(bench: &Bench) -> Result<Check, Failure> {
    const NAME: &str = "refusals";
    const FIX: &str = "look at what every callback answers; without COLLECTOR_OK nothing was \
                       taken, and artifact_begin gave no handle";
    let mut n_refused = 0;
    let mut call = 1;
    while n_refused < MAX_TRIALS {
        let ran =
            bench.try_on(Trial::Refuses { first: call, last: call, answer: status::FAILED })?;
        let is_refusal = |tried: &Tried| matches!(tried, Tried::Refused { .. });
        let told = ran.tried().find(is_refusal).map(|tried| tried.to_string());
        let Some(sample) = ran.samples.first() else { break };
        if let Some(harm) = ran.harm() {
            let told = told.unwrap_or_else(|| "before anything was refused".to_owned());
            return Ok(Check::fail(NAME, format!("the host {told}: {harm}"), FIX));
        }
        let Some(told) = told else { break };
        if ran.tried().any(|tried| matches!(tried, Tried::Misused { .. })) {
            let found = format!("the host {told}, and the plugin went on with a handle of its own");
            return Ok(Check::fail(NAME, found, FIX));
        }
        if sample.outcome == Outcome::Ok {
            let found = format!("the host {told}, and the plugin said ok, as if it had been taken");
            return Ok(Check::fail(NAME, found, FIX));
        }
        n_refused += 1;
        call = if call < ONE_BY_ONE { call + 1 } else { call * 2 };
    }
    Ok(match n_refused {
        0 => Check::warn(
            NAME,
            "delivers nothing, so there was nothing to refuse",
            "give a configuration with which it delivers something with --config",
        ),
        n => Check::ok(NAME, format!("notices when the host refuses a call, tried: {n}")),
    })
}

/// Wants it to stop at one ask after another.
fn stops(bench: &Bench) -> Result<Check, Failure> {
    const NAME: &str = "stop";
    let mut n_stopped = 0;
    let mut ask = 1;
    while n_stopped < MAX_TRIALS {
        let ran = bench.try_on(Trial::Stops { ask })?;
        if let Some(harm) = ran.harm() {
            let fix = "return COLLECTOR_STOPPED soon after should_stop says so";
            return Ok(Check::fail(NAME, format!("told to stop at ask {ask}: {harm}"), fix));
        }
        if !ran.tried().any(|tried| matches!(tried, Tried::Stopped { .. })) {
            break;
        }
        let late = ran.tried().find_map(|tried| match tried {
            Tried::Returned { after_ms } => Some(after_ms),
            _ => None,
        });
        if let Some(late) = late.filter(|late| *late > STOP_GRACE_MS) {
            return Ok(Check::warn(
                NAME,
                format!("told to stop at ask {ask}, it returned {late} ms later"),
                "it is killed after 350 ms: ask between units of work, and bound every wait",
            ));
        }
        n_stopped += 1;
        ask = if ask < ONE_BY_ONE { ask + 1 } else { ask * 2 };
    }
    Ok(match n_stopped {
        0 => Check::warn(
            NAME,
            "never asks should_stop",
            "ask between units of work: past its deadline a plugin is killed, and what it holds \
             is lost",
        ),
        n => Check::ok(NAME, format!("returns when it is told to stop, tried: {n}")),
    })
}

fn quota(bench: &Bench) -> Result<Check, Failure> {
    const NAME: &str = "quota";
    let job = Job { n_samples: 2, max_bytes: Some(Bytes(0)), ..Job::default() };
    let ran = bench.run(job)?;
    Ok(match ran.harm() {
        Some(harm) => Check::fail(
            NAME,
            format!("where no byte may be delivered: {harm}"),
            "end the artifact and return when artifact_write answers COLLECTOR_QUOTA",
        ),
        None => Check::ok(NAME, "returns where no byte may be delivered"),
    })
}

fn destroy_of_nothing(bench: &Bench) -> Result<Check, Failure> {
    const NAME: &str = "destroy-null";
    let ran = bench.try_on(Trial::DestroysNothing)?;
    Ok(match ran.harm() {
        Some(harm) => Check::warn(
            NAME,
            format!("destroy(NULL): {harm}"),
            "return at once for NULL, as free does; today's hosts do not call it so",
        ),
        None => Check::ok(NAME, "destroy(NULL) does no harm"),
    })
}
