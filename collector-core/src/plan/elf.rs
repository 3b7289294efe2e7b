//! Reads the ELF headers of a file that nobody may load yet, in small bounded pieces.
//!
//! The file is hostile until proven otherwise: every offset and count in it is checked against
//! the size of the file and a limit before anything is read or allocated. Nothing here judges
//! whether the file is a plugin; `plan::inspect` does. Formats: `elf(5)` and the gABI.

mod demand;
mod dynamic;
mod exports;
mod fault;
mod glibc;
mod header;
mod note;
mod symbols;

use std::fs::File;
use std::os::unix::fs::FileExt;

use object::pod::{self, Pod};

pub use demand::GlibcDemand;
pub(super) use dynamic::Dynamic;
pub use exports::Exports;
pub use fault::ElfFault;
pub use glibc::GlibcVersion;
pub(super) use glibc::glibc_of_this_process;
pub(super) use header::Headers;
pub(super) use note::collector_notes;

/// The byte order of the tables that are read: the header has been compared with this program's.
type Native = object::NativeEndian;

/// Longest name of a library or a symbol version that is read.
const NAME_BYTES: usize = 256;

/// A file whose headers are read, and its size when it was opened.
#[derive(Debug)]
pub(super) struct Image<'a> {
    file: &'a File,
    bytes: u64,
}

impl<'a> Image<'a> {
    /// `file`, of which the first `bytes` bytes exist.
    pub(super) fn new(file: &'a File, bytes: u64) -> Self {
        Image { file, bytes }
    }

    /// Reads `len` bytes at `offset`; `what` names them in the error. `len` is bounded by the
    /// caller: it is allocated.
    fn read(&self, what: &'static str, offset: u64, len: usize) -> Result<Vec<u8>, ElfFault> {
        let end = offset.checked_add(len as u64).filter(|end| *end <= self.bytes);
        if end.is_none() {
            return Err(ElfFault::Outside { what, offset, bytes: self.bytes });
        }
        let mut data = vec![0; len];
        self.file.read_exact_at(&mut data, offset).map_err(ElfFault::Read)?;
        Ok(data)
    }

    /// Reads one record of the layout `T` at `offset`.
    fn record<T: Pod + Copy>(&self, what: &'static str, offset: u64) -> Result<T, ElfFault> {
        let data = self.read(what, offset, size_of::<T>())?;
        let (record, _) = pod::from_bytes::<T>(&data).map_err(|()| ElfFault::Damaged { what })?;
        Ok(*record)
    }

    /// Reads `count` records of the layout `T` at `offset`. `count` is bounded by the caller.
    fn records<T: Pod + Copy>(
        &self,
        what: &'static str,
        offset: u64,
        count: usize,
    ) -> Result<Vec<T>, ElfFault> {
        let damaged = ElfFault::Damaged { what };
        let Some(len) = count.checked_mul(size_of::<T>()) else { return Err(damaged) };
        let data = self.read(what, offset, len)?;
        match pod::slice_from_bytes::<T>(&data, count) {
            Ok((records, _)) => Ok(records.to_vec()),
            Err(()) => Err(damaged),
        }
    }

    /// Reads the name at `offset`, which ends with a zero byte; cut after [`NAME_BYTES`].
    fn name(&self, what: &'static str, offset: u64) -> Result<String, ElfFault> {
        let left = self.bytes.saturating_sub(offset);
        let len = usize::try_from(left).unwrap_or(NAME_BYTES).min(NAME_BYTES);
        if len == 0 {
            return Err(ElfFault::Outside { what, offset, bytes: self.bytes });
        }
        let data = self.read(what, offset, len)?;
        let name = data.split(|byte| *byte == 0).next().unwrap_or(&data);
        Ok(String::from_utf8_lossy(name).into_owned())
    }
}
