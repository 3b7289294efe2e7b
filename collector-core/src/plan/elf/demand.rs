//! Which versions of glibc a file demands, and by which symbols.
//!
//! The newest of them decides whether the dynamic linker takes the file; the symbols say what it
//! comes from. The same for a plugin, the program itself, and any other library or program, of
//! every machine whose files have our class and byte order.

use super::symbols::Symbols;
use super::{Dynamic, ElfFault, GlibcVersion, Headers, Image};

/// Most symbols that are kept, those of the newest versions first.
const MAX_KEPT: usize = 64;

/// What a file demands of glibc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlibcDemand {
    /// The newest version it needs, for a symbol or for packed relocations; `None` where it needs
    /// neither a versioned symbol of glibc nor those.
    pub newest: Option<GlibcVersion>,
    /// The symbols it needs, each in its version, newest first and at most 64; empty where its
    /// section headers were stripped or damaged.
    pub symbols: Vec<(GlibcVersion, String)>,
    /// Whether it needs packed relocations (`DT_RELR`), which [`GlibcVersion::OF_PACKED`] brought.
    pub packs_relocations: bool,
}

impl GlibcDemand {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// A table outside the file, or an absurd count.
    pub(in crate::plan) fn read(
        image: &Image<'_>,
        headers: &Headers,
        dynamic: &Dynamic,
    ) -> Result<Self, ElfFault> {
        let mut demand = Self::without_symbols(dynamic);
        let Some(table) = Symbols::read(image, headers)? else { return Ok(demand) };
        let version_of = |number: u16| {
            dynamic.versions.iter().find(|(other, _)| *other == number).map(|it| it.1)
        };
        let needed = table.needed(image, headers)?;
        let mut needed: Vec<_> = needed
            .into_iter()
            .filter_map(|(number, symbol)| Some((version_of(number)?, symbol)))
            .collect();
        needed.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        needed.truncate(MAX_KEPT);
        let named = |(version, symbol)| Ok((version, table.name(image, symbol)?));
        demand.symbols = needed.into_iter().map(named).collect::<Result<_, ElfFault>>()?;
        Ok(demand)
    }

    /// The same where its symbols cannot be read.
    pub(in crate::plan) fn without_symbols(dynamic: &Dynamic) -> Self {
        let (newest, packs_relocations) = (dynamic.glibc(), dynamic.packs_relocations);
        GlibcDemand { newest, symbols: Vec::new(), packs_relocations }
    }
}
