//! All that can be told of a plugin's file at once, for its author and for whoever asks what it
//! is: not only the first reason why it would not be loaded. It may be for another machine.

use std::path::{Path, PathBuf};

use super::contents::{self, Contents};
use super::{Refusal, look};
use crate::plan::description::{ABI_MAJOR, Description, DescriptionFault};
use crate::plan::elf::{
    self, Dynamic, ElfFault, Exports, GlibcDemand, GlibcVersion, Headers, Image,
};

/// What the bytes of a plugin's file tell, each with its own verdict.
#[derive(Debug)]
pub struct Survey {
    /// The file itself, links resolved.
    pub path: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// The machine it is for, as `uname -m` names it.
    pub machine: String,
    /// Whether that is this machine.
    pub is_for_here: Result<(), ElfFault>,
    /// What it says about itself.
    pub description: Result<Description, DescriptionFault>,
    /// Whether it exports the entry of our ABI.
    pub entry: Result<(), DescriptionFault>,
    /// The names it exports; `None` where its section headers were stripped.
    pub exports: Result<Option<Exports>, ElfFault>,
    /// The libraries it needs.
    pub needed: Vec<String>,
    /// Whether its C library is ours.
    pub c_library: Result<(), ElfFault>,
    /// What it demands of glibc.
    pub glibc: GlibcDemand,
    /// The version of this machine's glibc.
    pub glibc_here: Option<GlibcVersion>,
    /// Whether it leaves the stack as it is.
    pub stack: Result<(), ElfFault>,
}

/// Looks at the file at `path`, without loading it.
///
/// # Errors
///
/// It is no file that may be read, no library, or damaged.
pub fn survey(path: &Path) -> Result<Survey, Refusal> {
    let (seen, (contents, exports, glibc)) = look(path, |image| {
        let contents = Contents::read(image)?;
        let exports = Exports::read(image, &contents.headers);
        // Of damaged symbols `exports` tells; the newest version is known all the same.
        let glibc = GlibcDemand::read(image, &contents.headers, &contents.dynamic)
            .unwrap_or_else(|_| GlibcDemand::without_symbols(&contents.dynamic));
        Ok((contents, exports, glibc))
    })?;
    Ok(Survey {
        path: seen.path,
        sha256: seen.sha256,
        bytes: seen.bytes,
        machine: contents.headers.machine(),
        is_for_here: contents.headers.check_machine(),
        entry: entry(&contents, &exports),
        exports,
        c_library: contents.library(),
        glibc,
        glibc_here: elf::glibc_of_this_process(),
        stack: contents.stack(),
        description: contents.description,
        needed: contents.dynamic.needed,
    })
}

/// Whether it has the entry: it must be defined here, which a name alone does not tell.
fn entry(
    contents: &Contents,
    exports: &Result<Option<Exports>, ElfFault>,
) -> Result<(), DescriptionFault> {
    match exports {
        Ok(Some(exports)) if !exports.has_entry => {
            Err(DescriptionFault::NoEntry { ours: ABI_MAJOR })
        }
        _ => contents.entry(),
    }
}

impl Survey {
    /// The first reason why it would not be loaded here, with what to do.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        fn told<T>(checked: &Result<T, impl ToString>) -> Option<String> {
            checked.as_ref().err().map(ToString::to_string)
        }
        told(&self.is_for_here)
            .or_else(|| told(&self.description))
            .or_else(|| told(&self.entry))
            .or_else(|| told(&self.c_library))
            .or_else(|| told(&self.stack))
            .or_else(|| told(&self.check_glibc(self.glibc_here)))
    }

    /// Checks that a glibc of version `has` is enough; an unknown one is.
    ///
    /// # Errors
    ///
    /// Both versions, and what to do.
    pub fn check_glibc(&self, has: Option<GlibcVersion>) -> Result<(), ElfFault> {
        contents::check_glibc(self.glibc.newest, has)
    }
}

/// What the file at `path`, a library or a program of any machine, demands of glibc, and the name
/// of that machine. Nothing of it is run.
///
/// # Errors
///
/// It is no file that may be read, no library or program, or damaged.
pub fn glibc_demand(path: &Path) -> Result<(GlibcDemand, String), Refusal> {
    let (_, found) = look(path, |image| demand(image).map_err(Refusal::from))?;
    Ok(found)
}

/// The same of the bytes alone.
pub(in crate::plan) fn demand(image: &Image<'_>) -> Result<(GlibcDemand, String), ElfFault> {
    let headers = Headers::read(image)?;
    let dynamic = Dynamic::read(image, &headers)?;
    Ok((GlibcDemand::read(image, &headers, &dynamic)?, headers.machine()))
}
