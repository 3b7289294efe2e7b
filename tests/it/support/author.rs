//! What a plugin's author does: runs the tools of a language in a project, here with no network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Missing;
use super::go::go;
use super::run::{LIMIT, Said, run};

/// Enough to compile the SDK, or the library of Go, and what they stand on.
const BUILD_LIMIT: Duration = Duration::from_secs(900);

/// Runs a tool of the author's in the project; it must succeed.
pub(crate) fn tool(project: &Path, name: &str, arguments: &[&str]) -> Said {
    let mut tool = Command::new(name);
    tool.args(arguments).env_clear();
    for name in ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Some(value) = std::env::var_os(name) {
            tool.env(name, value);
        }
    }
    // What is in the registry's cache is enough, because the workspace has the same crates.
    tool.env("CARGO_TARGET_DIR", project.with_file_name("target")).env("CARGO_NET_OFFLINE", "true");
    succeed(tool, project)
}

/// Runs the command `go` in the project; it must succeed.
///
/// # Errors
///
/// [`Missing`] on a machine without Go.
pub(crate) fn go_in(project: &Path, arguments: &[&str]) -> Result<Said, Missing> {
    let mut go = go()?;
    go.args(arguments);
    Ok(succeed(go, project))
}

fn succeed(mut tool: Command, project: &Path) -> Said {
    tool.current_dir(project);
    let what = format!("{tool:?}");
    let said = run(tool, BUILD_LIMIT);
    assert_eq!(said.exit, 0, "{what}: {said}");
    said
}

/// A copy of the project `examples/vendor-plugin-NAME`, so that nothing is built among the sources.
pub(crate) fn example(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    // Tests run beside each other, and each has its name.
    let thread = std::thread::current();
    let test = thread.name().expect("a test has a name").replace("::", "-");
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples").join(test);
    fs::create_dir_all(&place).expect("create a directory under target");
    let name = format!("vendor-plugin-{name}");
    // The first run has nothing there.
    let _ = fs::remove_dir_all(place.join(&name));
    let mut copy = Command::new("cp");
    copy.args(["-r", "--dereference"]).arg(source.join(&name)).arg(&place);
    let said = run(copy, LIMIT);
    assert_eq!(said.exit, 0, "{said}");
    place.join(name)
}
