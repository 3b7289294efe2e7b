//! What this process may read of others: for plugins that read `/proc/PID`.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// Number of `CAP_SYS_PTRACE`, see capabilities(7).
const SYS_PTRACE: u32 = 19;

/// The user namespace of the host: `PROC_USER_INIT_INO` in the kernel's `proc_ns.h`.
const HOST_NAMESPACE: &str = "user:[4026531837]";

/// Whether this process may read whatever root may of other processes: it has `CAP_SYS_PTRACE` in
/// effect, and in the user namespace of the host, so that it counts for all processes. Asked of the
/// kernel once; `false` if it does not say.
///
/// What is denied all the same, a security module denies: the customer can do nothing about it, so
/// a plugin that could read some process logs it and tells no problem.
#[must_use]
pub fn may_read_all_processes() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let status = fs::read_to_string("/proc/self/status");
        let namespace = fs::read_link("/proc/self/ns/user");
        matches!((status, namespace), (Ok(status), Ok(it)) if may_read_all(&status, &it))
    })
}

/// `status` is the text of `/proc/self/status`, `namespace` the target of `/proc/self/ns/user`.
fn may_read_all(status: &str, namespace: &Path) -> bool {
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    effective.is_some_and(|mask| mask & (1 << SYS_PTRACE) != 0)
        && namespace == Path::new(HOST_NAMESPACE)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{HOST_NAMESPACE, may_read_all};

    #[track_caller]
    fn check(status: &str, namespace: &str, expected: bool) {
        assert_eq!(may_read_all(status, Path::new(namespace)), expected, "{status}");
    }

    #[test]
    fn the_capability_counts_only_in_the_namespace_of_the_host() {
        let only_ptrace = "Name:\tw\nCapPrm:\t0000000000000000\nCapEff:\t0000000000080000\n";
        check(only_ptrace, HOST_NAMESPACE, true);
        check("CapEff:\t000001ffffffffff\n", HOST_NAMESPACE, true);
        check(only_ptrace, "user:[4026532215]", false);
        check(only_ptrace, "", false);
    }

    #[test]
    fn without_the_capability_or_its_line_nothing_is_claimed() {
        for status in [
            "CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000000\n",
            "CapEff:\t000001fffff7ffff\n",
            "CapEff:\tall\n",
            "CapEff:\n",
            "",
        ] {
            check(status, HOST_NAMESPACE, false);
        }
    }
}
