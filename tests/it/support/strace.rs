//! Programs under `strace`, which looks at their system calls or changes what comes of them.

use std::process::Command;

use super::run::has_program;
use super::skip::Missing;

/// `strace` with `options`, and with `inner` as its program: in its directory, with its environment.
///
/// # Errors
///
/// [`Missing`] on a machine without `strace`.
pub(crate) fn under_strace(options: &[&str], inner: &Command) -> Result<Command, Missing> {
    let mut strace = strace(options)?;
    strace.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    strace.current_dir(inner.get_current_dir().expect("a test says where it runs a program"));
    Ok(strace)
}

/// `strace` with `options`.
///
/// # Errors
///
/// [`Missing`] on a machine without it.
pub(crate) fn strace(options: &[&str]) -> Result<Command, Missing> {
    if !has_program("strace") {
        return Err(Missing("no strace"));
    }
    let mut strace = Command::new("strace");
    strace.args(options);
    Ok(strace)
}
