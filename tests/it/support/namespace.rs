//! A command that sees the file system in its own way, which takes root.

use std::process::Command;

use super::Missing;
use super::run::{LIMIT, has_program, run};

/// `command`, in a mount namespace of its own in which the shell has run `before`, such as
/// `umount -l /proc`. Its process is that of `command`, and nobody else sees what `before` did.
///
/// # Errors
///
/// [`Missing`] where this process may not make such a namespace.
pub(crate) fn in_own_mounts(before: &str, command: &Command) -> Result<Command, Missing> {
    const NEEDS: Missing = Missing("a mount namespace takes root, unshare and mount");
    if !["unshare", "mount", "umount", "nsenter"].into_iter().all(has_program) {
        return Err(NEEDS);
    }
    let mut trial = Command::new("unshare");
    trial.current_dir("/").args(["--mount", "mount", "-t", "tmpfs", "none", "/tmp"]);
    if run(trial, LIMIT).exit != 0 {
        return Err(NEEDS);
    }
    let mut outer = Command::new("unshare");
    outer.args(["--mount", "sh", "-c", &format!("{before} && exec \"$0\" \"$@\"")]);
    outer.arg(command.get_program()).args(command.get_args()).env_clear();
    outer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    outer.current_dir(command.get_current_dir().expect("a test says where it runs a program"));
    Ok(outer)
}
