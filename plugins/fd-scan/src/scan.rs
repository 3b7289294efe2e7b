//! Runs the threads of a scan, and tells what came of it.

use std::fs;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use plugin_api::{Context, Error, Status};
use rustix::fs::{
    Access, AtFlags, Mode, OFlags, PROC_SUPER_MAGIC, accessat, fstat, fstatfs, openat,
    readlinkat_raw, seek,
};
use rustix::io::Errno;

use crate::Config;
use crate::mounts::{self, Mounts};
use crate::output::{Closed, Output, Turn};
use crate::process::{Process, pids};
use crate::queue::{Listing, Queue, Unit};
use crate::row::{self, Decimal};
use crate::sizes::Sizes;
use crate::told::{Cut, Told};
use crate::watches::{Found, Spent, Watches};

/// Lines a thread gathers before it waits for its turn.
const LINES_BYTES: usize = 256 * 1024;
/// The kernel makes a link text in one page, which is 64 KiB at most and 4 KiB mostly; a path
/// that does not fit there is refused by the kernel.
const LINK_BYTES: usize = 64 * 1024;

/// Lists the descriptors into `fds.tsv`, and tells what could not be listed.
pub(crate) fn scan(config: &Config, context: &Context) -> Result<(), Error> {
    let reading = |errno: Errno| Error::reading(&config.procfs, &errno.into());
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let procfs = openat(rustix::fs::CWD, &config.procfs, flags, Mode::empty()).map_err(reading)?;
    let pids = pids(procfs.as_fd()).map_err(reading)?;
    if pids.is_empty() {
        return Err(Error::unavailable(format!(
            "{}: no process is there; is procfs mounted?",
            config.procfs.display()
        )));
    }
    let mut artifact = context.artifact("fds.tsv", "text/x-collector-fds")?;
    artifact.append(row::HEADER)?;

    let shared = Shared {
        context,
        queue: Mutex::new(Queue::new(procfs.as_fd(), &pids, &config.processes, config.max_rows)),
        output: Output::new(artifact),
        mounts: Mounts::default(),
        spent: Spent::default(),
        watches: Mutex::default(),
    };
    std::thread::scope(|threads| {
        for _ in 1..config.threads {
            threads.spawn(|| shared.work());
        }
        shared.work();
    });
    let Shared { queue, output, watches, .. } = shared;
    let artifact = output.into_artifact()?;

    let mut queue = queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    let out_of_time = context.stopping();
    let counts_by_size = fstatfs(&procfs).is_ok_and(|it| it.f_type == PROC_SUPER_MAGIC);
    queue.count_rest(|process| count(process, counts_by_size, out_of_time));
    let told = queue.told;
    let cut = told.is_cut().then_some(match out_of_time {
        true => Cut::Time,
        false => Cut::MaxRows(config.max_rows),
    });
    told.tell(context, cut, hidden(&config.procfs, procfs.as_fd()).as_deref());
    if cut.is_none() {
        artifact.finish()?;
    }
    let watches = watches.into_inner().unwrap_or_else(PoisonError::into_inner);
    watches.store(context, cut.is_none())?;
    if told.met_none() && !config.processes.is_empty() {
        return Err(Error::new(
            Status::Unavailable,
            "no process is of those named in `processes`; `ps -e -o pid,comm` shows the names",
        ));
    }
    Ok(())
}

/// The number of descriptors of a process that will not be listed. New kernels (6.2) give it as
/// the size of the directory; else it takes listing them, for which there may be no time.
fn count(process: &Process, counts_by_size: bool, out_of_time: bool) -> Option<u64> {
    let directory = process.descriptors();
    if counts_by_size && let Ok(stat) = fstat(directory) {
        match u64::try_from(stat.st_size) {
            Ok(n) if n > 0 => return Some(n),
            _ => {}
        }
    }
    if out_of_time {
        return None;
    }
    seek(directory, rustix::fs::SeekFrom::Start(0)).ok()?;
    let mut listing = Listing::new();
    let mut n = 0;
    while listing.read(directory).ok()? {
        n += listing.fds.len() as u64;
    }
    Some(n)
}

