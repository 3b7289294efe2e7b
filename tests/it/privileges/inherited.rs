//! What a worker inherits from the core, and the core from whoever started it: not its variables,
//! and not its descriptors.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;

use crate::support::{LIMIT, Scene, start, wait_until, workers_of};

/// The links of the descriptors of a process, by their numbers.
fn descriptors(pid: u32) -> Vec<(i32, PathBuf)> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).expect("the descriptors of a child");
    let mut found: Vec<(i32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            Some((number, fs::read_link(entry.path()).ok()?))
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_worker_has_neither_the_variables_nor_the_descriptors_of_its_caller() {
    let scene = need!(Scene::new(
        "schedule: { every: 1s, for: 1h }\ncollectors:\n  - plugin: '[good.c]'\n"
    ));
    let secret = scene.path().join("secret");
    fs::write(&secret, "planted").expect("write a file");
    let inner = scene.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec 9<secret && exec \"$0\" \"$@\""]).arg(inner.get_program());
    shell.args(inner.get_args()).current_dir(scene.path());
    shell.env("PASSWORD_OF_THE_CALLER", "planted").env("LD_LIBRARY_PATH", "/planted");
    let mut running = start(shell);
    running.wait_for_stderr("sample 1 of ");
    let core = running.pid();
    let environment =
        |pid: u32| fs::read_to_string(format!("/proc/{pid}/environ")).expect("of a child");
    let secret = secret.canonicalize().expect("it is there");
    // The core has both, so there was something to pass on.
    assert!(environment(core).contains("PASSWORD_OF_THE_CALLER=planted"));
    assert!(descriptors(core).iter().any(|(_, link)| *link == secret));

    let mut workers = Vec::new();
    wait_until("the worker", || {
        workers = workers_of(core);
        !workers.is_empty()
    });
    let worker = workers[0].pid;
    let environment = environment(worker);
    let inherited = descriptors(worker);
    running.signal(Signal::INT);
    scene.captured(running.wait(LIMIT));

    let mut variables: Vec<&str> = environment.split_terminator('\0').collect();
    variables.sort_unstable();
    assert_eq!(variables, ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
    for (number, link) in &inherited {
        let link = link.to_str().expect("a text");
        let ours = match number {
            0 => link == "/dev/null",
            1 | 2 => link.starts_with("pipe:["),
            _ => link.starts_with("socket:["),
        };
        assert!(ours, "{number} is {link}: {inherited:?}");
    }
}
