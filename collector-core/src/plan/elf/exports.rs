//! The names a shared library exports, from its table of dynamic symbols.

use plugin_api::abi::ENTRY_SYMBOL;

use super::symbols::Symbols;
use super::{ElfFault, Headers, Image};

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
        let Some(symbols) = Symbols::read(image, headers)? else { return Ok(None) };
        let mut exports = Exports { names: Vec::new(), n: 0, has_entry: false };
        for symbol in symbols.exported() {
            let name = symbols.name(image, symbol)?;
            exports.n += 1;
            exports.has_entry |= name == ENTRY_SYMBOL;
            if exports.names.len() < MAX_NAMES {
                exports.names.push(name);
            }
        }
        Ok(Some(exports))
    }
}
