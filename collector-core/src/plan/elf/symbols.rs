//! The table of dynamic symbols: what a file exports, and what it needs of others.

use object::elf;

use super::{ElfFault, Headers, Image, Native};

/// Most symbols that are looked at. A library in Go or C++ has thousands.
const MAX_SYMBOLS: u64 = 1 << 16;
/// Which part of the file a fault is about.
const WHAT: &str = "dynamic symbols";

/// The table, and where the names of its symbols start in the file.
pub(super) struct Symbols {
    table: Vec<elf::Sym64<Native>>,
    names_at: u64,
}

impl Symbols {
    /// Reads it; `None` without section headers, which alone tell how many symbols there are.
    ///
    /// # Errors
    ///
    /// A table outside the file, or an absurd count.
    pub(super) fn read(image: &Image<'_>, headers: &Headers) -> Result<Option<Self>, ElfFault> {
        let damaged = || ElfFault::Damaged { what: WHAT };
        let Some(section) = headers.section(elf::SHT_DYNSYM) else { return Ok(None) };
        let names = usize::try_from(section.sh_link.get(Native {})).ok();
        let names = names.and_then(|at| headers.sections.get(at)).ok_or_else(damaged)?;
        let n_symbols = section.sh_size.get(Native {}) / 24;
        if n_symbols > MAX_SYMBOLS {
            return Err(damaged());
        }
        let n_symbols = usize::try_from(n_symbols).map_err(|_| damaged())?;
        let table = image.records(WHAT, section.sh_offset.get(Native {}), n_symbols)?;
        Ok(Some(Symbols { table, names_at: names.sh_offset.get(Native {}) }))
    }

    /// The symbols that others can use: defined here, and neither local nor hidden.
    pub(super) fn exported(&self) -> impl Iterator<Item = &elf::Sym64<Native>> {
        self.table.iter().filter(|symbol| {
            let is_defined = symbol.st_shndx.get(Native {}) != elf::SHN_UNDEF;
            let is_visible =
                matches!(symbol.st_visibility(), elf::STV_DEFAULT | elf::STV_PROTECTED);
            is_defined && is_visible && symbol.st_bind() != elf::STB_LOCAL
        })
    }

    /// The symbols that others must have, each with the number of the version it is needed in.
    ///
    /// # Errors
    ///
    /// A table of versions outside the file.
    pub(super) fn needed(
        &self,
        image: &Image<'_>,
        headers: &Headers,
    ) -> Result<Vec<(u16, &elf::Sym64<Native>)>, ElfFault> {
        /// The bit that hides a version from the linker.
        const HIDDEN: u16 = 0x8000;
        let Some(section) = headers.section(elf::SHT_GNU_VERSYM) else { return Ok(Vec::new()) };
        let versions: Vec<elf::Versym<Native>> =
            image.records("symbol versions", section.sh_offset.get(Native {}), self.table.len())?;
        let number = |version: &elf::Versym<Native>| version.0.get(Native {}).0 & !HIDDEN;
        let numbered = versions.iter().map(number).zip(&self.table);
        let is_needed =
            |symbol: &elf::Sym64<Native>| symbol.st_shndx.get(Native {}) == elf::SHN_UNDEF;
        Ok(numbered.filter(|(_, symbol)| is_needed(symbol)).collect())
    }

    /// The name of one of its symbols.
    ///
    /// # Errors
    ///
    /// It lies outside the file.
    pub(super) fn name(
        &self,
        image: &Image<'_>,
        symbol: &elf::Sym64<Native>,
    ) -> Result<String, ElfFault> {
        image.name(WHAT, self.names_at.saturating_add(symbol.st_name.get(Native {}).into()))
    }
}
