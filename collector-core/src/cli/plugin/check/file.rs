//! What is checked of a plugin without loading it: its file, its headers, and its description.

use serde_json::Value;

use super::glibc;
use super::verdict::{Check, Verdict};
use crate::manifest::KeyPath;
use crate::plan::config::{self, ConfigError};
use crate::plan::description::unread;
use crate::plan::inspect::{Survey, survey};
use crate::plan::shown::{Shown, plain};
use crate::plan::{Description, GlibcVersion};
use crate::units::Bytes;

/// Libraries that are wherever glibc is, up to the dot or dash after their names.
const EVERYWHERE: [&str; 7] =
    ["libc", "libm", "libdl", "librt", "libpthread", "libgcc_s", "ld-linux"];
/// Most names that are listed.
const MAX_NAMES: usize = 5;

/// Checks the file at `path`. `newest` is the newest glibc that it may need.
pub(super) fn checks(path: &str, newest: Option<GlibcVersion>) -> Vec<Check> {
    let survey = match survey(path.as_ref()) {
        Ok(survey) => survey,
        Err(refusal) => return vec![Check::refused("file", &refusal)],
    };
    let Survey { bytes, sha256, .. } = &survey;
    let file = format!("{}, {}, sha256 {sha256}", Shown(&survey.path), Bytes(*bytes));
    let mut checks = vec![
        Check::ok("file", file),
        machine(&survey),
        description(&survey),
        entry(&survey),
        symbols(&survey),
        libraries(&survey),
        glibc(&survey, newest),
        stack(&survey),
    ];
    if let Ok(about) = &survey.description {
        checks.extend([schema(&about.config_schema), examples(about), declared(about)]);
    }
    checks
}

fn machine(survey: &Survey) -> Check {
    const NAME: &str = "machine";
    match &survey.is_for_here {
        Ok(()) => Check::ok(NAME, format!("is for {}, as this machine is", survey.machine)),
        Err(fault) => Check {
            verdict: Verdict::Warn,
            ..Check::refused(NAME, &format!("{fault}: it is not run here, so check it there too"))
        },
    }
}

fn description(survey: &Survey) -> Check {
    match &survey.description {
        Ok(about) => {
            let found = format!("{} {}, ABI {}", about.name, plain(&about.version), about.abi);
            match &unread(about)[..] {
                [] => Check::ok("description", found),
                unknown => {
                    let names = unknown.iter().map(|it| plain(it).to_string());
                    let names: Vec<String> = names.take(MAX_NAMES).collect();
                    let found = format!("{found}; nobody reads {}", names.join(", "));
                    let fix = "correct the spelling: docs/plugin-abi.md lists what is read";
                    Check::warn("description", found, fix)
                }
            }
        }
        Err(fault) => Check::refused("description", fault),
    }
}

fn entry(survey: &Survey) -> Check {
    match &survey.entry {
        Ok(()) => Check::ok("entry", "exports collector_plugin_entry_v1"),
        Err(fault) => Check::refused("entry", fault),
    }
}

fn symbols(survey: &Survey) -> Check {
    const NAME: &str = "symbols";
    let exports = match &survey.exports {
        Ok(Some(exports)) => exports,
        Ok(None) => {
            let found = "its section headers were stripped, so its symbols cannot be listed";
            return Check::warn(NAME, found, "keep the section headers: strip does");
        }
        Err(fault) => return Check::refused(NAME, fault),
    };
    let others: Vec<&str> = exports
        .names
        .iter()
        .map(String::as_str)
        .filter(|name| *name != plugin_api::abi::ENTRY_SYMBOL)
        .collect();
    if others.is_empty() {
        return Check::ok(NAME, "exports its entry and nothing else");
    }
    let n_others = exports.n - (exports.names.len() - others.len()) as u64;
    Check::warn(
        NAME,
        format!("exports besides its entry: {}", first_of(&others, n_others)),
        "compile with -fvisibility=hidden, or link with a version script; Go exports some of its \
         own, which do no harm",
    )
}

