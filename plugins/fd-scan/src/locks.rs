//! The table of locks, `/proc/locks`, which has the process of each lock.
//!
//! The kernel walks the table from its first line for each page that is read, and lets nobody take
//! a lock meanwhile (`locks_start` in `fs/locks.c`). So a long one takes time that grows with the
//! square of its length: 40 ms for 10,000 locks and 0.3 s for 20,000, measured on Linux 6.18 with
//! other work beside it. It is read up to a limit, and what is longer is marked as cut.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use plugin_api::{Context, Error, Level, Status};

/// Some 4,500 locks.
const MAX_BYTES: usize = 256 << 10;
/// No further page is asked for after so long. By the clock on the wall: for each page the kernel
/// first waits for those who are at a lock, and they wait for it then.
const MOST_TIME: Duration = Duration::from_millis(100);
const BUFFER_BYTES: usize = 64 * 1024;

/// Stores the table below `procfs`; what keeps it from that is told.
///
/// # Errors
///
/// The host takes no more.
pub(crate) fn store(procfs: &Path, context: &Context) -> Result<(), Error> {
    let path = procfs.join("locks");
    let reading = |error: io::Error| Error::reading(&path, &error);
    let mut file = match File::open(&path).map_err(reading) {
        Ok(file) => file,
        Err(error) if error.status() == Status::Unavailable => {
            let message = format!("{error}; kernels have it with CONFIG_FILE_LOCKING");
            context.log(Level::Warn, &message);
            return Ok(());
        }
        Err(error) => {
            context.problem(&error.advise("run as root to add it"));
            return Ok(());
        }
    };
    let mut artifact = context.artifact("locks", "text/x-linux-locks")?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let (began, mut n_bytes) = (Instant::now(), 0);
    loop {
        let n = match file.read(&mut buffer) {
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                context.problem(&reading(error));
                return Ok(());
            }
        };
        if n == 0 {
            return artifact.finish();
        }
        artifact.append(&buffer[..n])?;
        n_bytes += n;
        if n_bytes > MAX_BYTES || began.elapsed() > MOST_TIME || context.stopping() {
            let message = format!(
                "the table of locks was not read beyond {n_bytes} bytes, to do no harm: nobody can \
                 take a lock while the kernel writes it"
            );
            context.log(Level::Warn, &message);
            return Ok(());
        }
    }
}
