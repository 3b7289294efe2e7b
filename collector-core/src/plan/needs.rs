//! Compares what a plugin says it needs with this machine, and says what will be missing and how
//! to get it.
//!
//! Nothing here refuses a plugin: what it cannot read it will say itself, in its row.

use std::path::Path;

use rustix::thread::CapabilitySet;

use super::description::Needs;
use super::host::{Access, Machine};
use super::shown::plain;

/// The capability of this name, in either case, with `CAP_` or without; `None` for one not known
/// here.
pub(crate) fn capability(name: &str) -> Option<CapabilitySet> {
    let name = name.to_ascii_uppercase();
    CapabilitySet::from_name(name.strip_prefix("CAP_").unwrap_or(&name))
}

/// The names of `capabilities`, as the kernel's manual has them.
pub(crate) fn names_of(capabilities: CapabilitySet) -> String {
    let names: Vec<String> =
        capabilities.iter_names().map(|(name, _)| format!("CAP_{name}")).collect();
    if names.is_empty() { "no capability".to_owned() } else { names.join(", ") }
}

/// What will be missing from the collector `name`, one sentence each; none when nothing will be.
#[must_use]
pub fn missing(name: &str, needs: &Needs, machine: &Machine) -> Vec<String> {
    let host = &machine.host;
    let is_root = host.uid == 0;
    let mut missing = Vec::new();
    if let Some(oldest) = &needs.kernel_min
        && let (Some(oldest_parts), Some(ours)) = (version(oldest), version(&host.kernel_release))
        && ours < oldest_parts
    {
        missing.push(format!(
            "needs Linux {}, this machine runs {}; some of it will be missing",
            plain(oldest),
            host.kernel_release
        ));
    }
    if needs.uid0 && !is_root {
        missing.push("needs root; run with sudo to add it".to_owned());
    } else {
        missing.extend(needs.read_paths.iter().filter_map(|path| unreadable(path, machine)));
        missing.extend(capabilities(needs, machine));
    }
    missing.extend(needs.caps.iter().filter(|name| capability(name).is_none()).map(|name| {
        format!(
            "needs {}, a capability that this collector does not know, so the plugin runs without it; take a newer collector, or ask the plugin's author",
            plain(name)
        )
    }));
    if needs.proc_other_pids && !is_root && machine.hides_processes {
        missing.push(
            "/proc is mounted with hidepid, which hides the processes of other users; run with sudo to add them"
                .to_owned(),
        );
    }
    if needs.proc_other_pids && machine.inside_pid_namespace {
        missing.push(
            "only the processes of this container are seen; run it on the host to add the others"
                .to_owned(),
        );
    }
    missing.into_iter().map(|sentence| format!("{name}: {sentence}")).collect()
}

/// The sentence for a file that cannot be read; none where it can be, or is a pattern.
fn unreadable(path: &str, machine: &Machine) -> Option<String> {
    let is_pattern = path.contains(['*', '<', '{', '[']) || path.contains("PID");
    if is_pattern || !path.starts_with('/') {
        return None;
    }
    let shown = plain(path);
    match (machine.access)(Path::new(path)) {
        Access::Readable => None,
        Access::Missing => Some(format!("{shown} is not on this machine; the rest is taken")),
        Access::Denied if machine.host.uid == 0 => Some(format!(
            "{shown} is not readable even for root here{}; the rest is taken",
            if machine.host.container.is_some() { " (a container)" } else { "" }
        )),
        Access::Denied => Some(format!("{shown} needs root; run with sudo to add it")),
    }
}

/// The sentence for the capabilities that the caller lacks.
fn capabilities(needs: &Needs, machine: &Machine) -> Option<String> {
    let host = &machine.host;
    let mask = match &host.capabilities {
        Some(mask) => u64::from_str_radix(mask, 16).ok()?,
        None if host.uid == 0 => return None,
        None => 0,
    };
    let lacks = |name: &&String| capability(name).is_some_and(|it| mask & it.bits() == 0);
    let lacking: Vec<String> = needs.caps.iter().filter(lacks).map(|name| plain(name)).collect();
    if lacking.is_empty() {
        return None;
    }
    let lacking = lacking.join(", ");
    Some(match (host.uid, &host.container) {
        (0, Some(runtime)) => format!(
            "needs {lacking}, which this container ({}) does not grant; run it on the host, or add the capability to the container",
            plain(runtime)
        ),
        (0, None) => format!(
            "needs {lacking}, which was dropped from this root shell; run it without that limit"
        ),
        _ => format!("needs {lacking} to read all of it; run with sudo to add the rest"),
    })
}

/// The first two numbers of a version.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next().unwrap_or(Ok(0)).ok()?))
}

#[cfg(test)]
mod tests;