/// How processes are hidden from this one: a procfs that hides, and a first process that is not
/// seen. For root, and in a container of one user, nothing is hidden.
fn hidden(path: &Path, procfs: BorrowedFd<'_>) -> Option<String> {
    let mountinfo = fs::read(path.join("self/mountinfo")).ok()?;
    let hidepid = mounts::hidepid(&mountinfo, path.to_str()?)?;
    let first = accessat(procfs, "1", Access::EXISTS, AtFlags::empty());
    first.is_err().then(|| hidepid.to_owned())
}

/// What the threads share.
struct Shared<'a, 'c> {
    context: &'c Context,
    queue: Mutex<Queue<'a>>,
    output: Output<'c>,
    mounts: Mounts,
    spent: Spent,
    watches: Mutex<Found>,
}

impl<'a> Shared<'a, '_> {
    /// Takes units until there are no more.
    fn work(&self) {
        let mut listing = Listing::new();
        let mut lister = Lister {
            told: Told::default(),
            sizes: Sizes::new(&self.mounts),
            watches: Watches::new(&self.spent),
            lines: Vec::with_capacity(LINES_BYTES),
            link: vec![0; LINK_BYTES],
        };
        while !self.context.stopping() {
            let Some(unit) = self.queue().take(&mut listing) else { break };
            let turn = self.output.turn(unit.number);
            if self.list(&unit, &listing.fds, turn, &mut lister).is_err() {
                break;
            }
        }
        lister.told.sizes_not_taken = lister.sizes.not_taken;
        self.queue().told.add(lister.told);
        // As of the queue: what was found until a panic is still true.
        self.watches.lock().unwrap_or_else(PoisonError::into_inner).add(lister.watches.found);
    }

    /// Writes the lines of one unit.
    fn list(
        &self,
        unit: &Unit,
        fds: &[u32],
        turn: Turn<'_, '_>,
        lister: &mut Lister<'_>,
    ) -> Result<(), Closed> {
        lister.lines.clear();
        for fd in fds {
            if unit.process.links_denied() {
                break;
            }
            if lister.line(&unit.process, *fd).is_err() && unit.process.note_links_denied() {
                self.queue().told.denied(unit.process.pid, &unit.process.name);
            }
            if lister.lines.len() > LINES_BYTES - 2 * LINK_BYTES {
                turn.write(&lister.lines)?;
                lister.lines.clear();
            }
        }
        turn.finish(&lister.lines)
    }

    fn queue(&self) -> MutexGuard<'_, Queue<'a>> {
        // A panic ends the whole scan; what the queue says until then is still true.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reused buffers and counts of one thread for writing lines.
struct Lister<'m> {
    told: Told,
    sizes: Sizes<'m>,
    watches: Watches<'m>,
    lines: Vec<u8>,
    link: Vec<u8>,
}

/// The process denies its links.
struct Denied;

impl Lister<'_> {
    /// Appends the line of one descriptor; none if it was closed since it was listed.
    fn line(&mut self, process: &Process, fd: u32) -> Result<(), Denied> {
        let mut decimal = Decimal::default();
        let name = decimal.c_str(fd.into());
        let (link, deleted) = match readlinkat_raw(process.descriptors(), name, &mut *self.link) {
            Ok(n) => {
                let link = &self.link[..n];
                self.watches.take(process, fd, name, link);
                (link, self.sizes.take(process, name, link))
            }
            Err(Errno::NOENT | Errno::SRCH) => {
                self.told.n_closed += 1;
                return Ok(());
            }
            Err(Errno::ACCESS | Errno::PERM) => return Err(Denied),
            Err(_) => {
                self.told.n_unreadable += 1;
                (&[][..], None)
            }
        };
        row::append(&mut self.lines, &process.columns, name.to_bytes(), link, deleted.as_ref());
        self.told.n_rows += 1;
        Ok(())
    }
}
