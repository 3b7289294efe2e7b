//! The worker: the core's own program, started again to host one plugin.
//!
//! It takes the socket to the core from its standard input, makes itself harmless, loads the
//! plugin, and serves one command after another until the core hangs up. It writes no file and
//! knows nothing of manifests, schedules or bundles. While the plugin works nothing else runs
//! here: `should_stop` looks at the socket, where the only thing that can come is `Stop`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use plugin_api::abi::{NO_DEADLINE, StatusCode, status};
use plugin_api::host::{Callbacks, Instance};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;

use super::instruments::process_cpu_time;
use super::wire::{Command, DATA_BYTES, Report, Start, WireError, write_data};
use super::{library, limits, names};
use crate::plan::needs;
use crate::units::Bytes;

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
    let complaints = limits::step_back();
    let Some(Command::Start(start)) = Command::read(&mut socket)? else { return Ok(()) };
    let channel = Channel::new(socket.try_clone()?, start.max_bytes);
    for complaint in complaints {
        channel.log(plugin_api::abi::level::INFO, &complaint);
    }
    let Some(plugin) = load(&start, &channel)? else { return Ok(()) };
    let mut instance = match library::create(plugin, &start.config_json, &channel) {
        Ok(instance) => instance,
        Err(code) => return Ok(channel.send(&Report::Created(code))?),
    };
    channel.send(&Report::Created(status::OK))?;
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

/// Gives up what the plugin does not need, and says what is left.
fn confine(start: &Start) -> Result<String, String> {
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
        Err(reason) => channel.send(&Report::NotLoaded(&reason)).map(|()| None),
    }
}

fn take_samples(
    socket: &mut UnixStream,
    instance: &mut Instance<'_, Channel>,
) -> Result<(), WireError> {
    while let Some(command) = Command::read(socket)? {
        let Command::Collect { deadline_ms } = command else {
            // A `Stop` that came when the plugin had just returned.
            continue;
        };
        let channel = instance.callbacks();
        channel.start_sample(Duration::from_millis(deadline_ms));
        let before = process_cpu_time();
        let status = instance.collect();
        let cpu = process_cpu_time().saturating_sub(before);
        let cpu_micros = u64::try_from(cpu.as_micros()).unwrap_or(u64::MAX);
        instance.callbacks().send(&Report::Done { status, cpu_micros })?;
    }
    Ok(())
}

/// What the plugin's callbacks lead to: frames for the core.
#[derive(Debug)]
pub(crate) struct Channel {
    sample: Mutex<Sample>,
    max_bytes: u64,
    /// For `should_stop`, which must not wait for a thread that is writing.
    listening: UnixStream,
}

/// The sample in progress.
#[derive(Debug)]
struct Sample {
    socket: UnixStream,
    unsent: Vec<u8>,
    deadline: Option<Instant>,
    last_handle: u64,
    /// Artifacts begun and not ended, and whether the quota has cut them.
    open: Vec<(u64, bool)>,
    n_bytes: u64,
    over_quota: bool,
}

impl Channel {
    fn new(socket: UnixStream, max_bytes: u64) -> Self {
        let listening = socket.try_clone().expect("a descriptor of an open socket can be copied");
        let sample = Sample {
            socket,
            unsent: Vec::with_capacity(2 * DATA_BYTES),
            deadline: None,
            last_handle: 0,
            open: Vec::new(),
            n_bytes: 0,
            over_quota: false,
        };
        Channel { sample: Mutex::new(sample), max_bytes, listening }
    }

    fn start_sample(&self, time: Duration) {
        let mut sample = self.sample();
        sample.deadline = Instant::now().checked_add(time);
        sample.open.clear();
        sample.n_bytes = 0;
        sample.over_quota = false;
    }

    fn send(&self, report: &Report<'_>) -> io::Result<()> {
        let mut sample = self.sample();
        report.put(&mut sample.unsent);
        sample.flush()
    }

