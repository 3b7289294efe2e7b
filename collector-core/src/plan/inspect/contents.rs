//! Everything that the ELF headers and the note of a plugin's file tell, and the verdict on it.

use super::Refusal;
use crate::plan::description::{ABI_MAJOR, Description, DescriptionFault, MAX_DESCRIPTION_BYTES};
use crate::plan::elf::{self, Dynamic, ElfFault, GlibcVersion, Headers, Image};

/// What was read, unjudged.
pub(super) struct Contents {
    pub(super) headers: Headers,
    pub(super) dynamic: Dynamic,
    /// What the note says.
    pub(super) description: Result<Description, DescriptionFault>,
}

impl Contents {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// What is no library, and what is damaged.
    pub(super) fn read(image: &Image<'_>) -> Result<Self, ElfFault> {
        let headers = Headers::read(image)?;
        let dynamic = Dynamic::read(image, &headers)?;
        dynamic.check_library()?;
        let description = description(image, &headers, &dynamic)?;
        Ok(Contents { headers, dynamic, description })
    }

    /// The description, if the file may be loaded.
    pub(super) fn judge(self) -> Result<Description, Refusal> {
        self.headers.check_machine()?;
        let entry = self.entry();
        let library = self.library();
        let stack = self.stack();
        let glibc = check_glibc(self.dynamic.glibc(), elf::glibc_of_this_process());
        let description = self.description?;
        entry?;
        library?;
        stack?;
        glibc?;
        Ok(description)
    }

    /// Checks that it exports the entry of our ABI.
    pub(super) fn entry(&self) -> Result<(), DescriptionFault> {
        if self.dynamic.entries.contains(&ABI_MAJOR) {
            return Ok(());
        }
        Err(DescriptionFault::NoEntry { ours: ABI_MAJOR })
    }

    /// Checks that it is made for our C library.
    pub(super) fn library(&self) -> Result<(), ElfFault> {
        match self.dynamic.musl() {
            Some(library) => Err(ElfFault::Musl { library: library.to_owned() }),
            None => Ok(()),
        }
    }

    /// Checks that it leaves the stack as it is.
    pub(super) fn stack(&self) -> Result<(), ElfFault> {
        if self.headers.wants_executable_stack() { Err(ElfFault::ExecutableStack) } else { Ok(()) }
    }
}

/// Checks that a glibc of version `has` is enough for what `needs` that version; an unknown one is.
pub(super) fn check_glibc(
    needs: Option<GlibcVersion>,
    has: Option<GlibcVersion>,
) -> Result<(), ElfFault> {
    match (needs, has) {
        (Some(needs), Some(has)) if needs > has => Err(ElfFault::Glibc { needs, has }),
        _ => Ok(()),
    }
}

/// What the note says. A damaged table is an error of the file, a damaged text one of the author.
fn description(
    image: &Image<'_>,
    headers: &Headers,
    dynamic: &Dynamic,
) -> Result<Result<Description, DescriptionFault>, ElfFault> {
    let notes = elf::collector_notes(image, headers)?;
    let note = match notes.as_slice() {
        [] if dynamic.entries.is_empty() || dynamic.entries.contains(&ABI_MAJOR) => {
            return Ok(Err(DescriptionFault::Missing));
        }
        [] => {
            let plugin = dynamic.entries.clone();
            return Ok(Err(DescriptionFault::OtherEntry { plugin, ours: ABI_MAJOR }));
        }
        [note] => note,
        _ => return Ok(Err(DescriptionFault::Two)),
    };
    if note.bytes > MAX_DESCRIPTION_BYTES {
        let fault = DescriptionFault::TooLong { bytes: note.bytes, limit: MAX_DESCRIPTION_BYTES };
        return Ok(Err(fault));
    }
    Ok(Description::parse(&note.read(image)?))
}
