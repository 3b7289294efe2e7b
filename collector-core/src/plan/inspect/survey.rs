//! All that can be told of a plugin's file at once, for its author: not only the first reason why
//! it would not be loaded.

use std::path::{Path, PathBuf};

use super::contents::{self, Contents};
use super::{Refusal, look};
use crate::plan::description::{ABI_MAJOR, Description, DescriptionFault};
use crate::plan::elf::{self, ElfFault, Exports, GlibcVersion};

/// What the bytes of a plugin's file tell, each with its own verdict.
#[derive(Debug)]
pub struct Survey {
    /// The file itself, links resolved.
    pub path: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
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
    /// The newest version of glibc it needs a symbol of.
    pub glibc: Option<GlibcVersion>,
    /// The version of this machine's glibc.
    pub glibc_here: Option<GlibcVersion>,
    /// Whether it leaves the stack as it is.
    pub stack: Result<(), ElfFault>,
}

/// Looks at the file at `path`, without loading it.
///
/// # Errors
///
/// It is no file that may be read, no library of this machine, or damaged.
pub fn survey(path: &Path) -> Result<Survey, Refusal> {
    let (seen, (contents, exports)) = look(path, |image| {
        let contents = Contents::read(image)?;
        let exports = Exports::read(image, &contents.headers);
        Ok((contents, exports))
    })?;
    Ok(Survey {
        path: seen.path,
        sha256: seen.sha256,
        bytes: seen.bytes,
        entry: entry(&contents, &exports),
        exports,
        c_library: contents.library(),
        glibc: contents.dynamic.glibc,
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
    /// Checks that a glibc of version `has` is enough; an unknown one is.
    ///
    /// # Errors
    ///
    /// Both versions, and what to do.
    pub fn check_glibc(&self, has: Option<GlibcVersion>) -> Result<(), ElfFault> {
        contents::check_glibc(self.glibc, has)
    }
}
