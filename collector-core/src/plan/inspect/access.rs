//! Opens a plugin's file, and judges who could have put it there.
//!
//! A plugin runs with the rights of the collector, often root's. So the file and every directory
//! above it must be owned by root, by the caller, or by the owner of this program (who could as
//! well replace the program), and nobody else may write there. A directory with the sticky bit,
//! such as `/tmp`, may be writable: others cannot replace what is not theirs.
//!
//! Writable by a group is tolerated for the group 0, for a group of the same number as the owner
//! (a private group, as most distributions make one per user with umask 002), and for a caller
//! who is not root, who risks only what is his.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, StatVfsMountFlags};
use rustix::io::Errno;

use crate::plan::shown::Shown;

/// The largest plugin that is taken; with debug information they reach some 100 MiB.
const MAX_BYTES: u64 = 512 << 20;

/// Why a file may not be loaded, whatever is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessFault {
    /// No path at all. `dlopen` would give the program itself.
    #[error("the path of the plugin is empty; write its name, or the path of its library")]
    EmptyPath,
    /// It is not there, or a directory of its path is not.
    #[error("there is no such file; correct the path, or copy the plugin there")]
    Missing,
    /// It is a link to where nothing is.
    #[error(
        "is a symbolic link to {}, which is not there; correct the link, or name the library itself",
        Shown(target)
    )]
    Dangling {
        /// What the link says.
        target: PathBuf,
    },
    /// It is a link that leads back to itself.
    #[error("its symbolic links lead in a circle; correct them, or name the library itself")]
    Loop,
    /// The caller may not read it, or not pass a directory above it.
    #[error(
        "the caller (uid {caller}) may not read it; run with sudo, or `chmod a+r` the file and `a+x` the directories above it"
    )]
    Denied {
        /// The user this program runs as.
        caller: u32,
    },
    /// It cannot be opened.
    #[error("cannot be opened: {error}; correct the path, or copy the plugin to another place")]
    Open {
        /// What the system said.
        error: io::Error,
    },
    /// Not a regular file.
    #[error("{kind}, not a regular file; name the plugin's library")]
    Kind {
        /// What it is.
        kind: &'static str,
    },
    /// Owned by somebody else.
    #[error(
        "{} is owned by uid {owner}, who is not root, the caller (uid {caller}) or the owner of this program, and could replace it; `chown` it, or copy the plugin to a directory of root",
        Shown(path)
    )]
    Owner {
        /// The file, or a directory above it.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// The user this program runs as.
        caller: u32,
    },
    /// Writable by others.
    #[error(
        "{} is writable by {who} (mode {mode:04o}), who could replace it; run `chmod {remedy}` on it, or copy the plugin to a directory of root",
        Shown(path)
    )]
    Writable {
        /// The file, or a directory above it.
        path: PathBuf,
        /// Who may write there.
        who: String,
        /// Its permission bits.
        mode: u32,
        /// What takes the permission away.
        remedy: &'static str,
    },
    /// Larger than any plugin.
    #[error("the file is {bytes} bytes, over the limit of {MAX_BYTES} for a plugin; strip it")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// On a file system nothing can be run from.
    #[error(
        "lies on a file system that is mounted noexec, so it cannot be loaded; copy it to another one, such as /usr/local/lib/collector/plugins"
    )]
    NoExec,
}

/// Opens the file at `path`, links resolved, if it may be loaded; gives its real path too.
pub(super) fn open(path: &Path) -> Result<(PathBuf, File), AccessFault> {
    if path.as_os_str().is_empty() {
        return Err(AccessFault::EmptyPath);
    }
    let caller = rustix::process::geteuid().as_raw();
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => match fs::read_link(path) {
            Ok(target) => AccessFault::Dangling { target },
            Err(_) => AccessFault::Missing,
        },
        io::ErrorKind::PermissionDenied => AccessFault::Denied { caller },
        _ if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => AccessFault::Loop,
        _ => AccessFault::Open { error },
    };
    // A library's name is often a link to its version. The file behind it is what is judged.
    let path = fs::canonicalize(path).map_err(failed)?;
    // Before opening: to open a device may already do something.
    check_kind(&fs::symlink_metadata(&path).map_err(failed)?)?;
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(&path, flags | OFlags::NOCTTY, Mode::empty())
        .map_err(|error| failed(error.into()))?;
    let file = File::from(file);
    let metadata = file.metadata().map_err(failed)?;
    check_kind(&metadata)?;
    let trust = Trust::of(caller);
    trust.check(&path, &metadata)?;
    for directory in path.ancestors().skip(1) {
        trust.check(directory, &fs::symlink_metadata(directory).map_err(failed)?)?;
    }
    if metadata.len() > MAX_BYTES {
        return Err(AccessFault::TooLarge { bytes: metadata.len() });
    }
    Ok((path, file))
}

/// Checks that libraries can be loaded from where `file` lies.
pub(super) fn check_mount(file: &File) -> Result<(), AccessFault> {
    match rustix::fs::fstatvfs(file) {
        Ok(mount) if mount.f_flag.contains(StatVfsMountFlags::NOEXEC) => Err(AccessFault::NoExec),
        // What cannot be asked is left to the loader.
        _ => Ok(()),
    }
}

fn check_kind(metadata: &Metadata) -> Result<(), AccessFault> {
    let kind = metadata.file_type();
    let kind = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_symlink() {
        "a symbolic link"
    } else {
        "a device"
    };
    Err(AccessFault::Kind { kind })
}

/// Whose files are trusted.
struct Trust {
    caller: u32,
    program_owner: Option<u32>,
}

impl Trust {
    fn of(caller: u32) -> Self {
        Trust {
            caller,
            program_owner: fs::metadata("/proc/self/exe").ok().map(|program| program.uid()),
        }
    }

    fn check(&self, path: &Path, metadata: &Metadata) -> Result<(), AccessFault> {
        let (owner, group, mode) = (metadata.uid(), metadata.gid(), metadata.mode() & 0o7777);
        if owner != 0 && owner != self.caller && Some(owner) != self.program_owner {
            return Err(AccessFault::Owner { path: path.to_owned(), owner, caller: self.caller });
        }
        let is_sticky_directory = metadata.is_dir() && mode & 0o1000 != 0;
        let group_counts = self.caller == 0 && group != 0 && group != owner;
        let (who, remedy) = if is_sticky_directory {
            return Ok(());
        } else if mode & 0o002 != 0 {
            ("everybody".to_owned(), "o-w")
        } else if mode & 0o020 != 0 && group_counts {
            (format!("group {group}"), "g-w")
        } else {
            return Ok(());
        };
        Err(AccessFault::Writable { path: path.to_owned(), who, mode, remedy })
    }
}
