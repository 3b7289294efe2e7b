//! Makes plugin files with the C compiler of this machine.

use std::fs;
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

/// A plugin in C, as short as it gets: the note and the entry point.
pub(crate) const GOOD: &str = r#"
#define NOTE(id, json) \
  __attribute__((used, section(".note.collector"), aligned(4))) \
  static const struct { unsigned n, d, t; char name[12]; char desc[(sizeof(json) + 3u) & ~3u]; } \
  id = { 10u, (unsigned)sizeof(json) - 1u, 0x434c5031u, "collector", json };
#ifndef JSON
#define JSON "{\"name\":\"tiny\",\"version\":\"1.0.0\",\"abi\":\"1.0\",\"summary\":\"Nothing\"}"
#endif
#ifdef WITH_HEADER
#include <stddef.h>
#include "collector_plugin.h"
COLLECTOR_DESCRIPTION(JSON);
const collector_plugin *collector_plugin_entry_v1(void) { return 0; }
#define ENTRY not_exported_twice
#elif !defined WITHOUT_NOTE
NOTE(first, JSON)
#endif
#ifdef TWO
NOTE(second, JSON)
#endif
#ifndef ENTRY
#define ENTRY collector_plugin_entry_v1
#endif
const void *ENTRY(void) { return 0; }
#ifdef WITH_MAIN
int main(void) { return 0; }
#endif
__attribute__((constructor)) static void harm(void) {
  extern int puts(const char *);
  puts("this library was loaded");
}
"#;

/// A directory only its owner can write to; the system's directory for such is sticky.
pub(crate) fn scratch() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// Compiles [`GOOD`] with `flags` and gives the bytes of what comes out.
pub(crate) fn compiled(flags: &[&str]) -> Vec<u8> {
    let dir = scratch();
    let (source, out) = (dir.path().join("plugin.c"), dir.path().join("out"));
    fs::write(&source, GOOD).expect("write the source");
    let done = Command::new("gcc")
        .args(["-O1", "-fPIC", "-w"])
        .arg(&source)
        .args(flags)
        .arg("-o")
        .arg(&out)
        .output()
        .expect("run gcc");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    fs::read(out).expect("read what was compiled")
}

pub(crate) fn good() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| compiled(&["-shared"]))
}

/// [`GOOD`] with a description too long for a command line.
pub(crate) fn compiled_with_long_note(json: &str) -> Vec<u8> {
    let dir = scratch();
    let header = dir.path().join("json.h");
    fs::write(&header, format!("#define JSON {json:?}\n")).expect("write the header");
    compiled(&["-shared", "-include", header.to_str().expect("UTF-8")])
}

/// [`GOOD`], linked with an empty library of the name `library`.
pub(crate) fn compiled_against(library: &str) -> Vec<u8> {
    let dir = scratch();
    let other = dir.path().join("libother.so");
    let done = Command::new("gcc")
        .args(["-shared", "-nostdlib", "-x", "c", "/dev/null", "-o"])
        .arg(&other)
        .arg(format!("-Wl,-soname,{library}"))
        .status()
        .expect("run gcc");
    assert!(done.success());
    compiled(&["-shared", "-Wl,--no-as-needed", other.to_str().expect("UTF-8")])
}

/// [`GOOD`] with the bytes at `offset` overwritten.
pub(crate) fn patched(offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut library = good().to_vec();
    library[offset..offset + bytes.len()].copy_from_slice(bytes);
    library
}
