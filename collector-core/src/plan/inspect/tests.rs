//! Plugin files, good and bad, made with the C compiler of this machine or patched from a good
//! one, and what is said of each.

mod files;
pub(crate) mod made;

use std::fs;
use std::process::Command;

use expect_test::{Expect, expect};

use super::*;
use crate::plan::Exports;
use made::{compiled, compiled_against, compiled_with_long_note, good, patched, scratch};

/// What is said of a library of these bytes.
fn said_of(bytes: &[u8]) -> String {
    let dir = scratch();
    let path = dir.path().join("libtiny.so");
    fs::write(&path, bytes).expect("write the library");
    said_of_path(dir.path(), &path)
}

/// What is said of the file at `path`, with `[DIR]` for `dir`.
fn said_of_path(dir: &Path, path: &Path) -> String {
    let said = match inspect(path, None) {
        Ok(found) => format!("fine: {} {}", found.description.name, found.description.version),
        Err(refusal) => refusal.to_string(),
    };
    let dir = dir.canonicalize().expect("the directory");
    said.replace(&dir.display().to_string(), "[DIR]")
}

fn check(bytes: &[u8], expected: &Expect) {
    expected.assert_eq(&said_of(bytes));
}

#[test]
fn a_plugin_is_described_with_its_hash() {
    let dir = scratch();
    let path = dir.path().join("libtiny.so");
    fs::write(&path, good()).expect("write the library");
    let found = inspect(&path, None).expect("a plugin");
    let sum = Command::new("sha256sum").arg(&path).output().expect("run sha256sum");
    assert!(String::from_utf8_lossy(&sum.stdout).starts_with(&found.sha256));
    assert_eq!(found.bytes, good().len() as u64);
    assert_eq!(found.description.name, "tiny");
    inspect(&path, Some(&found.sha256.to_uppercase())).expect("pinned by the same hash");
    let file = fs::File::open(&path).expect("open");
    assert_eq!(FileIdentity::of(&file).expect("stat"), found.identity);
    fs::write(&path, b"other").expect("overwrite");
    assert_ne!(FileIdentity::of(&file).expect("stat"), found.identity);
}

#[test]
fn a_plugin_made_with_the_header_describes_itself() {
    let include = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/../plugin-api/include");
    let library = compiled(&["-shared", "-DWITH_HEADER", include]);
    check(&library, &expect!["fine: tiny 1.0.0"]);
}

#[test]
fn a_stripped_plugin_still_describes_itself() {
    let library = compiled(&["-shared", "-s", "-Wl,--gc-sections"]);
    check(&library, &expect!["fine: tiny 1.0.0"]);
    // The section headers gone altogether: the note is found by its segment.
    let mut bare = library;
    bare[0x28..0x30].fill(0);
    bare[0x3c..0x40].fill(0);
    check(&bare, &expect!["fine: tiny 1.0.0"]);
}

#[test]
fn what_a_library_exports_is_listed_where_it_has_section_headers() {
    let dir = scratch();
    let path = dir.path().join("libtiny.so");
    let exports = |library: &[u8]| {
        fs::write(&path, library).expect("write the library");
        survey(&path).expect("a library").exports.expect("no damage")
    };
    let library = compiled(&["-shared", "-s", "-DENTRY=another_entry"]);
    let found = exports(&library).expect("its sections are there");
    assert_eq!((found.names, found.n, found.has_entry), (vec!["another_entry".into()], 1, false));
    let found = exports(good()).expect("its sections are there");
    assert_eq!((found.n, found.has_entry), (1, true));
    let mut bare = library;
    bare[0x28..0x30].fill(0);
    bare[0x3c..0x40].fill(0);
    assert_eq!(exports(&bare), None);
}

#[test]
fn a_pin_that_does_not_fit_names_both_hashes() {
    let dir = scratch();
    let path = dir.path().join("libtiny.so");
    fs::write(&path, good()).expect("write the library");
    let refusal = inspect(&path, Some(&"0".repeat(64))).expect_err("a wrong pin").to_string();
    let sha256 = inspect(&path, None).expect("a plugin").sha256;
    expect!["its sha256 is [SHA256], the manifest pins 0000000000000000000000000000000000000000000000000000000000000000; get the pinned file, or correct `sha256` if the new one is meant"].assert_eq(&refusal.replace(&sha256, "[SHA256]"));
}

