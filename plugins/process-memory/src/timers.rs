//! `timers` of the processes of users that have many: which process makes POSIX timers and does not
//! delete them.
//!
//! `status` has, as `SigQ`, how many signals wait for all processes of a user, and each POSIX timer
//! keeps room for one. So the processes of a user below [`MANY`] need not be asked, which is nearly
//! all of them nearly always.
//!
//! The kernel walks the timers from the first for each page that is read, so a long text takes time
//! that grows with the square of its length: 25 ms for 10,000 timers, 1.8 s for 70,000. So the
//! beginning of it is enough: the reader of a bundle has the number for the user, and takes those of
//! his other processes away.

use plugin_api::{Context, Error, Level, Status};

use crate::procfs::Files;
use crate::records::Records;

/// A user with fewer waiting signals has no leak of timers worth a look.
const MANY: u64 = 64;
/// Processes that are asked in one sample, those of the lowest pids: each costs the kernel 0.9 KiB
/// of reclaimable memory.
const MAX_PROCESSES: usize = 512;
/// Of one text: some 3,700 timers.
const MAX_TEXT_BYTES: usize = 256 << 10;
/// Of all texts of a sample.
const MAX_BYTES: usize = 4 << 20;

/// Whether the user of a process, of which this is the `status`, has many signals waiting. A text
/// that does not tell is one of a kernel that has no such timers.
pub(crate) fn user_has_many(status: &[u8]) -> bool {
    let mut lines = status.split(|it| *it == b'\n');
    let value = lines.find_map(|it| it.strip_prefix(b"SigQ:"));
    let used = value.and_then(|it| it.trim_ascii().split(|it| *it == b'/').next());
    let used = used.and_then(|it| std::str::from_utf8(it).ok());
    used.and_then(|it| it.parse::<u64>().ok()).is_some_and(|it| it >= MANY)
}

/// Stores the timers of `pids`, and tells what is missing. Processes that end meanwhile are none.
///
/// # Errors
///
/// The host takes no more.
pub(crate) fn store(context: &Context, files: &mut Files<'_>, pids: &[u32]) -> Result<(), Error> {
    let mut records = Records::new(context, "timers", "text/x-linux-pid-timers");
    let mut n_left_out = pids.len().saturating_sub(MAX_PROCESSES);
    let (mut n_bytes, mut is_whole) = (0, true);
    for (index, &pid) in pids.iter().take(MAX_PROCESSES).enumerate() {
        if n_bytes > MAX_BYTES || context.stopping() {
            n_left_out = pids.len() - index;
            is_whole = !context.stopping();
            break;
        }
        match files.read_start(pid, "timers", MAX_TEXT_BYTES) {
            Ok((text, is_whole)) => {
                n_bytes += text.len();
                // The line that is cut is left out as well.
                let end = text.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
                let text = if is_whole { text } else { &text[..end] };
                records.push_start(pid, text, is_whole)?;
            }
            Err(error) if error.status() == Status::Unavailable => {
                if files.is_lacking(pid, "timers") {
                    let since = "kernels have it since 3.10 with CONFIG_CHECKPOINT_RESTORE";
                    context.log(Level::Warn, &format!("{error}; {since}"));
                    break;
                }
            }
            Err(_) => n_left_out += 1,
        }
    }
    if n_left_out > 0 {
        let message = format!(
            "timers of {n_left_out} of {} processes left out: denied, or too many",
            pids.len()
        );
        context.log(Level::Warn, &message);
    }
    records.end(is_whole)
}

#[cfg(test)]
mod tests {
    use super::user_has_many;

    #[test]
    fn a_user_has_many_from_64_on() {
        let status = |line: &str| format!("Name:\tx\nThreads:\t1\n{line}\nSigPnd:\t0\n");
        assert!(user_has_many(status("SigQ:\t64/96365").as_bytes()));
        assert!(user_has_many(status("SigQ:\t70004/96365").as_bytes()));
        for line in ["SigQ:\t63/96365", "SigQ:\tx/96365", "SigQ:", "SigC:\t99/100", ""] {
            assert!(!user_has_many(status(line).as_bytes()), "{line}");
        }
    }
}
