//! A `/proc` that hides the processes of others, seen by an ordinary user and by root.

use std::path::Path;
use std::process::Command;

use expect_test::expect;

use crate::support::{
    Bundle, LIMIT, Missing, Said, check_bundle, command, has_program, in_own_mounts, installed, run,
};

/// Runs `collector run` in `DIR/out` with these words before it, where `/proc` hides.
fn run_hidden(dir: &Path, prefix: &[&str]) -> Result<(Said, Bundle), Missing> {
    if !has_program("setpriv") {
        return Err(Missing("no setpriv"));
    }
    let template = command(&dir.join("out"), &[]);
    let program = dir.join("collector").display().to_string();
    let words = [prefix, &[&program, "run"]].concat();
    let mut inner = Command::new(words[0]);
    inner.args(&words[1..]).current_dir(dir.join("out"));
    inner.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // Since Linux 5.8 the option is this mount's own.
    let said = run(in_own_mounts("mount -t proc -o hidepid=2 proc /proc", &inner)?, LIMIT);
    let path = said.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no path: {said}"));
    let bundle = check_bundle(&dir.join("out").join(path));
    Ok((said, bundle))
}

#[test]
fn hidden_processes_are_told_to_an_ordinary_user() {
    let dir = installed();
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let (said, bundle) = need!(run_hidden(dir.path(), &user));
    let told: String = said
        .stderr
        .lines()
        .filter(|it| it.contains("hidepid"))
        .fold(String::new(), |text, line| text + line + "\n");
    expect![[r#"
        process-memory: /proc is mounted with hidepid, which hides the processes of other users; run with sudo to add them
        fd-scan: /proc is mounted with hidepid, which hides the processes of other users; run with sudo to add them
          process-memory: denied: the first process is hidden, so others may be; procfs is mounted with hidepid: run as root, or in the group of its option gid, to add them
          fd-scan: denied: procfs is mounted with hidepid=invisible, processes of other users are not seen; run as root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH
    "#]].assert_eq(&told);
    for name in ["process-memory", "fd-scan"] {
        let row = bundle.row(0, name);
        assert_eq!(row["outcome"], "denied", "{row:#}");
        assert!(row["reason"].as_str().is_some_and(|it| it.contains("hidepid")), "{row:#}");
    }
    assert_eq!(bundle.capture["host"]["uid"], 65534);
}

#[test]
fn root_sees_processes_that_are_hidden_from_others() {
    let dir = installed();
    let (said, bundle) = need!(run_hidden(dir.path(), &["env"]));
    assert!(!said.stderr.contains("hidepid"), "{said}");
    for name in ["process-memory", "fd-scan"] {
        assert_eq!(bundle.row(0, name)["outcome"], "ok", "{:#}", bundle.row(0, name));
    }
    let fds = String::from_utf8(bundle.file(0, "fd-scan/fds.tsv")).expect("a text");
    let own = format!("\n{}\t", std::process::id());
    assert!(fds.contains(&own), "the test itself is there: {fds}");
}
