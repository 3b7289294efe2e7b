//! `collector plugin glibc`: the newest glibc that files need, of plugins, of the program itself, and
//! of other machines' files.

use std::fs;
use std::process::Command;

use expect_test::expect;

use crate::support::{Missing, collector, foreign_plugin, plugins};

/// What it says of the files, with stand-ins for the versions that this machine's compiler takes.
fn said(files: &[&str], options: &[&str]) -> (i32, String) {
    let said = collector("/".as_ref(), &[&["plugin", "glibc"], files, options].concat());
    assert_eq!(said.stderr, "", "{said}");
    (said.exit, said.stdout)
}

#[test]
fn the_program_and_its_plugins_are_compared_with_what_was_promised() {
    let plugin = plugins().join("libmeminfo.so");
    let plugin = plugin.to_str().expect("a path that is UTF-8");
    let program = env!("CARGO_BIN_EXE_collector");
    let machine = std::env::consts::ARCH;
    let (exit, told) = said(&[program, plugin], &["--max-glibc", "2.99"]);
    assert_eq!(exit, 0, "{told}");
    for (line, file) in told.lines().zip([program, plugin]) {
        let start = format!("ok    glibc         {file} ({machine}): needs glibc 2.");
        assert!(line.starts_with(&start), "{line}");
    }
    assert_eq!(told.lines().count(), 2, "{told}");

    // All need something newer than this; the newest are named.
    let (exit, told) = said(&[program, plugin], &["--max-glibc", "2.3"]);
    assert_eq!(exit, 3, "{told}");
    for (line, file) in told.lines().zip([program, plugin]) {
        let start = format!("FAIL  glibc         {file} ({machine}): needs glibc 2.");
        assert!(line.starts_with(&start), "{line}");
        let (_, symbols) = line.split_once(", for ").expect("symbols");
        let (symbols, rest) =
            symbols.split_once(", and 2.3 is the newest it may need").expect("2.3");
        assert!(symbols.contains(" (2."), "{line}");
        assert!(
            rest.starts_with("; build it where glibc is older, or with cargo zigbuild"),
            "{line}"
        );
    }
    assert_eq!(told.lines().count(), 2, "{told}");
}

/// What our reader finds is what binutils find.
#[test]
fn the_newest_version_is_the_one_that_readelf_finds() {
    let program = env!("CARGO_BIN_EXE_collector");
    let readelf = Command::new("readelf").args(["-V", "-W", program]).output();
    let readelf = String::from_utf8(readelf.expect("run readelf").stdout).expect("text");
    let versions = readelf.split("Name: GLIBC_").skip(1).filter_map(|it| {
        let numbers = it.split_whitespace().next()?.split('.').map(str::parse);
        numbers.collect::<Result<Vec<u32>, _>>().ok()
    });
    let newest = versions.max().expect("versions");
    let newest = newest.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    let (_, told) = said(&[program], &[]);
    assert!(told.ends_with(&format!("needs glibc {newest} or later\n")), "{told} not {newest}");
}

#[test]
fn files_of_other_machines_are_read_too_and_what_is_none_is_told() {
    let foreign = need!(foreign_plugin());
    let dir = tempfile::tempdir().expect("a temporary directory");
    fs::copy(foreign, dir.path().join("foreign.so")).expect("copy the library");
    fs::write(dir.path().join("text"), "GLIBC_2.99").expect("write a file");
    let files = ["plugin", "glibc", "foreign.so", "text", "none", "--max-glibc", "2.16"];
    let said = collector(dir.path(), &files);
    expect![[r#"
        exit: 3
        --- stdout
        ok    glibc         foreign.so (aarch64): needs no version of it
        FAIL  glibc         text: not a shared library (it starts with "GLIBC_2."): a text file; was the plugin's source named instead of the library?
        FAIL  glibc         none: there is no such file; correct the path, or copy the plugin there
        --- stderr
    "#]].assert_eq(&said.to_string());
}

/// Linked without libc, a library has no version that says so; a static program relocates itself.
#[test]
fn packed_relocations_need_the_glibc_that_brought_them() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let source = "static int a; int *p = &a; int **q = &p; void _start(void) {}\n";
    fs::write(dir.path().join("a.c"), source).expect("write a file");
    let link = |options: &[&str], to: &str| {
        let mut cc = Command::new("cc");
        cc.current_dir(dir.path()).args(options).args(["-nostdlib", "-fPIC", "-o", to, "a.c"]);
        let said = cc.output().map_err(|_| Missing("no compiler for C"))?;
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        // A linker that does not know the option warns, and goes on.
        if said.stderr.is_empty() {
            Ok(())
        } else {
            Err(Missing("no linker that packs relocations"))
        }
    };
    let packed = "-Wl,-z,pack-relative-relocs";
    need!(link(&["-shared"], "plain.so"));
    need!(link(&["-shared", packed], "packed.so"));
    need!(link(&["-static-pie", packed], "program"));
    let files = ["plain.so", "packed.so", "program"];
    let said = |newest| {
        collector(dir.path(), &[&["plugin", "glibc", "--max-glibc", newest][..], &files].concat())
    };
    let (old, new) = (said("2.35"), said("2.36"));
    let shown = format!("{old}\n{new}").replace(std::env::consts::ARCH, "[ARCH]");
    expect![[r#"
        exit: 3
        --- stdout
        ok    glibc         plain.so ([ARCH]): needs no version of it
        FAIL  glibc         packed.so ([ARCH]): needs glibc 2.36, for packed relocations (2.36), and 2.35 is the newest it may need; build it where glibc is older, or with cargo zigbuild --target ...-gnu.2.35; docs/portable-builds.md says how
        ok    glibc         program ([ARCH]): needs no version of it
        --- stderr

        exit: 0
        --- stdout
        ok    glibc         plain.so ([ARCH]): needs no version of it
        ok    glibc         packed.so ([ARCH]): needs glibc 2.36 or later
        ok    glibc         program ([ARCH]): needs no version of it
        --- stderr
    "#]].assert_eq(&shown);
}
