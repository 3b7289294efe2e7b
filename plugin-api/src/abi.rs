//! The C layout of `include/collector_plugin.h`, field by field, and nothing that acts.
//!
//! The header is the source of truth. A test compiles it and compares every offset, size and
//! constant with this file. Callbacks are `Option`: a C plugin or host may leave any of them NULL.

#![expect(unsafe_code, reason = "the shared-library boundary; see docs/plugin-abi.md")]

use std::ffi::c_void;

/// `COLLECTOR_MAGIC`.
pub const MAGIC: u32 = 0x3150_4c43;
/// `COLLECTOR_ABI_MAJOR`.
pub const ABI_MAJOR: u16 = 1;
/// `COLLECTOR_ABI_MINOR`.
pub const ABI_MINOR: u16 = 0;
/// `COLLECTOR_NOTE_TYPE`.
pub const NOTE_TYPE: u32 = 0x434c_5031;
/// Owner of the ELF note, with the NUL that belongs to its size.
pub const NOTE_OWNER: &[u8; 10] = b"collector\0";
/// Section of the ELF note.
pub const NOTE_SECTION: &str = ".note.collector";
/// Name of the one exported function.
pub const ENTRY_SYMBOL: &str = "collector_plugin_entry_v1";
/// `COLLECTOR_NO_DEADLINE`.
pub const NO_DEADLINE: u64 = u64::MAX;

/// `collector_status`; the known values are in [`status`].
pub type StatusCode = i32;

/// The values of `collector_status` of ABI 1.0.
#[expect(missing_docs, reason = "the header says what each means")]
pub mod status {
    use super::StatusCode;
    pub const OK: StatusCode = 0;
    pub const FAILED: StatusCode = 1;
    pub const BAD_CONFIG: StatusCode = 2;
    pub const DENIED: StatusCode = 3;
    pub const UNAVAILABLE: StatusCode = 4;
    pub const STOPPED: StatusCode = 5;
    pub const QUOTA: StatusCode = 6;
    pub const PARTIAL: StatusCode = 7;
}

/// The levels of `log`.
#[expect(missing_docs, reason = "the header says what each means")]
pub mod level {
    pub const ERROR: u32 = 1;
    pub const WARN: u32 = 2;
    pub const INFO: u32 = 3;
    pub const DEBUG: u32 = 4;
}

/// `collector_str`: a borrowed byte string.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Str {
    /// First byte; NULL only when `len` is 0.
    pub ptr: *const u8,
    /// Number of bytes.
    pub len: u64,
}

// SAFETY: `Str` is a pointer and a length; whoever reads through it is `unsafe` and answers for
// the lifetime. A constant table holds one, which must be shared between threads.
unsafe impl Sync for Str {}

impl Str {
    /// Borrows `text`.
    #[must_use]
    pub const fn new(text: &str) -> Self {
        Str { ptr: text.as_ptr(), len: text.len() as u64 }
    }

    /// The bytes; `None` for NULL with a length, and for a length no object can have.
    ///
    /// # Safety
    ///
    /// `len` bytes at `ptr` are readable while the result is used.
    #[must_use]
    pub unsafe fn bytes<'a>(self) -> Option<&'a [u8]> {
        if self.len == 0 {
            return Some(&[]);
        }
        let len = isize::try_from(self.len).ok()?.unsigned_abs();
        // SAFETY: not NULL, and the caller promises the bytes.
        (!self.ptr.is_null()).then(|| unsafe { std::slice::from_raw_parts(self.ptr, len) })
    }
}

/// `collector_host`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the header says what each means")]
pub struct Host {
    pub size: u32,
    pub abi_minor: u32,
    pub ctx: *mut c_void,
    pub log: Option<unsafe extern "C" fn(ctx: *mut c_void, level: u32, message: Str)>,
    pub fail: Option<unsafe extern "C" fn(ctx: *mut c_void, status: StatusCode, message: Str)>,
    pub should_stop: Option<unsafe extern "C" fn(ctx: *mut c_void) -> i32>,
    pub remaining_ms: Option<unsafe extern "C" fn(ctx: *mut c_void) -> u64>,
    pub artifact_begin: Option<
        unsafe extern "C" fn(
            ctx: *mut c_void,
            name: Str,
            media_type: Str,
            handle: *mut u64,
        ) -> StatusCode,
    >,
    pub artifact_write: Option<
        unsafe extern "C" fn(
            ctx: *mut c_void,
            handle: u64,
            data: *const c_void,
            len: u64,
        ) -> StatusCode,
    >,
    pub artifact_end: Option<
        unsafe extern "C" fn(ctx: *mut c_void, handle: u64, status: StatusCode) -> StatusCode,
    >,
}

/// The size of `collector_host` in each minor, from 0: what a host of that age says.
pub const HOST_SIZES: [u32; 1] = [72];
const _: () = assert!(
    HOST_SIZES.len() == ABI_MINOR as usize + 1
        && HOST_SIZES[ABI_MINOR as usize] as usize == size_of::<Host>(),
    "a minor that appends to the host's table appends its size here"
);

/// `collector_plugin`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the header says what each means")]
pub struct PluginTable {
    pub magic: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub size: u32,
    pub min_host_minor: u32,
    pub description: Str,
    pub create: Option<
        unsafe extern "C" fn(
            host: *const Host,
            config_json: Str,
            instance: *mut *mut c_void,
        ) -> StatusCode,
    >,
    pub collect:
        Option<unsafe extern "C" fn(instance: *mut c_void, host: *const Host) -> StatusCode>,
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void)>,
}

/// Type of [`ENTRY_SYMBOL`].
pub type Entry = unsafe extern "C" fn() -> *const PluginTable;

/// The description as an ELF note: `Elf64_Nhdr`, owner, text padded to four bytes.
///
/// `PADDED` is the length of the text rounded up to four.
#[repr(C, align(4))]
#[derive(Debug)]
pub struct Note<const PADDED: usize> {
    name_size: u32,
    description_size: u32,
    note_type: u32,
    name: [u8; 12],
    description: [u8; PADDED],
}

impl<const PADDED: usize> Note<PADDED> {
    /// Makes the note of `description`. Evaluated when the plugin is compiled.
    ///
    /// # Panics
    ///
    /// If `PADDED` is not the length of `description` rounded up to four.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a source text is below 4 GiB")]
    pub const fn new(description: &str) -> Self {
        assert!(PADDED == (description.len() + 3) & !3, "PADDED does not fit the description");
        let mut padded = [0; PADDED];
        let (text, _) = padded.split_at_mut(description.len());
        text.copy_from_slice(description.as_bytes());
        Note {
            name_size: NOTE_OWNER.len() as u32,
            description_size: description.len() as u32,
            note_type: NOTE_TYPE,
            name: *b"collector\0\0\0",
            description: padded,
        }
    }
}
