//! The names a shared library exports, from its table of dynamic symbols.

use object::elf;
use plugin_api::abi::ENTRY_SYMBOL;

use super::{ElfFault, Headers, Image, Native};

/// Most symbols that are looked at. A library in Go or C++ has thousands.
const MAX_SYMBOLS: u64 = 1 << 16;
/// Most names that are kept; the others are counted.
const MAX_NAMES: usize = 64;

/// What a library exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exports {
    /// The first names, in the order of the file.
    pub names: Vec<String>,
    /// How many there are.
    pub n: u64,
    /// Whether the entry of our ABI is among them.
    pub has_entry: bool,
}

impl Exports {
    /// Reads them; `None` without section headers.
    ///
    /// # Errors
    ///
    /// A table outside the file, or an absurd count.
    pub(in crate::plan) fn read(
        image: &Image<'_>,
        headers: &Headers,
    ) -> Result<Option<Self>, ElfFault> {
        const WHAT: &str = "dynamic symbols";
        let damaged = || ElfFault::Damaged { what: WHAT };
        let table = headers
            .sections
            .iter()
            .find(|section| section.sh_type.get(Native {}) == elf::SHT_DYNSYM);
        let Some(table) = table else { return Ok(None) };
        let strings = usize::try_from(table.sh_link.get(Native {})).ok();
        let strings = strings.and_then(|at| headers.sections.get(at)).ok_or_else(damaged)?;
        let strings_at = strings.sh_offset.get(Native {});
        let n_symbols = table.sh_size.get(Native {}) / 24;
        if n_symbols > MAX_SYMBOLS {
            return Err(damaged());
        }
        let n_symbols = usize::try_from(n_symbols).map_err(|_| damaged())?;
        let symbols: Vec<elf::Sym64<Native>> =
            image.records(WHAT, table.sh_offset.get(Native {}), n_symbols)?;
        let mut exports = Exports { names: Vec::new(), n: 0, has_entry: false };
        for symbol in symbols.iter().filter(|symbol| is_exported(symbol)) {
            let at = strings_at.saturating_add(symbol.st_name.get(Native {}).into());
            let name = image.name(WHAT, at)?;
            exports.n += 1;
            exports.has_entry |= name == ENTRY_SYMBOL;
            if exports.names.len() < MAX_NAMES {
                exports.names.push(name);
            }
        }
        Ok(Some(exports))
    }
}

/// Whether others can use the symbol: it is defined here, and neither local nor hidden.
fn is_exported(symbol: &elf::Sym64<Native>) -> bool {
    let is_defined = symbol.st_shndx.get(Native {}) != elf::SHN_UNDEF;
    let is_visible = matches!(symbol.st_visibility(), elf::STV_DEFAULT | elf::STV_PROTECTED);
    is_defined && is_visible && symbol.st_bind() != elf::STB_LOCAL
}
