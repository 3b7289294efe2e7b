//! Compares what a plugin says it needs with this machine, and says what will be missing and how
//! to get it.
//!
//! Nothing here refuses a plugin: what it cannot read it will say itself, in its row.

use std::path::Path;

use super::description::Needs;
use super::host::{Access, Machine};
use super::shown::plain;

/// The capabilities by number, from 0 (`linux/capability.h`).
const CAPABILITIES: [&str; 41] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
];

/// The number of a capability by its name, in either case; `None` for one not known here.
#[must_use]
pub fn capability_number(name: &str) -> Option<u8> {
    let index = CAPABILITIES.iter().position(|it| it.eq_ignore_ascii_case(name))?;
    u8::try_from(index).ok()
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
    let lacks = |name: &&String| {
        capability_number(name).is_some_and(|number| mask & (1_u64 << number) == 0)
    };
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
