//! The dynamic section: which libraries and versions the file needs, and which entry it exports.

use object::elf;
use plugin_api::abi::ENTRY_SYMBOL;

use super::glibc::GlibcVersion;
use super::{ElfFault, Headers, Image, Native};

/// Most entries of the dynamic section, and of all version tables together, that are looked at.
const MAX_ENTRIES: u64 = 4096;
const MAX_VERSIONS: u32 = 8192;
/// The name every version of the entry symbol starts with; its ABI's number follows.
const ENTRY: &[u8] = ENTRY_SYMBOL.as_bytes().split_at(ENTRY_SYMBOL.len() - 1).0;
/// Bytes of the string table that are searched at a time.
const PIECE: usize = 64 * 1024;

/// What the dynamic section of a library or a program says.
#[derive(Debug, Default)]
pub(in crate::plan) struct Dynamic {
    /// Why nothing can be loaded from it: it is a program, or has no dynamic section.
    not_library: Option<&'static str>,
    /// Libraries it needs, by name.
    pub(in crate::plan) needed: Vec<String>,
    /// The versions of glibc it needs a symbol of, each with the number that its symbols carry.
    pub(super) versions: Vec<(u16, GlibcVersion)>,
    /// Whether it leaves packed relocations to the dynamic linker. One that does not know them
    /// passes over them, unless the linker has added the version `GLIBC_ABI_DT_RELR`, which it does
    /// only for what is linked with libc.
    pub(super) packs_relocations: bool,
    /// The numbers N of the names `collector_plugin_entry_vN` in its symbol names. Whether the
    /// symbol is defined here is left to the loader: nobody imports such a name.
    pub(in crate::plan) entries: Vec<u32>,
}

impl Dynamic {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// A table outside the file, or an absurd count.
    pub(in crate::plan) fn read(image: &Image<'_>, headers: &Headers) -> Result<Self, ElfFault> {
        let mut dynamic = Dynamic::default();
        let Some(tags) = Tags::read(image, headers)? else {
            dynamic.not_library = Some(if headers.is_fixed_program { PROGRAM } else { STATIC });
            return Ok(dynamic);
        };
        let flags = tags.first(elf::DT_FLAGS_1).unwrap_or(0);
        if headers.is_fixed_program || flags & DF_1_PIE != 0 {
            dynamic.not_library = Some(PROGRAM);
        }
        // A program that needs no library, a static one, relocates itself.
        let is_static = flags & DF_1_PIE != 0 && tags.first(elf::DT_NEEDED).is_none();
        dynamic.packs_relocations = tags.first(elf::DT_RELR).is_some() && !is_static;
        let Some(strings) = tags.address(headers, elf::DT_STRTAB) else { return Ok(dynamic) };
        for offset in tags.all(elf::DT_NEEDED) {
            let at = strings.saturating_add(offset);
            dynamic.needed.push(image.name("names of needed libraries", at)?);
        }
        if let Some(at) = tags.address(headers, elf::DT_VERNEED) {
            dynamic.versions = needed_versions(image, at, strings)?;
        }
        let strings_bytes = tags.first(elf::DT_STRSZ).unwrap_or(0);
        dynamic.entries = entries(image, strings, strings_bytes)?;
        Ok(dynamic)
    }

    /// The newest glibc version a C library itself provides.
    pub(super) fn provided(
        image: &Image<'_>,
        headers: &Headers,
    ) -> Result<Option<GlibcVersion>, ElfFault> {
        const WHAT: &str = "version definitions";
        let Some(tags) = Tags::read(image, headers)? else { return Ok(None) };
        let strings = tags.address(headers, elf::DT_STRTAB);
        let first = tags.address(headers, elf::DT_VERDEF);
        let (Some(strings), Some(mut at)) = (strings, first) else { return Ok(None) };
        let mut newest = None;
        for _ in 0..MAX_VERSIONS {
            let definition: elf::Verdef<Native> = image.record(WHAT, at)?;
            let aux_at = at.saturating_add(definition.vd_aux.get(Native {}).into());
            let aux: elf::Verdaux<Native> = image.record(WHAT, aux_at)?;
            let name_at = strings.saturating_add(aux.vda_name.get(Native {}).into());
            newest = newest.max(GlibcVersion::of_symbol(&image.name(WHAT, name_at)?));
            let next = definition.vd_next.get(Native {});
            if next == 0 {
                return Ok(newest);
            }
            at = at.saturating_add(next.into());
        }
        Err(ElfFault::Damaged { what: WHAT })
    }

    /// Checks that something can be loaded from it.
    ///
    /// # Errors
    ///
    /// It is a program, or has no dynamic section.
    pub(in crate::plan) fn check_library(&self) -> Result<(), ElfFault> {
        self.not_library.map_or(Ok(()), |what| Err(ElfFault::Type(what)))
    }

    /// The newest glibc version it needs: for a symbol, or for its relocations.
    pub(in crate::plan) fn glibc(&self) -> Option<GlibcVersion> {
        let versions = self.versions.iter().map(|(_, version)| *version);
        versions.chain(self.packs_relocations.then_some(GlibcVersion::OF_PACKED)).max()
    }

