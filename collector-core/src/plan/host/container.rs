//! Tells which container runtime this process runs in, from the marks runtimes leave.
//!
//! There is no sure way: a runtime that leaves no mark is not seen.

use std::path::Path;

use super::read_text;

/// The runtime's name, in lower case; `None` on a host, or where nothing tells.
pub(super) fn runtime_of_this_process() -> Option<String> {
    let has = |path: &str| Path::new(path).exists();
    runtime(
        read_text("/proc/1/environ").as_deref(),
        has("/run/.containerenv"),
        has("/.dockerenv"),
        std::env::var_os("KUBERNETES_SERVICE_HOST").is_some(),
        read_text("/proc/self/cgroup").as_deref(),
    )
}

fn runtime(
    environment_of_init: Option<&str>,
    has_containerenv: bool,
    has_dockerenv: bool,
    in_kubernetes: bool,
    cgroup: Option<&str>,
) -> Option<String> {
    /// Parts of cgroup paths, and who makes them.
    const CGROUPS: &[(&str, &str)] = &[
        ("kubepods", "kubernetes"),
        ("/docker", "docker"),
        ("libpod", "podman"),
        ("/lxc", "lxc"),
        ("containerd", "containerd"),
        ("machine.slice/", "machine.slice"),
    ];
    let cgroup = cgroup.and_then(|cgroup| CGROUPS.iter().find(|(part, _)| cgroup.contains(part)));
    if in_kubernetes || cgroup.is_some_and(|(_, name)| *name == "kubernetes") {
        return Some("kubernetes".to_owned());
    }
    let named = environment_of_init
        .and_then(|it| it.split('\0').find_map(|pair| pair.strip_prefix("container=")))
        .filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic()));
    if let Some(name) = named {
        return Some(name.to_owned());
    }
    if has_containerenv {
        return Some("podman".to_owned());
    }
    if has_dockerenv {
        return Some("docker".to_owned());
    }
    cgroup.map(|(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_is_enough() {
        let name = |runtime: Option<String>| runtime.unwrap_or("none".to_owned());
        let none = Some("HOME=/\0TERM=linux\0");
        let host = Some("0::/user.slice/user-1000.slice/session-2.scope\n");
        assert_eq!(name(runtime(none, false, false, false, host)), "none");
        assert_eq!(name(runtime(None, false, false, false, None)), "none");
        assert_eq!(name(runtime(Some("a=b\0container=lxc\0"), false, true, false, host)), "lxc");
        assert_eq!(name(runtime(none, true, false, false, host)), "podman");
        assert_eq!(name(runtime(none, false, true, false, Some("0::/\n"))), "docker");
        let pod = Some("4:memory:/kubepods/burstable/pod1/abc\n");
        assert_eq!(name(runtime(none, false, true, false, pod)), "kubernetes");
        let docker = Some("4:memory:/docker/0123\n");
        assert_eq!(name(runtime(none, false, false, false, docker)), "docker");
    }
}