#[test]
fn what_is_no_library_is_named() {
    let cases: [(&str, Vec<u8>); 12] = [
        ("empty", Vec::new()),
        ("source", b"int main(void) { return 0; }".to_vec()),
        ("script", b"#!/bin/sh\nexit 0\n".to_vec()),
        ("web page", b"<!DOCTYPE html><html>".to_vec()),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec()),
        ("windows", b"MZ\x90\0\x03\0\0\0\x04\0\0\0".to_vec()),
        ("archive", b"!<arch>\nplugin.o/       0".to_vec()),
        ("start of ELF", b"\x7fEL".to_vec()),
        ("ELF, 30 bytes", good()[..30].to_vec()),
        ("object file", compiled(&["-c"])),
        ("executable", compiled(&["-DWITH_MAIN", "-pie"])),
        ("fixed executable", compiled(&["-DWITH_MAIN", "-no-pie"])),
    ];
    let said: Vec<String> =
        cases.iter().map(|(name, bytes)| format!("{name}: {}", said_of(bytes))).collect();
    expect![[r##"
        empty: the file is 0 bytes, its headers need 64: the copy was cut; copy it again and compare sha256sum on both sides
        source: not a shared library (it starts with "int main"): a text file; was the plugin's source named instead of the library?
        script: not a shared library (it starts with "#!/bin/s"): a script; a plugin is a shared library
        web page: not a shared library (it starts with "<!DOCTYP"): a web page or XML; was a login or error page downloaded instead?
        gzip: not a shared library (it starts with "\x1f\x8b\x08\x00\x00\x00\x00\x00"): gzip-compressed; unpack it first
        windows: not a shared library (it starts with "MZ\x90\x00\x03\x00\x00\x00"): a Windows program; use the plugin's build for Linux
        archive: not a shared library (it starts with "!<arch>\n"): a static archive (.a); name the shared library, linked with -shared
        start of ELF: the file is 3 bytes, its headers need 64: the copy was cut; copy it again and compare sha256sum on both sides
        ELF, 30 bytes: the file is 30 bytes, its headers need 64: the copy was cut; copy it again and compare sha256sum on both sides
        object file: an object file (.o), not a shared library; link it with -shared
        executable: a program, not a plugin; a plugin is a shared library, linked with -shared
        fixed executable: a program, not a plugin; a plugin is a shared library, linked with -shared"##]].assert_eq(&said.join("\n"));
}

#[test]
fn a_library_for_another_machine_names_both() {
    let cases = [
        ("aarch64", patched(18, &[183, 0])),
        ("unknown machine", patched(18, &[0xff, 0x7f])),
        ("32-bit", patched(4, &[1])),
        ("big-endian", patched(5, &[2])),
        ("core dump", patched(16, &[4, 0])),
        ("absurd type", patched(16, &[77, 77])),
    ];
    let said: Vec<String> =
        cases.iter().map(|(name, bytes)| format!("{name}: {}", said_of(bytes))).collect();
    if cfg!(all(target_arch = "x86_64", target_endian = "little")) {
        expect![[r#"
            aarch64: built for aarch64, this machine is x86_64; use the plugin's build for x86_64
            unknown machine: built for ELF machine 32767, this machine is x86_64; use the plugin's build for x86_64
            32-bit: built as 32-bit (ELFCLASS32), this program is 64-bit (ELFCLASS64); use the plugin's build for this machine
            big-endian: built for big-endian byte order, this machine is little-endian; use the plugin's build for this machine
            core dump: a core dump, not a shared library
            absurd type: damaged: its file type cannot be right; copy it again or ask its author"#]].assert_eq(&said.join("\n"));
    }
}

/// A cut file that is mapped kills the process that reads the missing part, with SIGBUS.
#[test]
fn a_cut_library_is_refused_at_every_length() {
    let said = said_of(&good()[..3000]);
    expect!["the file is 3000 bytes, its headers need [WHOLE]: the copy was cut; copy it again and compare sha256sum on both sides"].assert_eq(&said.replace(&good().len().to_string(), "[WHOLE]"));
    // Section headers are last in a file. Without them its segments alone tell what is missing.
    let mut bare = good().to_vec();
    bare[0x28..0x30].fill(0);
    bare[0x3c..0x40].fill(0);
    let end_of_segments = (0..usize::from(bare[0x38])).map(|index| {
        let at = 64 + 56 * index;
        let field = |offset: usize| {
            u64::from_le_bytes(bare[at + offset..at + offset + 8].try_into().expect("8 bytes"))
        };
        field(8) + field(32)
    });
    let end_of_segments = usize::try_from(end_of_segments.max().expect("segments")).expect("small");
    let dir = scratch();
    for (library, whole) in [(good(), good().len()), (&bare, end_of_segments)] {
        let path = dir.path().join("libtiny.so");
        fs::write(&path, library).expect("write the library");
        let file = fs::File::options().read(true).write(true).open(&path).expect("open");
        examine(&Image::new(&file, library.len() as u64)).expect("whole");
        for bytes in (0..whole).rev() {
            file.set_len(bytes as u64).expect("cut");
            // Judged without the checks of the file system, which take most of the time.
            let refusal = examine(&Image::new(&file, bytes as u64)).expect_err("a cut file");
            assert!(
                matches!(refusal, Refusal::Elf(ElfFault::Cut { .. })),
                "{bytes} of {whole} bytes: {refusal}"
            );
        }
    }
}

#[test]
fn absurd_headers_are_refused_without_reading_much() {
    let huge = u64::MAX.to_le_bytes();
    let cases = [
        ("program headers far away", patched(0x20, &huge)),
        ("section headers far away", patched(0x28, &huge)),
        ("no program headers", patched(0x38, &[0, 0])),
        ("many program headers", patched(0x38, &[0xff, 0xff])),
        ("odd size of program headers", patched(0x36, &[7, 0])),
        ("segment of 16 EiB", patched(64 + 32, &huge)),
        ("segment past the end", patched(64 + 8, &[0, 0, 0, 0, 1, 0, 0, 0])),
    ];
    let said: Vec<String> =
        cases.iter().map(|(name, bytes)| format!("{name}: {}", said_of(bytes))).collect();
    expect![[r#"
        program headers far away: damaged: its program headers cannot be right; copy it again or ask its author
        section headers far away: damaged: its section headers cannot be right; copy it again or ask its author
        no program headers: damaged: its program headers cannot be right; copy it again or ask its author
        many program headers: damaged: its program headers cannot be right; copy it again or ask its author
        odd size of program headers: damaged: its program headers cannot be right; copy it again or ask its author
        segment of 16 EiB: damaged: its program headers cannot be right; copy it again or ask its author
        segment past the end: the file is [WHOLE] bytes, its headers need 4294968600: the copy was cut; copy it again and compare sha256sum on both sides"#]].assert_eq(&said.join("\n").replace(&good().len().to_string(), "[WHOLE]"));
}

#[test]
fn flipped_bytes_never_panic() {
    // xorshift: the same flips on every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    let dir = scratch();
    let path = dir.path().join("libtiny.so");
    // Where the headers, the dynamic section and the string tables are: flips there count.
    let spans = [64 + 56 * 12, good().len()];
    for round in 0..1500 {
        let mut library = good().to_vec();
        for _ in 0..=random(4) {
            let at = random(spans[round % 2]);
            library[at] = [0, 0xff, 0x80, library[at] ^ 1][random(4)];
        }
        fs::write(&path, &library).expect("write the library");
        let file = fs::File::open(&path).expect("open");
        // Judged without the checks of the file system, which take most of the time.
        let image = Image::new(&file, library.len() as u64);
        let _ = examine(&image);
        let _ = Contents::read(&image).map(|it| Exports::read(&image, &it.headers));
        let _ = demand(&image);
    }
}

#[test]
fn a_library_that_is_no_plugin_for_us_is_told_why() {
    let json = |json: &str| format!("-DJSON={json:?}");
    let long = format!("{{\"doc\":\"{}\"}}", "x".repeat(300_000));
    let cases = [
        ("no note", compiled(&["-shared", "-DWITHOUT_NOTE"])),
        (
            "no note, other entry",
            compiled(&["-shared", "-DWITHOUT_NOTE", "-DENTRY=collector_plugin_entry_v2"]),
        ),
        ("note, other entry", compiled(&["-shared", "-DENTRY=collector_plugin_entry_v2"])),
        ("two notes", compiled(&["-shared", "-DTWO"])),
        ("not JSON", compiled(&["-shared", &json("{'name': 'x'}")])),
        ("other ABI", compiled(&["-shared", &json(r#"{"abi":"2.0"}"#)])),
        ("no version", compiled(&["-shared", &json(r#"{"abi":"1.0","name":"x"}"#)])),
        ("not UTF-8", compiled(&["-shared", "-DJSON=\"{\\xff}\""])),
        ("long note", compiled_with_long_note(&long)),
        ("executable stack", compiled(&["-shared", "-Wl,-z,execstack"])),
        ("musl of Alpine", compiled_against("libc.musl-x86_64.so.1")),
        ("musl of its wrapper for gcc", compiled_against("libc.so")),
        ("musl's loader", compiled_against("ld-musl-x86_64.so.1")),
    ];
    let said: Vec<String> =
        cases.iter().map(|(name, bytes)| format!("{name}: {}", said_of(bytes))).collect();
    expect![[r#"
        no note: not a collector plugin, or built without the note that describes it (section .note.collector); build it with collector_plugin! in Rust or COLLECTOR_DESCRIPTION in C
        no note, other entry: made for plugin ABI 2, this program speaks ABI 1; use the plugin's build for ABI 1, or a version of this program that speaks its ABI
        note, other entry: describes a plugin but exports no collector_plugin_entry_v1; export it (collector_plugin! in Rust, visibility "default" in C)
        two notes: holds two descriptions (notes in .note.collector); one plugin per library: link one of them out
        not JSON: its description is not JSON (key must be a string at line 1 column 2); ask its author for a repaired build
        other ABI: made for plugin ABI 2, this program speaks ABI 1; use the plugin's build for ABI 1, or a version of this program that speaks ABI 2
        no version: its description lacks `version`, which must be a text of 1 to 64 bytes; ask its author for a repaired build
        not UTF-8: its description is not UTF-8 from byte 1 on; ask its author for a repaired build
        long note: its description is 300010 bytes, over the limit of 262144; shorten its texts
        executable stack: asks for an executable stack, which glibc 2.41 and security modules refuse; link it with -z noexecstack
        musl of Alpine: linked with musl libc (libc.musl-x86_64.so.1), this program uses glibc: two C libraries do not mix in a process; build it for a -gnu target
        musl of its wrapper for gcc: linked with musl libc (libc.so), this program uses glibc: two C libraries do not mix in a process; build it for a -gnu target
        musl's loader: linked with musl libc (ld-musl-x86_64.so.1), this program uses glibc: two C libraries do not mix in a process; build it for a -gnu target"#]].assert_eq(&said.join("\n"));
}

/// glibc takes one without the header at the word of its architecture: on x86_64, executable.
#[test]
fn a_library_without_a_word_about_its_stack_is_as_its_architecture_has_it() {
    const GNU_STACK: u32 = 0x6474_e551;
    let is_stack = |at: &usize| good()[*at..at + 4] == GNU_STACK.to_ne_bytes();
    let header = (0..usize::from(good()[0x38])).map(|index| 64 + 56 * index).find(is_stack);
    let said = said_of(&patched(header.expect("the header"), &[0; 4]));
    assert_eq!(said.starts_with("asks for an executable stack"), cfg!(target_arch = "x86_64"));
}

#[test]
fn a_library_of_a_newer_glibc_names_both_versions() {
    // The name of the version it needs, made newer in place.
    let mut library = good().to_vec();
    let name = b"GLIBC_2.2.5\0";
    let at = library.windows(name.len()).position(|window| window == name);
    let Some(at) = at else { return }; // another architecture starts at another version
    library[at..at + name.len()].copy_from_slice(b"GLIBC_2.999\0");
    let has = crate::plan::elf::glibc_of_this_process().expect("a version").to_string();
    expect!["needs glibc 2.999, this machine has [OURS]; rebuild it against an older one (an old build container, or cargo zigbuild --target ...-gnu.2.17)"].assert_eq(&said_of(&library).replace(&has, "[OURS]"));
}
