//! Opens a plugin's library in a worker. The only place that runs code of a plugin's file.
//!
//! The file is looked at once more before it is opened, because it may be another one than the
//! core saw. A pinned file is copied into sealed memory first and loaded from there, so that what
//! was hashed is what runs; any other is loaded by its path, where `$ORIGIN` and debuggers work, and
//! is used only if it is still the same file then.
//! A library is never unloaded: the worker's end is its end.

#![expect(unsafe_code, reason = "loading a library runs its constructors")]

mod advice;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::mem;
use std::os::fd::AsRawFd;
use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use plugin_api::abi::{ENTRY_SYMBOL, Entry, PluginTable, StatusCode};
use plugin_api::host::{Callbacks, Instance, Trying, read_table};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use super::wire::Start;
use crate::plan::description::{ABI_MAJOR, DescriptionFault};
use crate::plan::shown::Shown;
use crate::plan::{self, FileIdentity, PluginFile, inspect};

/// Loads the plugin of `start` and gives its table.
///
/// # Errors
///
/// Why not, in words for the bundle.
pub(crate) fn load(start: &Start) -> Result<PluginTable, String> {
    let path = Path::new(&start.library);
    load_from(path, start).map_err(|reason| format!("{}: {reason}", Shown(path)))
}

fn load_from(path: &Path, start: &Start) -> Result<PluginTable, String> {
    let seen = inspect(path, None).map_err(|refusal| refusal.to_string())?;
    if seen.sha256 != start.sha256 {
        return Err(format!(
            "it is another file than when the capture was planned: its sha256 is {} now and was \
             {} then; start the capture again, with this file or with the one that was checked",
            seen.sha256, start.sha256
        ));
    }
    let library = if start.pinned {
        let sealed = sealed_copy(path, &seen)
            .map_err(|error| format!("no sealed copy of the pinned file: {error}"))?;
        let opened = open(&Path::new(advice::MEMORY).join(sealed.as_raw_fd().to_string()));
        // The dynamic linker knows libraries by path: the number must never be used again.
        mem::forget(sealed);
        opened?
    } else {
        let opened = open(path);
        check_unchanged(path, &seen)?;
        opened?
    };
    let entry = {
        // SAFETY: the symbol has this type in every ABI of major 1.
        let symbol = unsafe { library.get::<Entry>(ENTRY_SYMBOL) };
        *symbol.map_err(|_| DescriptionFault::NoEntry { ours: ABI_MAJOR }.to_string())?
    };
    mem::forget(library);
    // SAFETY: the entry function takes nothing and returns the address of a constant.
    let table = unsafe { entry() };
    // SAFETY: the table is the library's, which stays loaded.
    unsafe { read_table(table, &seen.description.json) }.map_err(|error| error.to_string())
}

/// Asks the plugin, whose table [`load`] gave, for an instance.
///
/// # Errors
///
/// The status it returned.
pub(crate) fn create<'c, C: Callbacks>(
    table: PluginTable,
    config_json: &str,
    callbacks: &'c Trying<'c, C>,
) -> Result<Instance<'c, Trying<'c, C>>, StatusCode> {
    // SAFETY: the table came from `load`, and the library is never unloaded.
    unsafe { Instance::create_on_trial(table, config_json, callbacks) }
}

/// Opens `path` with all its symbols resolved now, visible to nobody else.
fn open(path: &Path) -> Result<Library, String> {
    // SAFETY: this runs the library's constructors, in a worker that exists for it alone.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| advice::on_loading(path, &error))
}

/// Whether `path`, which was opened a second time to be loaded, is still the file that was
/// looked at: an update in between gives a plugin that nobody has checked.
fn check_unchanged(path: &Path, seen: &PluginFile) -> Result<(), String> {
    let now = File::open(path).and_then(FileIdentity::of);
    if now.is_ok_and(|now| now == seen.identity) {
        return Ok(());
    }
    Err("it was changed or replaced while it was being loaded; start the capture again when the \
         update is complete"
        .to_owned())
}

/// A copy of the file in memory that nobody can change any more, hashed there.
fn sealed_copy(path: &Path, seen: &PluginFile) -> io::Result<File> {
    let file = File::open(path)?;
    let memory = memfd_create("collector-plugin", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut memory = File::from(memory);
    // No more than was looked at, and one byte to see that there is more.
    io::copy(&mut file.take(seen.bytes.saturating_add(1)), &mut memory)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&memory, seals)?;
    memory.rewind()?;
    let copied = plan::sha256(&memory)?;
    if copied == seen.sha256 {
        Ok(memory)
    } else {
        let text = format!("it changed: sha256 {copied} now, {} when it was checked", seen.sha256);
        Err(io::Error::other(text))
    }
}