    /// The needed library that is musl's, if there is one. glibc's own is `libc.so.6`.
    pub(in crate::plan) fn musl(&self) -> Option<&str> {
        let is_musl = |name: &str| {
            name == "libc.so" || name.starts_with("libc.musl-") || name.starts_with("ld-musl-")
        };
        self.needed.iter().map(String::as_str).find(|name| is_musl(name))
    }
}

/// The text for a program, at a fixed address or at any.
const PROGRAM: &str = "a program, not a plugin; a plugin is a shared library, linked with -shared";
/// The text for what is linked statically.
const STATIC: &str =
    "without a dynamic section, so nothing can be loaded from it; link it with -shared";

/// `DF_1_PIE` of `DT_FLAGS_1`: the file is an executable.
const DF_1_PIE: u64 = 0x0800_0000;

/// The entries of the dynamic section.
struct Tags(Vec<elf::Dyn64<Native>>);

impl Tags {
    fn read(image: &Image<'_>, headers: &Headers) -> Result<Option<Self>, ElfFault> {
        const WHAT: &str = "dynamic section";
        let is_dynamic = |segment: &&elf::ProgramHeader64<Native>| {
            segment.p_type.get(Native {}) == elf::PT_DYNAMIC
        };
        let Some(segment) = headers.segments.iter().find(is_dynamic) else { return Ok(None) };
        let count = segment.p_filesz.get(Native {}) / 16;
        let count = usize::try_from(count.min(MAX_ENTRIES)).unwrap_or(0);
        let entries: Vec<elf::Dyn64<Native>> =
            image.records(WHAT, segment.p_offset.get(Native {}), count)?;
        let used =
            entries.into_iter().take_while(|entry| entry.d_tag.get(Native {}) != elf::DT_NULL);
        Ok(Some(Tags(used.collect())))
    }

    fn all(&self, tag: elf::DynamicTag) -> impl Iterator<Item = u64> {
        self.0
            .iter()
            .filter(move |entry| entry.d_tag.get(Native {}) == tag)
            .map(|entry| entry.d_val.get(Native {}))
    }

    fn first(&self, tag: elf::DynamicTag) -> Option<u64> {
        self.all(tag).next()
    }

    /// Where in the file the table lies whose address `tag` gives.
    fn address(&self, headers: &Headers, tag: elf::DynamicTag) -> Option<u64> {
        headers.offset_of(self.first(tag)?)
    }
}

/// Walks the needed versions at `at` and gives those of glibc.
fn needed_versions(
    image: &Image<'_>,
    mut at: u64,
    strings: u64,
) -> Result<Vec<(u16, GlibcVersion)>, ElfFault> {
    const WHAT: &str = "needed symbol versions";
    let mut versions = Vec::new();
    let mut left = MAX_VERSIONS;
    loop {
        let need: elf::Verneed<Native> = image.record(WHAT, at)?;
        let mut aux_at = at.saturating_add(need.vn_aux.get(Native {}).into());
        for _ in 0..need.vn_cnt.get(Native {}) {
            left = left.checked_sub(1).ok_or(ElfFault::Damaged { what: WHAT })?;
            let aux: elf::Vernaux<Native> = image.record(WHAT, aux_at)?;
            let name_at = strings.saturating_add(aux.vna_name.get(Native {}).into());
            let version = GlibcVersion::of_symbol(&image.name(WHAT, name_at)?);
            versions.extend(version.map(|version| (aux.vna_other.get(Native {}).0, version)));
            aux_at = aux_at.saturating_add(aux.vna_next.get(Native {}).into());
        }
        left = left.checked_sub(1).ok_or(ElfFault::Damaged { what: WHAT })?;
        match need.vn_next.get(Native {}) {
            0 => return Ok(versions),
            next => at = at.saturating_add(next.into()),
        }
    }
}

/// Searches the names of symbols for entry points, piece by piece.
fn entries(image: &Image<'_>, start: u64, bytes: u64) -> Result<Vec<u32>, ElfFault> {
    /// Digits of an ABI's number that may follow, and the end of the name.
    const TAIL: usize = 11;
    let end = start.saturating_add(bytes).min(image.bytes);
    let mut found = Vec::new();
    let mut at = start;
    while at < end {
        let len = usize::try_from(end - at).unwrap_or(PIECE).min(PIECE);
        let piece = image.read("symbol names", at, len)?;
        for (index, window) in piece.windows(ENTRY.len()).enumerate() {
            if window != ENTRY {
                continue;
            }
            let tail = &piece[index + ENTRY.len()..];
            let digits: String = tail
                .iter()
                .take(TAIL)
                .map_while(|b| b.is_ascii_digit().then_some(*b as char))
                .collect();
            if let Ok(number) = digits.parse()
                && !found.contains(&number)
                && found.len() < 16
                && tail.get(digits.len()).is_some_and(|byte| *byte == 0)
            {
                found.push(number);
            }
        }
        if len < PIECE {
            break;
        }
        // A name across the border is seen whole in the next piece.
        at += (PIECE - ENTRY.len() - TAIL) as u64;
    }
    found.sort_unstable();
    Ok(found)
}
