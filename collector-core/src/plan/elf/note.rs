//! Finds the notes a plugin describes itself in, also in a stripped file.
//!
//! A note is a record of 12 bytes (length of its owner's name, length of its content, type), the
//! name, and the content, each padded; `PT_NOTE` segments and note sections are rows of them.

use object::elf;
use plugin_api::abi::{NOTE_OWNER, NOTE_SECTION, NOTE_TYPE};

use super::{ElfFault, Headers, Image, Native};

/// Most notes that are looked at; a library has a handful.
const MAX_NOTES: u32 = 4096;

/// Where the content of a note lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) struct NoteContent {
    /// Its first byte.
    pub(in crate::plan) offset: u64,
    /// Its length in bytes.
    pub(in crate::plan) bytes: u32,
}

impl NoteContent {
    /// Reads it; the caller has looked at its length.
    pub(in crate::plan) fn read(self, image: &Image<'_>) -> Result<Vec<u8>, ElfFault> {
        image.read("note", self.offset, usize::try_from(self.bytes).unwrap_or(0))
    }
}

/// All notes of ours, each once, in the order of the file. More than two are not listed.
pub(in crate::plan) fn collector_notes(
    image: &Image<'_>,
    headers: &Headers,
) -> Result<Vec<NoteContent>, ElfFault> {
    let segments = headers
        .segments
        .iter()
        .filter(|segment| segment.p_type.get(Native {}) == elf::PT_NOTE)
        .map(|segment| (segment.p_offset, segment.p_filesz, segment.p_align.get(Native {})));
    let mut found = Vec::new();
    let mut left = MAX_NOTES;
    for (offset, bytes, align) in segments {
        walk(image, offset.get(Native {}), bytes.get(Native {}), align, &mut left, &mut found)?;
    }
    if !found.is_empty() {
        return Ok(found);
    }
    // Some linkers make no segment for it, or the section is not of the type of notes.
    for section in &headers.sections {
        let name_at = headers
            .section_names
            .map(|start| start.saturating_add(section.sh_name.get(Native {}).into()));
        let Some(name_at) = name_at else { continue };
        // A damaged table of names hides the section; its segment has been looked at.
        if image.name("section names", name_at).is_ok_and(|name| name == NOTE_SECTION) {
            let align = section.sh_addralign.get(Native {});
            let (offset, bytes) =
                (section.sh_offset.get(Native {}), section.sh_size.get(Native {}));
            walk(image, offset, bytes, align, &mut left, &mut found)?;
        }
    }
    Ok(found)
}

/// Walks the notes in `bytes` bytes at `offset` and adds ours to `found`.
fn walk(
    image: &Image<'_>,
    offset: u64,
    bytes: u64,
    align: u64,
    left: &mut u32,
    found: &mut Vec<NoteContent>,
) -> Result<(), ElfFault> {
    const WHAT: &str = "notes";
    const RECORD: u64 = 12;
    let damaged = || ElfFault::Damaged { what: WHAT };
    // Anything but 8 counts as 4, as in glibc and binutils.
    let align = if align == 8 { 8 } else { 4 };
    let padded = |at: u64| at.checked_next_multiple_of(align);
    let end = offset.checked_add(bytes).ok_or_else(damaged)?;
    let mut at = offset;
    while at.checked_add(RECORD).is_some_and(|record_end| record_end <= end) {
        *left = left.checked_sub(1).ok_or_else(damaged)?;
        let record: elf::NoteHeader64<Native> = image.record(WHAT, at)?;
        let (name_bytes, content_bytes) =
            (record.n_namesz.get(Native {}), record.n_descsz.get(Native {}));
        let name_at = at + RECORD;
        // Padding counts from the start of the note, which is itself aligned.
        let content_at = (RECORD + u64::from(name_bytes))
            .checked_next_multiple_of(align)
            .and_then(|within| at.checked_add(within))
            .ok_or_else(damaged)?;
        let content_end = content_at.checked_add(content_bytes.into()).ok_or_else(damaged)?;
        if content_end > end {
            return Err(damaged());
        }
        let ours = record.n_type.get(Native {}).0 == NOTE_TYPE
            && name_bytes as usize == NOTE_OWNER.len()
            && image.read(WHAT, name_at, NOTE_OWNER.len())? == NOTE_OWNER;
        let content = NoteContent { offset: content_at, bytes: content_bytes };
        if ours && !found.contains(&content) && found.len() < 2 {
            found.push(content);
        }
        at = padded(content_end - offset)
            .and_then(|within| offset.checked_add(within))
            .ok_or_else(damaged)?;
    }
    Ok(())
}
