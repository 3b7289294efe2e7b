//! `tmpfs.tsv`: how full each tmpfs is, for the kernel has no text that tells.
//!
//! The first line names the columns; readers find a column by its name, and later versions append.
//!
//! | column | meaning |
//! | --- | --- |
//! | `device` | its number, `major:minor`: one line for each, however often it is mounted |
//! | `type` | `tmpfs`, or `devtmpfs`, whose pages the kernel counts with those of the others |
//! | `mount_point` | where it is mounted, as mountinfo writes it: `\040` for a space, and so on |
//! | `size_bytes` | what it may hold; empty where there is no limit, or it could not be asked |
//! | `used_bytes` | what it holds, in memory and in swap; empty where it could not be asked, or keeps no count because it has no limit |
//!
//! Only the mounts of the collector's own mount namespace are seen. A tmpfs is asked with `fstatfs`
//! through a descriptor that opens nothing (`O_PATH`), and only where no other file system that may
//! wait for a server is mounted on the way to it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use plugin_api::mounts::{Barriers, MountLine};
use plugin_api::{Context, Error, Level, Status};
use rustix::fs::{CWD, Mode, OFlags, fstat, fstatfs, major, minor, openat};

/// Lines of the table: a host of containers has hundreds.
const MAX_ROWS: usize = 4096;

/// `TMPFS_MAGIC` of the kernel's `include/uapi/linux/magic.h`; devtmpfs has it too.
const TMPFS: u64 = 0x0102_1994;

/// What a tmpfs tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    size_bytes: u64,
    used_bytes: u64,
}

/// Stores the table of the mounts in `mountinfo`.
pub(crate) fn store(context: &Context, mountinfo: &[u8], barriers: &Barriers) {
    let table = table(mountinfo, |it| {
        let path = it.path();
        let usage = barriers.are_not_on(&path).then(|| ask(&path, it.device))?;
        usage.filter(|usage| usage.size_bytes > 0)
    });
    if let Some(first) = &table.first_not_asked {
        let n = table.n_not_asked;
        context.log(
            Level::Warn,
            &format!(
                "{n} tmpfs did not tell how full they are, the first {first}: without a limit, \
                 below a mount that may hang, below another mount, or denied"
            ),
        );
    }
    if table.n_left_out > 0 {
        let (n, most) = (table.n_left_out, MAX_ROWS);
        let text = format!("tmpfs.tsv: {n} more tmpfs were left out, {most} at most are listed");
        context.problem(&Error::new(Status::Partial, text));
    }
    let stored =
        context.artifact("tmpfs.tsv", "text/x-collector-tmpfs").and_then(|mut artifact| {
            artifact.append(table.text.as_bytes())?;
            artifact.finish()
        });
    if let Err(error) = stored {
        context.problem(&error);
    }
}

/// The table, and what is not in it.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) text: String,
    pub(crate) n_not_asked: usize,
    pub(crate) first_not_asked: Option<String>,
    pub(crate) n_left_out: usize,
}

/// The table of the mounts in `mountinfo`, in the order of their devices as it has them. `ask`
/// gives what a mount tells: of a device that is mounted more than once, the first answer counts.
pub(crate) fn table(
    mountinfo: &[u8],
    mut ask: impl FnMut(&MountLine<'_>) -> Option<Usage>,
) -> Table {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows: Vec<(MountLine<'_>, Option<Usage>)> = Vec::new();
    let mut table = Table::default();
    let is_it = |it: &MountLine<'_>| matches!(it.fs_type, "tmpfs" | "devtmpfs");
    for mount in MountLine::all(mountinfo).filter(is_it) {
        match places.get(mount.device) {
            Some(at) if rows[*at].1.is_some() => {}
            Some(at) => {
                if let Some(usage) = ask(&mount) {
                    rows[*at] = (mount, Some(usage));
                }
            }
            None if rows.len() >= MAX_ROWS => table.n_left_out += 1,
            None => {
                places.insert(mount.device, rows.len());
                rows.push((mount, ask(&mount)));
            }
        }
    }
    table.text.push_str("device\ttype\tmount_point\tsize_bytes\tused_bytes\n");
    for (mount, usage) in rows {
        let (size, used) = match usage {
            Some(it) => (it.size_bytes.to_string(), it.used_bytes.to_string()),
            None => {
                table.n_not_asked += 1;
                table.first_not_asked.get_or_insert_with(|| mount.point.to_owned());
                (String::new(), String::new())
            }
        };
        let MountLine { device, fs_type, point, .. } = mount;
        // Writing to a text cannot fail.
        let _ = writeln!(table.text, "{device}\t{fs_type}\t{point}\t{size}\t{used}");
    }
    table
}

/// What the tmpfs of this device tells, if it is the one that is seen at `path`.
fn ask(path: &Path, device: &str) -> Option<Usage> {
    let flags = OFlags::PATH | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = openat(CWD, path, flags, Mode::empty()).ok()?;
    // Another may be mounted over it.
    let number = fstat(&file).ok()?.st_dev;
    if format!("{}:{}", major(number), minor(number)) != device {
        return None;
    }
    let told = fstatfs(&file).ok()?;
    let of = |blocks: u64| blocks.checked_mul(u64::try_from(told.f_bsize).ok()?);
    let is_tmpfs = u64::try_from(told.f_type).is_ok_and(|it| it == TMPFS);
    let used = told.f_blocks.checked_sub(told.f_bfree).filter(|_| is_tmpfs)?;
    Some(Usage { size_bytes: of(told.f_blocks)?, used_bytes: of(used)? })
}

#[cfg(test)]
mod tests;
