//! Opens a plugin's library in a worker. The only place that runs code of a plugin's file.
//!
//! The file is looked at once more before it is opened, because it may be another one than the
//! core saw. A pinned file is copied into sealed memory first and loaded from there, so that what
//! was hashed is what runs; any other is loaded by its path, where `$ORIGIN` and debuggers work.
//! A library is never unloaded: the worker's end is its end.

#![expect(unsafe_code, reason = "loading a library runs its constructors")]

use std::error::Error;
use std::fs::File;
use std::io::{self, Seek};
use std::mem;
use std::os::fd::AsRawFd;
use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use plugin_api::abi::{ENTRY_SYMBOL, Entry, PluginTable, StatusCode};
use plugin_api::host::{Callbacks, Instance, read_table};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use super::wire::Start;
use crate::plan::{self, inspect};

/// Loads the plugin of `start` and gives its table.
///
/// # Errors
///
/// Why not, in words for the bundle.
pub(crate) fn load(start: &Start) -> Result<PluginTable, String> {
    let path = &start.library;
    let seen = inspect(path, Some(&start.sha256)).map_err(|refusal| refusal.to_string())?;
    let library = if start.pinned {
        let sealed = sealed_copy(path, &start.sha256).map_err(|error| {
            format!("{}: no sealed copy of the pinned file: {error}", path.display())
        })?;
        let opened = open(Path::new(&format!("/proc/self/fd/{}", sealed.as_raw_fd())));
        // The dynamic linker knows libraries by path: the number must never be used again.
        mem::forget(sealed);
        opened
    } else {
        open(path)
    };
    let library = library.map_err(|error| advice(path, &error))?;
    let entry = {
        // SAFETY: the symbol has this type in every ABI of major 1.
        let symbol = unsafe { library.get::<Entry>(ENTRY_SYMBOL) };
        *symbol.map_err(|error| format!("{}: {}", path.display(), chain(&error)))?
    };
    mem::forget(library);
    // SAFETY: the entry function takes nothing and returns the address of a constant.
    let table = unsafe { entry() };
    // SAFETY: the table is the library's, which stays loaded.
    unsafe { read_table(table, &seen.description.json) }
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Asks the plugin, whose table [`load`] gave, for an instance.
///
/// # Errors
///
/// The status it returned.
pub(crate) fn create<'c, C: Callbacks>(
    table: PluginTable,
    config_json: &str,
    callbacks: &'c C,
) -> Result<Instance<'c, C>, StatusCode> {
    // SAFETY: the table came from `load`, and the library is never unloaded.
    unsafe { Instance::create(table, config_json, callbacks) }
}

/// Opens `path` with all its symbols resolved now, visible to nobody else.
fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: this runs the library's constructors, in a worker that exists for it alone.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }
}

/// A copy of the file in memory that nobody can change any more, hashed there.
fn sealed_copy(path: &Path, sha256: &str) -> io::Result<File> {
    let mut file = File::open(path)?;
    let memory = memfd_create("collector-plugin", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
    let mut memory = File::from(memory);
    io::copy(&mut file, &mut memory)?;
    let seals = SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL;
    fcntl_add_seals(&memory, seals)?;
    memory.rewind()?;
    let copied = plan::sha256(&memory)?;
    if copied == sha256 {
        Ok(memory)
    } else {
        let text = format!("it changed: sha256 {copied} now, {sha256} when it was checked");
        Err(io::Error::other(text))
    }
}

/// What the dynamic linker said about `path`, with what to do. It saw a file that had passed
/// every check of ours, so what is left is about its surroundings.
fn advice(path: &Path, error: &libloading::Error) -> String {
    let said = chain(error);
    let hint = if said.contains("undefined symbol") {
        "it was built against another library or SDK than this machine has; link everything it \
         uses, and let the linker check with -Wl,-z,defs"
    } else if said.contains("version `") && said.contains("not found") {
        "it was built on a newer system; rebuild it against an older C library"
    } else if said.contains("cannot open shared object file") {
        "a library it needs is not installed; `ldd` on the file names it"
    } else if said.contains("failed to map segment") {
        "its directory is mounted noexec, or a security module forbids it"
    } else if said.contains("executable stack") {
        "link it with -z noexecstack"
    } else {
        "`ldd` on the file may tell more"
    };
    format!("{}: {said}; {hint}", path.display())
}

/// An error and its causes on one line: the first alone is only "dlopen failed".
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