    fn sample(&self) -> MutexGuard<'_, Sample> {
        // A plugin's panic never unwinds through here.
        self.sample.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sample {
    /// Where the open artifact `handle` is.
    fn position(&self, handle: u64) -> Option<usize> {
        self.open.iter().position(|(open, _)| *open == handle)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.socket.write_all(&self.unsent);
        self.unsent.clear();
        done
    }

    /// Sends data in order behind what is unsent; small data waits for company.
    fn send_data(&mut self, handle: u64, data: &[u8]) -> io::Result<()> {
        if data.len() < DATA_BYTES / 4 {
            Report::Data { handle, data }.put(&mut self.unsent);
            if self.unsent.len() < DATA_BYTES { Ok(()) } else { self.flush() }
        } else {
            self.flush()?;
            write_data(&mut self.socket, handle, data)
        }
    }
}

/// The status for a plugin whose core is gone: the worker is about to be killed.
fn sent(done: &io::Result<()>) -> StatusCode {
    if done.is_ok() { status::OK } else { status::STOPPED }
}

impl Callbacks for Channel {
    fn log(&self, level: u32, message: &str) {
        // A lost line is lost with the core.
        let _ = self.send(&Report::Log { level, message: names::bounded(message) });
    }

    fn fail(&self, status: StatusCode, message: &str) {
        let _ = self.send(&Report::Fail { status, message: names::bounded(message) });
    }

    fn should_stop(&self) -> bool {
        let deadline = self.sample().deadline;
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return true;
        }
        let mut fds = [PollFd::new(&self.listening, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut fds, Some(&now)).is_ok_and(|ready| ready > 0)
    }

    fn remaining_ms(&self) -> u64 {
        match self.sample().deadline {
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                u64::try_from(left.as_millis()).unwrap_or(NO_DEADLINE)
            }
            None => NO_DEADLINE,
        }
    }

    fn artifact_begin(&self, name: &str, media_type: &str) -> Result<u64, StatusCode> {
        if let Err(why) = names::check_artifact(name).and(names::check_media_type(media_type)) {
            self.fail(status::FAILED, &format!("artifact_begin: {why}"));
            return Err(status::FAILED);
        }
        let mut sample = self.sample();
        if sample.over_quota {
            return Err(status::QUOTA);
        }
        sample.last_handle += 1;
        let handle = sample.last_handle;
        sample.open.push((handle, false));
        Report::Begin { handle, name, media_type }.put(&mut sample.unsent);
        Ok(handle)
    }

    fn artifact_write(&self, handle: u64, data: &[u8]) -> StatusCode {
        let mut sample = self.sample();
        let Some(position) = sample.position(handle) else {
            drop(sample);
            self.fail(status::FAILED, &format!("artifact_write: no open artifact {handle}"));
            return status::FAILED;
        };
        let room = self.max_bytes - sample.n_bytes;
        let fitting = usize::try_from(room).map_or(data, |room| &data[..room.min(data.len())]);
        sample.n_bytes += fitting.len() as u64;
        let done = sample.send_data(handle, fitting);
        if fitting.len() == data.len() {
            return sent(&done);
        }
        sample.open[position].1 = true;
        let told = std::mem::replace(&mut sample.over_quota, true);
        drop(sample);
        if !told {
            let limit = Bytes(self.max_bytes);
            let message = format!("more than {limit} in one sample; raise limits.max_bytes");
            self.fail(status::QUOTA, &message);
        }
        status::QUOTA
    }

    fn artifact_end(&self, handle: u64, code: StatusCode) -> StatusCode {
        let mut sample = self.sample();
        let Some(position) = sample.position(handle) else {
            drop(sample);
            self.fail(status::FAILED, &format!("artifact_end: no open artifact {handle}"));
            return status::FAILED;
        };
        let (_, is_cut) = sample.open.swap_remove(position);
        // An artifact that the quota cut is not whole, whatever the plugin says.
        let code = if is_cut { status::PARTIAL } else { code };
        Report::End { handle, status: code }.put(&mut sample.unsent);
        // What is whole must outlive a plugin that crashes next.
        sent(&sample.flush())
    }
}
