//! The host's side of the boundary: a safe trait behind the table of callbacks, and a plugin's
//! table as safe calls.
//!
//! The worker and the test host both stand on this. What the plugin passes in is checked here:
//! pointers with lengths, UTF-8, a table that is older, newer or nonsense. What it means is for
//! the implementor of [`Callbacks`]. Loading a library is not done here.

#![expect(unsafe_code, reason = "the shared-library boundary; see docs/plugin-abi.md")]

mod error;
mod table;
mod trial;

use std::ffi::c_void;
use std::mem::{MaybeUninit, offset_of};

use crate::abi::{self, PluginTable, StatusCode, Str};
pub use error::TableError;
use table::{Table, text};
pub use trial::{Refusable, Trial, Tried, Trying};

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
    /// What [`Trying`] before this host has spoiled. No plugin can call it. A host that does not
    /// care has it in its log.
    fn tried(&self, tried: Tried) {
        self.log(abi::level::DEBUG, &format!("trial: {tried}"));
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
    host: Box<Table>,
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
        // SAFETY: the caller's promise.
        unsafe { Self::create_in(Table::new(callbacks), plugin, config_json, callbacks) }
    }

    unsafe fn create_in(
        host: Box<Table>,
        plugin: PluginTable,
        config_json: &str,
        callbacks: &'c C,
    ) -> Result<Self, StatusCode> {
        let create = plugin.create.ok_or(abi::status::FAILED)?;
        let mut instance = std::ptr::null_mut();
        let table = &raw const host.host;
        // SAFETY: the table lives in a box that the instance keeps; the text lives for the call.
        let status = unsafe { create(table, Str::new(config_json), &raw mut instance) };
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
        unsafe { collect(self.instance, &raw const self.host.host) }
    }

    /// The callbacks it was created with.
    pub fn callbacks(&self) -> &'c C {
        self.callbacks
    }
}

impl<'c, C: Callbacks> Instance<'c, Trying<'c, C>> {
    /// As [`create`](Instance::create), by a host that `callbacks` spoil.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Safety
    ///
    /// As there.
    pub unsafe fn create_on_trial(
        plugin: PluginTable,
        config_json: &str,
        callbacks: &'c Trying<'c, C>,
    ) -> Result<Self, StatusCode> {
        let mut host = Table::new(callbacks);
        match callbacks.trial() {
            Some(Trial::OldHost { minor }) => host.age(minor),
            Some(Trial::DestroysNothing) => {
                if let Some(destroy) = plugin.destroy {
                    // SAFETY: what it makes of NULL is what is tried, in a process for that.
                    unsafe { destroy(std::ptr::null_mut()) }
                }
            }
            _ => {}
        }
        // SAFETY: the caller's promise.
        unsafe { Self::create_in(host, plugin, config_json, callbacks) }
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
