//! The host's side of the boundary: a safe trait behind the table of callbacks, and a plugin's
//! table as safe calls.
//!
//! The worker and the test host both stand on this. What the plugin passes in is checked here:
//! pointers with lengths, UTF-8, a table that is older, newer or nonsense. What it means is for
//! the implementor of [`Callbacks`]. Loading a library is not done here.

#![expect(unsafe_code, reason = "the shared-library boundary; see docs/plugin-abi.md")]

mod error;

use std::ffi::c_void;
use std::mem::{MaybeUninit, offset_of};

use crate::abi::{self, Host, PluginTable, StatusCode, Str};
pub use error::TableError;

/// What a host does when its plugin calls. Any thread of the plugin may call.
pub trait Callbacks: Sync {
    /// A line for the log; `level` is one of [`abi::level`] or a later one.
    fn log(&self, level: u32, message: &str);
    /// One problem; `status` is one of [`abi::status`] or a later one.
    fn fail(&self, status: StatusCode, message: &str);
    /// Whether the plugin should return soon.
    fn should_stop(&self) -> bool;
    /// Milliseconds until the deadline, or [`abi::NO_DEADLINE`].
    fn remaining_ms(&self) -> u64;
    /// Starts an artifact and gives its handle, not 0. Both texts are as the plugin gave them.
    ///
    /// # Errors
    ///
    /// The status the plugin gets.
    fn artifact_begin(&self, name: &str, media_type: &str) -> Result<u64, StatusCode>;
    /// Appends to an artifact.
    fn artifact_write(&self, handle: u64, data: &[u8]) -> StatusCode;
    /// Ends an artifact.
    fn artifact_end(&self, handle: u64, status: StatusCode) -> StatusCode;
}

/// The table of callbacks that leads to `callbacks`, which must outlive the plugin's instance.
#[expect(clippy::cast_possible_truncation, reason = "the table is 72 bytes")]
fn host_table<C: Callbacks>(callbacks: &C) -> Host {
    Host {
        size: size_of::<Host>() as u32,
        abi_minor: u32::from(abi::ABI_MINOR),
        ctx: std::ptr::from_ref(callbacks).cast_mut().cast(),
        log: Some(log::<C>),
        fail: Some(fail::<C>),
        should_stop: Some(should_stop::<C>),
        remaining_ms: Some(remaining_ms::<C>),
        artifact_begin: Some(artifact_begin::<C>),
        artifact_write: Some(artifact_write::<C>),
        artifact_end: Some(artifact_end::<C>),
    }
}

/// What stands first in every version of a plugin's table.
#[repr(C)]
struct Head {
    magic: u32,
    major: u16,
    _minor: u16,
    size: u32,
}

/// Reads a plugin's table.
///
/// `description` is the text of its ELF note. A table that is larger than ours belongs to a later
/// minor: what we know of it is used.
///
/// # Errors
///
/// See [`TableError`].
///
/// # Safety
///
/// `table` came from the plugin's entry function, and the library stays loaded. A pointer to
/// something else may crash this process; that is why it is a worker.
pub unsafe fn read_table(
    table: *const PluginTable,
    description: &str,
) -> Result<PluginTable, TableError> {
    if table.is_null() || !table.is_aligned() {
        return Err(TableError::Pointer(table.addr()));
    }
    // SAFETY: the head is in every version of the table.
    let Head { magic, major, size, .. } = unsafe { table.cast::<Head>().read() };
    if magic != abi::MAGIC {
        return Err(TableError::Magic(magic));
    }
    if major != abi::ABI_MAJOR {
        return Err(TableError::Major(major));
    }
    let least = offset_of!(PluginTable, destroy) + size_of::<Option<fn()>>();
    if (size as usize) < least {
        return Err(TableError::Size(size, least));
    }
    let mut known = MaybeUninit::<PluginTable>::zeroed();
    let n_bytes = (size as usize).min(size_of::<PluginTable>());
    // SAFETY: the plugin says that its table has `size` bytes.
    unsafe {
        std::ptr::copy_nonoverlapping(table.cast::<u8>(), known.as_mut_ptr().cast(), n_bytes);
    }
    // SAFETY: zeros are valid in every field, and the rest is the plugin's.
    let known = unsafe { known.assume_init() };
    if known.min_host_minor > u32::from(abi::ABI_MINOR) {
        return Err(TableError::HostMinor(known.min_host_minor, abi::ABI_MINOR));
    }
    if known.create.is_none() {
        return Err(TableError::Missing("create"));
    }
    if known.collect.is_none() {
        return Err(TableError::Missing("collect"));
    }
    // SAFETY: the description is a constant of the library.
    if unsafe { text(known.description) } != Some(description) {
        return Err(TableError::Description);
    }
    Ok(known)
}

/// A plugin's instance, with the callbacks it was given.
#[derive(Debug)]
pub struct Instance<'c, C> {
    plugin: PluginTable,
    // Boxed: the plugin may keep the table's address until `destroy` returns.
    host: Box<Host>,
    instance: *mut c_void,
    callbacks: &'c C,
}

