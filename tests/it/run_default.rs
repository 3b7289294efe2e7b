//! `collector run` as a customer types it: no manifest, no options.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support::{
    Bundle, LIMIT, Missing, Said, check_bundle, command, plugins, run, workers_of,
};

/// The user and group of the kernel's own choice for nobody.
const NOBODY: &str = "65534";

/// The program with its plugins beside it, as a release unpacks, for everybody to read, and a
/// directory `out` for everybody to write.
fn installed() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set the mode");
    };
    mode(dir.path(), 0o755);
    let out = dir.path().join("out");
    fs::create_dir(&out).expect("create a directory");
    mode(&out, 0o1777);
    // `cp` and not this process writes the program: a file is not executed while it is written,
    // and a child of another test may hold what this process writes.
    let mut copy = Command::new("cp");
    copy.current_dir(plugins()).arg(env!("CARGO_BIN_EXE_collector"));
    copy.args(plugins().read_dir().expect("a directory").map(|it| it.expect("an entry").path()));
    copy.arg(dir.path());
    let said = run(copy, LIMIT);
    assert_eq!(said.exit, 0, "{said}");
    dir
}

/// The command `DIR/collector run`, in `DIR/out`, with `prefix` before it.
fn run_in(dir: &Path, prefix: &[&str], options: &[&str]) -> Said {
    let program = dir.join("collector").display().to_string();
    let words = [prefix, &[&program, "run"], options].concat();
    let template = command(&dir.join("out"), &[]);
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(dir.join("out")).env_clear();
    command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
    run(command, LIMIT)
}

/// As an ordinary user, whoever runs the tests.
fn run_as_user(dir: &Path, options: &[&str]) -> Result<Said, Missing> {
    if !rustix::process::geteuid().is_root() {
        return Ok(run_in(dir, &[], options));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|dir| dir.join("setpriv").is_file()) {
        return Err(Missing("no setpriv"));
    }
    let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
    Ok(run_in(dir, &["setpriv", &user, &group, "--clear-groups"], options))
}

/// The bundle a run has printed, which is all it has printed on stdout.
fn bundle(dir: &Path, said: &Said) -> Bundle {
    let path = said.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no path: {said}"));
    assert!(!path.contains('\n'), "one line: {said}");
    assert_eq!(workers_of(said.pid), [], "nothing is left");
    check_bundle(&dir.join("out").join(path))
}

#[test]
fn root_gets_everything() {
    if !rustix::process::geteuid().is_root() {
        skip_or_fail!("not root");
    }
    let dir = installed();
    let said = run_in(dir.path(), &[], &[]);
    let bundle = bundle(dir.path(), &said);
    for name in ["meminfo", "slabinfo", "process-memory", "fd-scan"] {
        assert_eq!(bundle.outcomes(name), ["ok"], "{:#}", bundle.row(0, name));
    }
    assert_eq!(said.exit, 0, "{said}");
    let slabinfo = String::from_utf8(bundle.file(0, "slabinfo/slabinfo")).expect("a text");
    assert!(slabinfo.starts_with("slabinfo - version: "), "{slabinfo}");
}

#[test]
fn an_ordinary_user_gets_the_rest_and_is_told_what_root_would_add() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &[]));
    let bundle = bundle(dir.path(), &said);
    assert_eq!(said.exit, 4, "{said}");
    assert_eq!(bundle.outcomes("meminfo"), ["denied"]);
    for name in ["meminfo", "slabinfo", "process-memory", "fd-scan"] {
        let row = bundle.row(0, name);
        assert_eq!(row["outcome"], "denied", "{row:#}");
        assert!(row["reason"].as_str().is_some_and(|it| it.contains("root")), "{row:#}");
        assert!(said.stderr.contains(row["reason"].as_str().expect("a reason")), "{said}");
    }
    let meminfo = String::from_utf8(bundle.file(0, "meminfo/meminfo")).expect("a text");
    assert!(meminfo.starts_with("MemTotal:"), "{meminfo}");
    assert!(!bundle.names.iter().any(|it| it.ends_with("slabinfo/slabinfo")), "none, not an empty");
}

#[test]
fn progress_is_plain_lines_where_stderr_is_no_terminal() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &[]));
    bundle(dir.path(), &said);
    assert!(!said.stderr.contains(['\x1b', '\r']), "{said}");
    assert!(said.stderr.starts_with("4 collectors, one sample, into "), "{said}");
    assert!(said.stderr.contains("\nsample 1 of "), "{said}");
}

#[test]
fn quiet_is_quiet() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &["--quiet"]));
    bundle(dir.path(), &said);
    assert_eq!((said.exit, said.stderr.as_str()), (4, ""));
}

#[test]
fn a_dry_run_writes_nothing() {
    let dir = installed();
    let said = need!(run_as_user(dir.path(), &["--dry-run"]));
    assert_eq!(said.exit, 0, "{said}");
    assert_eq!(fs::read_dir(dir.path().join("out")).expect("a directory").count(), 0);
    assert!(said.stdout.contains("\nslabinfo: partly: "), "{said}");
}
