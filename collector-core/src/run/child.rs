//! The worker: the core's own program, started again to host one plugin.
//!
//! It takes the socket to the core from its standard input, makes itself harmless, loads the
//! plugin, and serves one command after another until the core hangs up. It writes no file and
//! knows nothing of manifests, schedules or bundles. While the plugin works nothing else runs
//! here: `should_stop` looks at the socket, where the only thing that can come is `Stop`.

mod channel;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use plugin_api::abi::status;
use plugin_api::host::{Callbacks, Instance, Trying};
use rustix::process::{PTracer, Pid, set_ptracer};

use super::instruments::process_cpu_time;
use super::wire::{Command, Report, Start, WireError};
use super::{family, library, limits, names};
use crate::plan::needs;

use channel::Channel;

/// The first argument of a worker; the second is the core's process.
pub(crate) const ARGUMENT: &str = "__worker";

/// The core's process, if these are the arguments of a worker.
pub(crate) fn parent_of_worker(arguments: impl Iterator<Item = OsString>) -> Option<i32> {
    let mut arguments = arguments.skip(1);
    arguments.next().filter(|first| first == ARGUMENT)?;
    arguments.next()?.to_str()?.parse().ok()
}

/// Runs the worker and does not return. `parent` is the core's process.
pub(crate) fn main(parent: i32) -> ! {
    let code = match serve(parent) {
        Ok(()) => 0,
        Err(error) => {
            // The core shows what a worker printed.
            let _ = writeln!(io::stderr(), "collector worker: {error}");
            1
        }
    };
    limits::exit_now(code)
}

fn serve(parent: i32) -> Result<(), WireError> {
    let mut socket = take_socket()?;
    let alive = Pid::from_raw(parent).is_some_and(|it| limits::die_with(it).unwrap_or(false));
    if !alive {
        return Ok(());
    }
    family::adopt_orphans()?;
    let complaints = limits::step_back();
    let Some(Command::Start(start)) = Command::read(&mut socket)? else { return Ok(()) };
    // It lives as long as this process; a handler may need it to the end.
    let channel: &'static Channel =
        Box::leak(Box::new(Channel::new(socket.try_clone()?, start.max_bytes)));
    limits::before_sigterm(|| channel.flush_if_free())?;
    for complaint in complaints {
        channel.log(plugin_api::abi::level::INFO, &complaint);
    }
    if start.debugger {
        await_debugger()?;
    }
    let Some(plugin) = load(&start, channel)? else { return Ok(()) };
    let host = Trying::new(channel, start.trial);
    let mut instance = match library::create(plugin, &start.config_json, &host) {
        Ok(instance) => instance,
        Err(code) => return Ok(channel.answer(&Report::Created(code))?),
    };
    channel.answer(&Report::Created(status::OK))?;
    drop(start);
    take_samples(&mut socket, &mut instance)
}

/// The socket to the core, away from where a plugin expects input: `stdin` becomes `/dev/null`.
fn take_socket() -> io::Result<UnixStream> {
    limits::close_inherited()?;
    let socket: OwnedFd = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    if rustix::net::sockopt::socket_type(&socket).is_err() {
        return Err(io::Error::other("this command is collector's own; it is not run by hand"));
    }
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    Ok(UnixStream::from(socket))
}

/// Waits until a debugger is attached to this process. Whoever may debug the caller's programs may
/// attach: gdb is no ancestor, which the kernel's Yama asks for.
fn await_debugger() -> io::Result<()> {
    // Without Yama there is nothing to be allowed.
    let _ = set_ptracer(PTracer::Any);
    while !is_traced(&fs::read_to_string("/proc/self/status")?) {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Whether the process whose `/proc/PID/status` this is has a tracer.
fn is_traced(status: &str) -> bool {
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

/// Gives up what the plugin does not need, and says what is left.
fn confine(start: &Start) -> Result<String, String> {
    limits::bound_files(start.max_memory)
        .map_err(|error| format!("the size of files could not be limited: {error}"))?;
    let kept = limits::keep_only(&start.capabilities)
        .map_err(|error| format!("capabilities could not be given up: {error}"))?;
    let may_write = if start.reads_other_processes {
        "may write files, because it reads other processes"
    } else if limits::write_no_file()
        .map_err(|error| format!("the right to write files stayed: {error}"))?
    {
        "may write no file"
    } else {
        "may write files, because this kernel has no Landlock"
    };
    Ok(format!("the worker keeps {}, and {may_write}", needs::names_of(kept)))
}

fn load(start: &Start, channel: &Channel) -> io::Result<Option<plugin_api::abi::PluginTable>> {
    let confined = confine(start);
    let loaded = confined.and_then(|rights| {
        channel.log(plugin_api::abi::level::INFO, &rights);
        library::load(start)
    });
    match loaded {
        Ok(table) => Ok(Some(table)),
        Err(reason) => channel.answer(&Report::NotLoaded(names::bounded(&reason))).map(|()| None),
    }
}

fn take_samples(
    socket: &mut UnixStream,
    instance: &mut Instance<'_, Trying<'_, Channel>>,
) -> Result<(), WireError> {
    while let Some(command) = Command::read(socket)? {
        let Command::Collect { deadline_ms } = command else {
            // A `Stop` that came when the plugin had just returned.
            continue;
        };
        let host = instance.callbacks();
        host.inner().start_sample(Duration::from_millis(deadline_ms));
        let before = process_cpu_time();
        let status = instance.collect();
        let cpu = process_cpu_time().saturating_sub(before);
        let cpu_micros = u64::try_from(cpu.as_micros()).unwrap_or(u64::MAX);
        host.returned();
        host.inner().answer(&Report::Done { status, cpu_micros })?;
    }
    Ok(())
}
