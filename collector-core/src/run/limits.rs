//! What a worker does to its own process before the plugin is loaded, so that it is harmless.
//!
//! The memory limit is not here: the core watches the worker's resident memory, because
//! `RLIMIT_AS` counts the address space that runtimes such as Go's only reserve.

#![expect(unsafe_code, reason = "system calls and a signal handler that no safe wrapper offers")]

use std::fs;
use std::io;
use std::process;

use landlock::{
    AccessFs, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
};
use rustix::process::{
    Pid, Resource, Rlimit, Signal, getppid, getrlimit, nice, set_parent_process_death_signal,
    setrlimit,
};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};

use signal_hook::consts::SIGTERM;
use signal_hook::low_level;

use crate::plan::needs::capability;

/// Most descriptors of a worker.
const MAX_DESCRIPTORS: u64 = 4096;

/// Makes this process die with its parent. `false` if the parent is gone already.
pub(crate) fn die_with(parent: Pid) -> io::Result<bool> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    Ok(getppid() == Some(parent))
}

/// Steps back behind everything else on the host: first to be killed when memory is short, last
/// to get the processor and the disk. Says what could not be done, which is no reason to stop.
pub(crate) fn step_back() -> Vec<String> {
    let mut complaints = Vec::new();
    if let Err(error) = fs::write("/proc/self/oom_score_adj", "1000") {
        complaints.push(format!("oom_score_adj not set: {error}"));
    }
    if let Err(error) = nice(19) {
        complaints.push(format!("nice not set: {error}"));
    }
    if let Err(error) = idle_io() {
        complaints.push(format!("idle I/O class not set: {error}"));
    }
    if let Err(error) = leave_no_core() {
        complaints.push(format!("core dumps not forbidden: {error}"));
    }
    if let Err(error) = lower(Resource::Nofile, MAX_DESCRIPTORS) {
        complaints.push(format!("number of descriptors not limited: {error}"));
    }
    complaints
}

/// Forbids core dumps. With the limit 0 the kernel still starts the host's crash handler, where
/// `core_pattern` names one; the limit 1 keeps it from that, and is too small for any file.
fn leave_no_core() -> io::Result<()> {
    let one = Rlimit { current: Some(1), maximum: Some(1) };
    Ok(setrlimit(Resource::Core, one)?)
}

/// Bounds each file this process makes, also those in memory, which its resident memory does not
/// show. A write beyond it is SIGXFSZ.
///
/// # Errors
///
/// The kernel refused.
pub(crate) fn bound_files(max_bytes: u64) -> io::Result<()> {
    lower(Resource::Fsize, max_bytes)
}

/// Lowers a limit, for good; one that is lower already stays.
fn lower(resource: Resource, most: u64) -> io::Result<()> {
    let Rlimit { current, maximum } = getrlimit(resource);
    let least = |limit: Option<u64>| Some(limit.map_or(most, |limit| limit.min(most)));
    Ok(setrlimit(resource, Rlimit { current: least(current), maximum: least(maximum) })?)
}

/// Has `last` run when SIGTERM comes, which then ends this process as it always does. A process
/// that a plugin has forked ends without.
///
/// `last` interrupts anything: it may neither wait for a lock nor allocate.
pub(crate) fn before_sigterm(last: impl Fn() + Send + Sync + 'static) -> io::Result<()> {
    let own = process::id();
    let action = move || {
        if process::id() == own {
            last();
        }
        // It does not return.
        let _ = low_level::emulate_default_handler(SIGTERM);
    };
    // SAFETY: `last` does what a handler may, and the rest is made for handlers.
    unsafe { low_level::register(SIGTERM, action) }.map(drop)
}

/// Puts this process in the idle class of the disk scheduler.
fn idle_io() -> io::Result<()> {
    const IOPRIO_WHO_PROCESS: libc::c_int = 1;
    const IOPRIO_CLASS_IDLE: libc::c_int = 3;
    const IOPRIO_CLASS_SHIFT: libc::c_int = 13;
    // SAFETY: three integers, no memory.
    let done = unsafe {
        libc::syscall(
            libc::SYS_ioprio_set,
            IOPRIO_WHO_PROCESS,
            0,
            IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Gives up every capability but `keep`, and the way to get any back; gives those it really has
/// now. A name that is not known here is none that could be kept.
///
/// The bounding set stays as it is: under `no_new_privs` no program that is executed gets more than
/// its caller had, not even root's.
///
/// # Errors
///
/// What the kernel said.
pub(crate) fn keep_only(keep: &[String]) -> io::Result<CapabilitySet> {
    set_no_new_privs(true)?;
    let wanted = keep.iter().filter_map(|name| capability(name)).collect::<CapabilitySet>();
    let kept = wanted & rustix::thread::capabilities(None)?.permitted;
    set_capabilities(
        None,
        CapabilitySets { effective: kept, permitted: kept, inheritable: CapabilitySet::empty() },
    )?;
    Ok(rustix::thread::capabilities(None)?.permitted)
}

/// Takes from this process the right to write, make or remove any file, as far as the kernel has
/// Landlock, and says whether it has. `/dev/null` stays writable.
///
/// Not for a plugin that reads other processes: inside a Landlock domain `/proc/PID/fd` of all
/// others is denied, even to root.
///
/// # Errors
///
/// The kernel has Landlock and refused. A kernel without it is no error.
pub(crate) fn write_no_file() -> Result<bool, landlock::RulesetError> {
    let writing = AccessFs::from_write(landlock::ABI::V3);
    let ruleset = Ruleset::default().handle_access(writing)?.create()?;
    let ruleset = match PathFd::new("/dev/null") {
        Ok(null) => ruleset.add_rule(PathBeneath::new(null, AccessFs::WriteFile))?,
        Err(_) => ruleset,
    };
    Ok(ruleset.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
}

/// Closes every descriptor but standard input, output and error: those that whoever started the
/// core forgot to close are none of a plugin's business. For the start of a process.
pub(crate) fn close_inherited() -> io::Result<()> {
    // SAFETY: three integers. Nothing in this process owns a descriptor above 2 yet.
    let done = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    if done == 0 {
        return Ok(());
    }
    // Before Linux 5.9.
    let names =
        fs::read_dir("/proc/self/fd")?.filter_map(|it| it.ok()?.file_name().into_string().ok());
    let open: Vec<i32> = names.filter_map(|name| name.parse().ok()).filter(|fd| *fd > 2).collect();
    for fd in open {
        // SAFETY: as above; the directory's own descriptor is closed already, which is an error
        // that changes nothing.
        unsafe { libc::close(fd) };
    }
    Ok(())
}

/// Ends this process at once, without running what the plugin registered for its end.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: takes an integer and does not return.
    unsafe { libc::_exit(code) }
}
