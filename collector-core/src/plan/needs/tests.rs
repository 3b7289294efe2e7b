//! What a customer is told before the run, as himself, as root, and in a container.

use expect_test::{Expect, expect};

use super::*;
use crate::units::HostFacts;

/// A machine on which `/proc/slabinfo` is root's and nothing else is missing.
fn machine(uid: u32, capabilities: &str, container: Option<&str>) -> Machine {
    let mut machine = Machine {
        host: HostFacts { uid, capabilities: Some(capabilities.to_owned()), ..here() },
        hides_processes: false,
        inside_pid_namespace: false,
        access: |path| match path.to_str() {
            Some("/proc/slabinfo") => Access::Denied,
            Some("/proc/pressure/memory") => Access::Missing,
            _ => Access::Readable,
        },
    };
    machine.host.container = container.map(str::to_owned);
    machine
}

fn here() -> HostFacts {
    HostFacts { kernel_release: "4.18.0-513.el8.x86_64".to_owned(), ..Machine::here().host }
}

fn check(machine: &Machine, expected: &Expect) {
    let needs = Needs {
        caps: vec!["CAP_SYS_PTRACE".to_owned(), "CAP_OF_TOMORROW".to_owned()],
        read_paths: ["/proc/slabinfo", "/proc/pressure/memory", "/proc/PID/fd", "/proc/*/stat"]
            .map(str::to_owned)
            .into(),
        proc_other_pids: true,
        kernel_min: Some("4.20".to_owned()),
        ..Needs::default()
    };
    expected.assert_eq(&missing("scan", &needs, machine).join("\n"));
}

#[test]
fn an_ordinary_user_is_told_what_root_would_add() {
    check(
        &machine(1000, "0000000000000000", None),
        &expect![[r#"
            scan: needs Linux 4.20, this machine runs 4.18.0-513.el8.x86_64; some of it will be missing
            scan: /proc/slabinfo needs root; run with sudo to add it
            scan: /proc/pressure/memory is not on this machine; the rest is taken
            scan: needs CAP_SYS_PTRACE to read all of it; run with sudo to add the rest
            scan: needs CAP_OF_TOMORROW, a capability that this collector does not know, so the plugin runs without it; take a newer collector, or ask the plugin's author"#]],
    );
}

#[test]
fn hidden_processes_are_told() {
    let hidden = Machine { hides_processes: true, ..machine(1000, "0", None) };
    let needs = Needs { proc_other_pids: true, uid0: true, ..Needs::default() };
    expect![[r#"
        scan: needs root; run with sudo to add it
        scan: /proc is mounted with hidepid, which hides the processes of other users; run with sudo to add them"#]].assert_eq(&missing("scan", &needs, &hidden).join("\n"));
}

#[test]
fn root_of_a_container_is_told_what_the_container_lacks() {
    let mut container = machine(0, "00000000a80425fb", Some("docker"));
    container.inside_pid_namespace = true;
    check(
        &container,
        &expect![[r#"
            scan: needs Linux 4.20, this machine runs 4.18.0-513.el8.x86_64; some of it will be missing
            scan: /proc/slabinfo is not readable even for root here (a container); the rest is taken
            scan: /proc/pressure/memory is not on this machine; the rest is taken
            scan: needs CAP_SYS_PTRACE, which this container (docker) does not grant; run it on the host, or add the capability to the container
            scan: needs CAP_OF_TOMORROW, a capability that this collector does not know, so the plugin runs without it; take a newer collector, or ask the plugin's author
            scan: only the processes of this container are seen; run it on the host to add the others"#]],
    );
}

#[test]
fn root_has_all_of_it() {
    let root = Machine { access: |_| Access::Readable, ..machine(0, "000001ffffffffff", None) };
    let needs = Needs {
        uid0: true,
        caps: vec!["cap_sys_ptrace".to_owned(), "CAP_CHECKPOINT_RESTORE".to_owned()],
        read_paths: vec!["/proc/slabinfo".to_owned()],
        proc_other_pids: true,
        kernel_min: Some("4.18".to_owned()),
        ..Needs::default()
    };
    assert_eq!(missing("scan", &needs, &root), Vec::<String>::new());
}

#[test]
fn capabilities_are_known_by_their_names() {
    let bit = |name| capability(name).map(|it| it.bits().trailing_zeros());
    for (name, number) in [
        ("CAP_CHOWN", Some(0)),
        ("cap_sys_ptrace", Some(19)),
        ("SYS_PTRACE", Some(19)),
        ("CAP_CHECKPOINT_RESTORE", Some(40)),
        ("CAP_OF_TOMORROW", None),
        ("CAP_", None),
        ("", None),
    ] {
        assert_eq!(bit(name), number, "{name}");
    }
}
