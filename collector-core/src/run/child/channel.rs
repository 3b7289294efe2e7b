//! The worker's end of the socket while the plugin works: its callbacks become frames.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use plugin_api::abi::{NO_DEADLINE, StatusCode, status};
use plugin_api::host::{Callbacks, Tried};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::run::names;
use crate::run::wire::{DATA_BYTES, Report, write_data};
use crate::units::Bytes;

/// How long small data waits for company while the plugin writes on or asks.
const COMPANY_TIME: Duration = Duration::from_millis(50);

/// What the plugin's callbacks lead to: frames for the core.
#[derive(Debug)]
pub(super) struct Channel {
    sample: Mutex<Sample>,
    max_bytes: u64,
    /// This and all below are for `should_stop` and `remaining_ms`, which must not wait for a thread
    /// that is writing.
    listening: UnixStream,
    began: Instant,
    /// Nanoseconds from `began` to the deadline of the sample; `u64::MAX` without one.
    deadline: AtomicU64,
}

/// The sample in progress.
#[derive(Debug)]
struct Sample {
    socket: UnixStream,
    unsent: Vec<u8>,
    sent_at: Instant,
    last_handle: u64,
    /// Artifacts begun and not ended, and whether the quota has cut them.
    open: Vec<(u64, bool)>,
    n_bytes: u64,
    over_quota: bool,
    /// Whether the core waits for what the plugin's function gives. What a thread of the plugin
    /// says later would be taken for part of the next sample, so it is lost.
    is_asked: bool,
}

impl Channel {
    pub(super) fn new(socket: UnixStream, max_bytes: u64) -> Self {
        let listening = socket.try_clone().expect("a descriptor of an open socket can be copied");
        let sample = Sample {
            socket,
            unsent: Vec::with_capacity(2 * DATA_BYTES),
            sent_at: Instant::now(),
            last_handle: 0,
            open: Vec::new(),
            n_bytes: 0,
            over_quota: false,
            is_asked: true,
        };
        Channel {
            sample: Mutex::new(sample),
            max_bytes,
            listening,
            began: Instant::now(),
            deadline: AtomicU64::new(u64::MAX),
        }
    }

    pub(super) fn start_sample(&self, time: Duration) {
        let mut sample = self.sample();
        let deadline = self.began.elapsed().saturating_add(time);
        self.deadline.store(as_nanos(deadline), Ordering::Relaxed);
        sample.open.clear();
        sample.n_bytes = 0;
        sample.over_quota = false;
        sample.is_asked = true;
    }

    /// Sends a report of the plugin's.
    fn send(&self, report: &Report<'_>) -> io::Result<()> {
        let mut sample = self.sample();
        if sample.is_asked {
            report.put(&mut sample.unsent);
        }
        sample.flush()
    }

    /// Sends the last report of a call.
    pub(super) fn answer(&self, report: &Report<'_>) -> io::Result<()> {
        let mut sample = self.sample();
        sample.open.clear();
        sample.is_asked = false;
        report.put(&mut sample.unsent);
        sample.flush()
    }

    /// Sends what a plugin has written and was not sent yet, unless it is writing: the last thing
    /// before SIGTERM ends a plugin that hangs.
    pub(super) fn flush_if_free(&self) {
        if let Ok(mut sample) = self.sample.try_lock() {
            // The core is there, or there is nobody to tell.
            let _ = sample.flush();
        }
    }

    /// The time left for the sample; `None` where it has no deadline.
    fn time_left(&self) -> Option<Duration> {
        let deadline = self.deadline.load(Ordering::Relaxed);
        let left = deadline.saturating_sub(as_nanos(self.began.elapsed()));
        (deadline != u64::MAX).then_some(Duration::from_nanos(left))
    }

    fn sample(&self) -> MutexGuard<'_, Sample> {
        // A plugin's panic never unwinds through here.
        self.sample.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `u64::MAX` for more than five centuries.
fn as_nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Sample {
    /// Where the open artifact `handle` is.
    fn position(&self, handle: u64) -> Option<usize> {
        self.open.iter().position(|(open, _)| *open == handle)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.socket.write_all(&self.unsent);
        self.unsent.clear();
        self.sent_at = Instant::now();
        done
    }

    /// Sends what has waited for long enough.
    fn flush_old(&mut self) -> io::Result<()> {
        if self.sent_at.elapsed() < COMPANY_TIME { Ok(()) } else { self.flush() }
    }

    /// Sends data in order behind what is unsent; small data waits for company.
    fn send_data(&mut self, handle: u64, data: &[u8]) -> io::Result<()> {
        if data.len() < DATA_BYTES / 4 {
            Report::Data { handle, data }.put(&mut self.unsent);
            if self.unsent.len() < DATA_BYTES { self.flush_old() } else { self.flush() }
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

    fn tried(&self, tried: Tried) {
        let _ = self.send(&Report::Tried(tried));
    }

    fn should_stop(&self) -> bool {
        if let Ok(mut sample) = self.sample.try_lock() {
            // The next write tells a plugin whose core is gone.
            let _ = sample.flush_old();
        }
        if self.time_left() == Some(Duration::ZERO) {
            return true;
        }
        let mut fds = [PollFd::new(&self.listening, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut fds, Some(&now)).is_ok_and(|ready| ready > 0)
    }

    fn remaining_ms(&self) -> u64 {
        let left = self.time_left();
        left.and_then(|left| u64::try_from(left.as_millis()).ok()).unwrap_or(NO_DEADLINE)
    }

    fn artifact_begin(&self, name: &str, media_type: &str) -> Result<u64, StatusCode> {
        if let Err(why) = names::check_artifact(name).and(names::check_media_type(media_type)) {
            self.fail(status::FAILED, &format!("artifact_begin: {why}"));
            return Err(status::FAILED);
        }
        let mut sample = self.sample();
        if !sample.is_asked {
            return Err(status::STOPPED);
        }
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    /// The core reads nothing, so the thread that writes waits until the core is gone.
    #[test]
    fn whether_to_stop_is_told_while_another_thread_waits_to_write() {
        let (core, ours) = UnixStream::pair().expect("sockets");
        let channel = Channel::new(ours, u64::MAX);
        channel.start_sample(Duration::ZERO);
        let (told, answers) = mpsc::channel();
        let answer = thread::scope(|threads| {
            threads.spawn(|| {
                let handle = channel.artifact_begin("large", "text/plain").expect("a handle");
                channel.artifact_write(handle, &vec![b'x'; 64 << 20])
            });
            while channel.sample.try_lock().is_ok() {
                thread::yield_now();
            }
            threads.spawn(|| told.send((channel.should_stop(), channel.remaining_ms())));
            let answer = answers.recv_timeout(Duration::from_secs(10));
            drop(core);
            answer
        });
        assert_eq!(answer, Ok((true, 0)));
    }
}
