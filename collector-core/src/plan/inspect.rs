//! Looks at a plugin's file without loading it or running a line of it.
//!
//! `dlopen` runs a library's constructors, hangs on a pipe, dies of a cut file and calls a
//! library for another processor "no such file". So everything that can be told from the bytes
//! is told here first, and the worker loads only what passed.

mod access;
mod contents;
mod survey;

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

pub use access::AccessFault;
#[cfg(any(test, feature = "fuzzing"))]
pub(in crate::plan) use survey::demand;
pub use survey::{Survey, glibc_demand, survey};

use super::description::{Description, DescriptionFault};
use super::elf::{ElfFault, Image};
use super::hash::sha256;
use contents::Contents;

/// A plugin's file that passed, and what it says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginFile {
    /// The file itself, links resolved.
    pub path: PathBuf,
    /// SHA-256 of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// Which file it was when it was looked at.
    pub identity: FileIdentity,
    /// What it says about itself.
    pub description: Description,
}

/// Tells a file from another one, and from itself changed: whoever opens it later compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileIdentity {
    device: u64,
    inode: u64,
    bytes: i64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileIdentity {
    /// The identity of an open file.
    ///
    /// # Errors
    ///
    /// What `fstat` says.
    pub fn of(file: impl AsFd) -> io::Result<Self> {
        let stat = rustix::fs::fstat(file)?;
        Ok(FileIdentity {
            device: stat.st_dev,
            inode: stat.st_ino,
            bytes: stat.st_size,
            modified: (stat.st_mtime, i64::try_from(stat.st_mtime_nsec).unwrap_or(i64::MAX)),
            changed: (stat.st_ctime, i64::try_from(stat.st_ctime_nsec).unwrap_or(i64::MAX)),
        })
    }
}

/// Why a file is not loaded as a plugin. The texts say what to do; the path is for the caller to
/// put in front.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is not a file that may be loaded.
    #[error(transparent)]
    Access(#[from] AccessFault),
    /// It is not a library that can be loaded here.
    #[error(transparent)]
    Elf(#[from] ElfFault),
    /// It does not describe itself as a plugin for this program.
    #[error(transparent)]
    Description(#[from] DescriptionFault),
    /// It is not the file that the manifest names.
    #[error(
        "its sha256 is {file}, the manifest pins {pin}; get the pinned file, or correct `sha256` if the new one is meant"
    )]
    Pin {
        /// Of the file.
        file: String,
        /// Of the manifest.
        pin: String,
    },
    /// It was written to meanwhile.
    #[error("it changed while it was looked at; wait until the copy is complete and try again")]
    Changed,
    /// It describes a plugin of another name than the one that was asked for.
    #[error(
        "describes the plugin `{found}`, not `{asked}`; write `plugin: {found}`, or the path of the file"
    )]
    Name {
        /// The name in its description.
        found: String,
        /// The name in the manifest.
        asked: String,
    },
}

/// Looks at the file at `path`, without loading it, and compares it with the `pin`, a SHA-256 in
/// hexadecimal digits of either case.
///
/// # Errors
///
/// The first reason found why it is not loaded; see [`Refusal`].
pub fn inspect(path: &Path, pin: Option<&str>) -> Result<PluginFile, Refusal> {
    let (seen, description) = look(path, examine)?;
    let Seen { path, sha256, bytes, identity } = seen;
    let found = PluginFile { path, sha256, bytes, identity, description };
    found.check_pin(pin)?;
    Ok(found)
}

impl PluginFile {
    /// Compares it with a pin; none always fits.
    pub(super) fn check_pin(&self, pin: Option<&str>) -> Result<(), Refusal> {
        match pin {
            Some(pin) if !pin.eq_ignore_ascii_case(&self.sha256) => {
                Err(Refusal::Pin { file: self.sha256.clone(), pin: pin.to_owned() })
            }
            _ => Ok(()),
        }
    }
}

/// Everything the ELF headers and the note tell, judged.
pub(super) fn examine(image: &Image<'_>) -> Result<Description, Refusal> {
    Contents::read(image)?.judge()
}

/// A file that was read and did not change meanwhile.
struct Seen {
    path: PathBuf,
    sha256: String,
    bytes: u64,
    identity: FileIdentity,
}

/// Opens the file at `path`, has `read` look at it, and hashes it.
fn look<T>(
    path: &Path,
    read: impl FnOnce(&Image<'_>) -> Result<T, Refusal>,
) -> Result<(Seen, T), Refusal> {
    let (path, file) = access::open(path)?;
    let identity = FileIdentity::of(&file).map_err(ElfFault::Read)?;
    let bytes = u64::try_from(identity.bytes).unwrap_or(0);
    let image = Image::new(&file, bytes);
    let read = read(&image).and_then(|read| Ok((read, sha256(&file).map_err(ElfFault::Read)?)));
    // Before anything else is said of what was read: it may be of two files.
    if FileIdentity::of(&file).map_err(ElfFault::Read)? != identity {
        return Err(Refusal::Changed);
    }
    let (read, sha256) = read?;
    access::check_mount(&file)?;
    Ok((Seen { path, sha256, bytes, identity }, read))
}

#[cfg(test)]
pub(crate) mod tests;
