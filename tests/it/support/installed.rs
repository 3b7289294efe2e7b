//! The program as it is installed, where an ordinary user may run it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::Missing;
use super::libraries::plugins;
use super::run::{LIMIT, Said, command, run};

/// The user and group of the kernel's own choice for nobody.
const NOBODY: &str = "65534";

/// The program with its plugins beside it, as a release unpacks, for everybody to read, and a
/// directory `out` for everybody to write.
pub(crate) fn installed() -> tempfile::TempDir {
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
pub(crate) fn run_in(dir: &Path, prefix: &[&str], options: &[&str]) -> Said {
    let program = dir.join("collector").into_os_string();
    let prefix = prefix.iter().map(OsString::from);
    let mut words = prefix.chain([program, "run".into()]).chain(options.iter().map(Into::into));
    let template = command(&dir.join("out"), &[]);
    let mut command = Command::new(words.next().expect("the program at least"));
    command.args(words).current_dir(dir.join("out")).env_clear();
    command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
    run(command, LIMIT)
}

/// As [`run_in`], as an ordinary user, whoever runs the tests.
///
/// # Errors
///
/// [`Missing`] where root cannot become one.
pub(crate) fn run_as_user(dir: &Path, options: &[&str]) -> Result<Said, Missing> {
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