impl<'c, C: Callbacks> Instance<'c, C> {
    /// Asks the plugin for an instance.
    ///
    /// # Errors
    ///
    /// The status the plugin gave; it has told why through [`Callbacks::fail`].
    ///
    /// # Safety
    ///
    /// `plugin` came from [`read_table`] or is a table of this program; the library stays loaded.
    pub unsafe fn create(
        plugin: PluginTable,
        config_json: &str,
        callbacks: &'c C,
    ) -> Result<Self, StatusCode> {
        let create = plugin.create.ok_or(abi::status::FAILED)?;
        let host = Box::new(host_table(callbacks));
        let mut instance = std::ptr::null_mut();
        // SAFETY: the table lives in a box that the instance keeps; the text lives for the call.
        let status = unsafe { create(&raw const *host, Str::new(config_json), &raw mut instance) };
        if status == abi::status::OK {
            Ok(Instance { plugin, host, instance, callbacks })
        } else {
            Err(status)
        }
    }

    /// Takes one sample and gives the plugin's status.
    pub fn collect(&mut self) -> StatusCode {
        let Some(collect) = self.plugin.collect else { return abi::status::FAILED };
        // SAFETY: the instance is the plugin's own, and `&mut` keeps calls one after another.
        unsafe { collect(self.instance, &raw const *self.host) }
    }

    /// The callbacks it was created with.
    pub fn callbacks(&self) -> &'c C {
        self.callbacks
    }
}

impl<C> Drop for Instance<'_, C> {
    fn drop(&mut self) {
        if let Some(destroy) = self.plugin.destroy {
            // SAFETY: called once; the host table lives until this returns.
            unsafe { destroy(self.instance) }
        }
    }
}

/// `s` as text; `None` for a NULL pointer with a length and for what is not UTF-8.
///
/// # Safety
///
/// As for [`Str::bytes`].
unsafe fn text<'a>(s: Str) -> Option<&'a str> {
    // SAFETY: the caller's promise.
    unsafe { s.bytes() }.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// `s` as text for a person, whatever it holds.
///
/// # Safety
///
/// As for [`Str::bytes`].
unsafe fn shown(s: Str) -> String {
    // SAFETY: the caller's promise.
    match unsafe { s.bytes() } {
        Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        None => "(a NULL text with a length)".to_owned(),
    }
}

/// The callbacks behind `ctx`.
///
/// # Safety
///
/// `ctx` is the one [`host_table`] put into the table for the same `C`.
unsafe fn callbacks<'a, C>(ctx: *mut c_void) -> &'a C {
    // SAFETY: the caller's promise.
    unsafe { &*ctx.cast::<C>() }
}

unsafe extern "C" fn log<C: Callbacks>(ctx: *mut c_void, level: u32, message: Str) {
    // SAFETY: the plugin lends the text for the call.
    let message = unsafe { shown(message) };
    // SAFETY: the plugin passes the host's `ctx`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    callbacks.log(level, &message);
}

unsafe extern "C" fn fail<C: Callbacks>(ctx: *mut c_void, status: StatusCode, message: Str) {
    // SAFETY: as in `log`.
    let message = unsafe { shown(message) };
    // SAFETY: as in `log`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    callbacks.fail(status, &message);
}

unsafe extern "C" fn should_stop<C: Callbacks>(ctx: *mut c_void) -> i32 {
    // SAFETY: as in `log`.
    i32::from(unsafe { callbacks::<C>(ctx) }.should_stop())
}

unsafe extern "C" fn remaining_ms<C: Callbacks>(ctx: *mut c_void) -> u64 {
    // SAFETY: as in `log`.
    unsafe { callbacks::<C>(ctx) }.remaining_ms()
}

unsafe extern "C" fn artifact_begin<C: Callbacks>(
    ctx: *mut c_void,
    name: Str,
    media_type: Str,
    handle: *mut u64,
) -> StatusCode {
    // SAFETY: as in `log`.
    let name = unsafe { text(name) };
    // SAFETY: as in `log`.
    let media_type = unsafe { text(media_type) };
    // SAFETY: as in `log`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    let (Some(name), Some(media_type), false) = (name, media_type, handle.is_null()) else {
        callbacks.fail(
            abi::status::FAILED,
            "artifact_begin: the name or media type is not UTF-8 text, or handle is NULL",
        );
        return abi::status::FAILED;
    };
    match callbacks.artifact_begin(name, media_type) {
        Ok(begun) => {
            // SAFETY: the plugin gives a place for the handle.
            unsafe { handle.write(begun) };
            abi::status::OK
        }
        Err(status) => status,
    }
}

unsafe extern "C" fn artifact_write<C: Callbacks>(
    ctx: *mut c_void,
    handle: u64,
    data: *const c_void,
    len: u64,
) -> StatusCode {
    // SAFETY: as in `log`.
    let data = unsafe { Str { ptr: data.cast(), len }.bytes() };
    // SAFETY: as in `log`.
    let callbacks = unsafe { callbacks::<C>(ctx) };
    match data {
        Some(data) => callbacks.artifact_write(handle, data),
        None => {
            callbacks.fail(abi::status::FAILED, "artifact_write: data is NULL with a length");
            abi::status::FAILED
        }
    }
}

unsafe extern "C" fn artifact_end<C: Callbacks>(
    ctx: *mut c_void,
    handle: u64,
    status: StatusCode,
) -> StatusCode {
    // SAFETY: as in `log`.
    unsafe { callbacks::<C>(ctx) }.artifact_end(handle, status)
}
