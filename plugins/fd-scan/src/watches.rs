//! The text of `fdinfo` of descriptors that watch files: the only place where the number of watches
//! of one inotify or fanotify can be seen.
//!
//! Each text that is read costs 0.9 KiB of reclaimable slab, and about 5 us for each watch in it,
//! because the kernel writes all of its lines for the first byte. So no other descriptor is asked,
//! no reading is begun after [`MOST_TIME`] of them in one scan, and of a long text the beginning is
//! kept with the number of the lines left out, which are watches like those before them.
//!
//! The artifact is a sequence of records, those of `process-memory`, in ascending order of process
//! and descriptor: `==> 4242/fdinfo/17 1423 <==`, so many bytes as the kernel gave them, and a line
//! feed; for a long text `==> 4242/fdinfo/17 (4000 lines left out) 65412 <==`.

use std::ffi::CStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use plugin_api::{Artifact, Context, Error, Level};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::{Errno, read};
use rustix::time::{ClockId, clock_gettime};

use crate::process::Process;

/// Processor time that reading may take in one scan before no further one is begun: 50,000 watches.
const MOST_TIME: Duration = Duration::from_millis(250);
/// What is kept of one text: some 550 watches.
const KEPT_BYTES: usize = 64 * 1024;
/// What is kept of all texts of one scan.
const ALL_KEPT_BYTES: u64 = 4 << 20;
const BUFFER_BYTES: usize = 64 * 1024;

/// What the threads of one scan may still read.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    micros: AtomicU64,
    kept_bytes: AtomicU64,
}

/// Reads texts; one per thread.
#[derive(Debug)]
pub(crate) struct Watches<'s> {
    spent: &'s Spent,
    buffer: Vec<u8>,
    pub(crate) found: Found,
}

/// What was read, and what was not.
#[derive(Debug, Default)]
pub(crate) struct Found {
    records: Vec<Record>,
    n_over: u64,
    n_failed: u64,
}

#[derive(Debug)]
struct Record {
    pid: u32,
    fd: u32,
    kept: Vec<u8>,
    n_left_out: u64,
}

/// Whether a link is that of a descriptor that watches files. Kernels differ in the brackets.
fn watches_files(link: &[u8]) -> bool {
    matches!(link, b"anon_inode:inotify" | b"anon_inode:[inotify]" | b"anon_inode:[fanotify]")
}

impl<'s> Watches<'s> {
    pub(crate) fn new(spent: &'s Spent) -> Self {
        Watches { spent, buffer: Vec::new(), found: Found::default() }
    }

    /// Reads the text of a descriptor if it watches files. `name` is its number.
    pub(crate) fn take(&mut self, process: &Process, fd: u32, name: &CStr, link: &[u8]) {
        if !watches_files(link) {
            return;
        }
        let limit = u64::try_from(MOST_TIME.as_micros()).unwrap_or(u64::MAX);
        if self.spent.micros.load(Ordering::Relaxed) >= limit
            || self.spent.kept_bytes.load(Ordering::Relaxed) >= ALL_KEPT_BYTES
        {
            self.found.n_over += 1;
            return;
        }
        let began = cpu_time();
        let text = self.read(process, name);
        let micros = cpu_time().saturating_sub(began).as_micros();
        let micros = u64::try_from(micros).unwrap_or(u64::MAX);
        self.spent.micros.fetch_add(micros, Ordering::Relaxed);
        match text {
            Ok((kept, n_left_out)) => {
                self.spent.kept_bytes.fetch_add(kept.len() as u64, Ordering::Relaxed);
                self.found.records.push(Record { pid: process.pid, fd, kept, n_left_out });
            }
            // Closed or ended since its link was read.
            Err(Errno::NOENT | Errno::SRCH | Errno::BADF) => {}
            Err(_) => self.found.n_failed += 1,
        }
    }

    /// The whole lines of a text that are kept, and how many more there are.
    fn read(&mut self, process: &Process, name: &CStr) -> Result<(Vec<u8>, u64), Errno> {
        let path = [b"fdinfo/", name.to_bytes()].concat();
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let file = openat(process.directory(), path, flags, Mode::empty())?;
        self.buffer.resize(BUFFER_BYTES, 0);
        let (mut kept, mut n_left_out) = (Vec::new(), 0);
        loop {
            let n = rustix::io::retry_on_intr(|| read(&file, &mut *self.buffer))?;
            if n == 0 {
                return Ok((kept, n_left_out));
            }
            let text = &self.buffer[..n];
            let room = KEPT_BYTES - kept.len();
            if n_left_out == 0 && text.len() <= room {
                kept.extend_from_slice(text);
                continue;
            }
            if n_left_out == 0 {
                // The line that begins here and ends beyond it is left out as a whole.
                kept.extend_from_slice(&text[..room]);
                let end = kept.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
                kept.truncate(end);
                n_left_out += n_lines(&text[room..]);
            } else {
                n_left_out += n_lines(text);
            }
        }
    }
}

/// Processor time of this thread so far, that of the kernel for it included.
pub(crate) fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::from_secs(time.tv_sec.unsigned_abs())
        + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

fn n_lines(text: &[u8]) -> u64 {
    text.iter().filter(|it| **it == b'\n').count() as u64
}

impl Found {
    /// Adds what another thread found.
    pub(crate) fn add(&mut self, other: Found) {
        self.records.extend(other.records);
        self.n_over += other.n_over;
        self.n_failed += other.n_failed;
    }

    /// Stores the texts, and tells what is missing. Without a text too: then nobody watches
    /// anything. `is_whole`: every descriptor was looked at.
    ///
    /// # Errors
    ///
    /// The host takes no more.
    pub(crate) fn store(mut self, context: &Context, is_whole: bool) -> Result<(), Error> {
        self.records.sort_unstable_by_key(|it| (it.pid, it.fd));
        let mut artifact = context.artifact("fdinfo", "text/x-linux-pid-fdinfo")?;
        for record in &self.records {
            record.append(&mut artifact)?;
        }
        if self.n_over > 0 {
            let message = format!(
                "{} descriptors that watch files were not asked for their watches, to do no harm: \
                 those of others took {} ms or {} MiB",
                self.n_over,
                MOST_TIME.as_millis(),
                ALL_KEPT_BYTES >> 20
            );
            context.log(Level::Warn, &message);
        }
        if self.n_failed > 0 {
            let message = format!("the watches of {} descriptors could not be read", self.n_failed);
            context.log(Level::Warn, &message);
        }
        // A count that lacks some looks like one that fell, so it is marked as cut.
        match is_whole && self.n_over + self.n_failed == 0 {
            true => artifact.finish(),
            false => Ok(()),
        }
    }
}

impl Record {
    fn append(&self, artifact: &mut Artifact<'_>) -> Result<(), Error> {
        let Record { pid, fd, kept, n_left_out } = self;
        let left_out = match n_left_out {
            0 => String::new(),
            n => format!(" ({n} lines left out)"),
        };
        let head = format!("==> {pid}/fdinfo/{fd}{left_out} {} <==\n", kept.len());
        artifact.append(&[head.as_bytes(), kept, b"\n"].concat())
    }
}