fn libraries(survey: &Survey) -> Check {
    const NAME: &str = "libraries";
    if let Err(fault) = &survey.c_library {
        return Check::refused(NAME, fault);
    }
    let is_everywhere = |name: &&str| {
        let stem = name.split(".so").next().unwrap_or(name);
        EVERYWHERE.iter().any(|it| stem == *it || stem.strip_prefix(it).is_some_and(is_arch))
    };
    let all: Vec<&str> = survey.needed.iter().map(String::as_str).collect();
    let others: Vec<&str> = all.iter().copied().filter(|it| !is_everywhere(it)).collect();
    if others.is_empty() {
        let needed = if all.is_empty() { "none".to_owned() } else { listed(&all) };
        return Check::ok(NAME, format!("needs {needed}"));
    }
    Check::warn(
        NAME,
        format!("needs {}, which not every machine has", listed(&others)),
        "link it statically, or tell your customers to install it",
    )
}

/// Whether this is what follows `ld-linux` in the name of a dynamic linker.
fn is_arch(rest: &str) -> bool {
    rest.starts_with('-')
}

/// Of another machine's file only what was promised is compared: which glibc is there is not known.
fn glibc(survey: &Survey, newest: Option<GlibcVersion>) -> Check {
    let here = survey.glibc_here.filter(|_| survey.is_for_here.is_ok());
    match survey.check_glibc(here) {
        Ok(()) => glibc::check(&survey.glibc, newest),
        Err(fault) => Check::refused(glibc::NAME, &fault),
    }
}

fn stack(survey: &Survey) -> Check {
    match &survey.stack {
        Ok(()) => Check::ok("stack", "is not executable"),
        Err(fault) => Check::refused("stack", fault),
    }
}

fn schema(schema: &Value) -> Check {
    const NAME: &str = "schema";
    if let Err(ConfigError::Schema { reason }) = config::check_schema(schema) {
        return Check::fail(NAME, format!("cannot be used: {reason}"), "correct config_schema");
    }
    let n_options = options(schema).count();
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
        let found = "takes keys that it does not name, so a misspelled option is never found";
        return Check::warn(NAME, found, "add \"additionalProperties\": false");
    }
    let undescribed: Vec<&str> = options(schema)
        .filter(|(_, property)| property.get("description").is_none())
        .map(|(key, _)| key.as_str())
        .collect();
    if undescribed.is_empty() {
        return Check::ok(NAME, format!("options: {n_options}"));
    }
    let found = format!("does not say what these options are: {}", listed(&undescribed));
    Check::warn(NAME, found, "add a \"description\" to each")
}

/// The options of a schema, as far as they stand at its top.
pub(super) fn options(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

fn examples(about: &Description) -> Check {
    const NAME: &str = "examples";
    for (at, example) in about.examples.iter().enumerate() {
        if let Err(ConfigError::Faults(faults)) = config::complete(&about.config_schema, example) {
            let at = KeyPath::root().key("examples").index(at);
            let faults =
                faults.iter().map(|fault| format!("{}: {}", at.with(&fault.path), fault.message));
            let found = faults.collect::<Vec<_>>().join(", ");
            return Check::fail(NAME, found, "correct the example");
        }
    }
    if about.examples.is_empty() && options(&about.config_schema).next().is_some() {
        let found = "there is none, though it has options";
        return Check::warn(NAME, found, "add one that works to \"examples\"");
    }
    Check::ok(NAME, format!("that fit the schema: {}", about.examples.len()))
}

fn declared(about: &Description) -> Check {
    const NAME: &str = "outputs";
    if about.outputs.is_empty() {
        let found = "declares no outputs, so a customer is not told what is stored";
        return Check::warn(NAME, found, "list each artifact in \"outputs\"");
    }
    Check::ok(NAME, format!("declares {}", about.outputs.len()))
}

/// The first of `names`, and how many there are more.
pub(super) fn listed(names: &[&str]) -> String {
    first_of(names, names.len() as u64)
}

/// The first of `names`, and how many there are more of `n` in all.
fn first_of(names: &[&str], n: u64) -> String {
    let first: Vec<String> = names.iter().take(MAX_NAMES).map(|name| plain(name)).collect();
    match n.saturating_sub(first.len() as u64) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
