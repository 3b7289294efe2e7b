//! Compiles the plugins in C and C++ of `tests/misbehaving`, each once per run of the tests.
//!
//! A line `/* link: FLAGS */` of a source is for the linker. In it, `[SONAME]` is a stand-in for
//! the library of this name, which the test's machine need not have: it defines the function
//! `of_the_stand_in`, and `[SONAME VERSION]` gives it this version.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::Missing;
use super::run::{LIMIT, has_program, run};

/// The library of `tests/misbehaving/<name>.c`, or `.cpp` where there is no such file.
///
/// # Errors
///
/// [`Missing`] on a machine without a compiler for it.
pub(crate) fn c_plugin(name: &str) -> Result<PathBuf, Missing> {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    // Held while compiling: two tests that want the same one wait for it.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = built.get(name) {
        return Ok(library.clone());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = root.join("tests/misbehaving").join(name).with_extension("c");
    let (source, compiler, standard) = match source.exists() {
        true => (source, "cc", "-std=gnu99"),
        false => (source.with_extension("cpp"), "c++", "-std=gnu++17"),
    };
    if !has_program(compiler) {
        return Err(Missing("no compiler for C or for C++"));
    }
    let dir = c_plugins();
    fs::create_dir_all(&dir).expect("create a directory under target");
    let library = dir.join(format!("lib{}.so", name.replace('-', "_")));
    let mut cc = Command::new(compiler);
    cc.current_dir("/").args([standard, "-Wall", "-Wextra", "-Werror", "-O1", "-g"]);
    cc.args(["-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-I"]);
    cc.arg(root.join("plugin-api/include")).arg("-o").arg(&library).arg(&source);
    let text = fs::read_to_string(&source).expect("read the source");
    let flags = text.lines().find_map(|line| line.strip_prefix("/* link: ")?.strip_suffix(" */"));
    cc.args(flags.map(linker_flags).unwrap_or_default());
    let said = run(cc, LIMIT);
    assert_eq!(said.exit, 0, "{name} does not compile:\n{}", said.stderr);
    built.insert(name.to_owned(), library.clone());
    Ok(library)
}

/// The flags of a source's line for the linker, with the stand-ins made.
fn linker_flags(flags: &str) -> Vec<String> {
    let parts = flags.split(['[', ']']).enumerate();
    let words = parts.map(|(at, part)| match part.split_once(' ') {
        _ if at % 2 == 0 => part.split_whitespace().map(str::to_owned).collect(),
        Some((name, version)) => vec![stand_in(name, &format!("{version} {{ global: *; }};"))],
        None => vec![stand_in(part, "{ global: *; };")],
    });
    words.collect::<Vec<Vec<String>>>().concat()
}

/// The path of the stand-in for the library `name`, once a plugin that names it is compiled.
pub(crate) fn stand_in_at(name: &str) -> PathBuf {
    c_plugins().join("stand-ins").join(format!("{name}.so"))
}

/// Makes the stand-in for the library `name`, and gives its path.
fn stand_in(name: &str, versions: &str) -> String {
    let library = stand_in_at(name);
    let dir = library.parent().expect("it is in a directory");
    fs::create_dir_all(dir).expect("create a directory under target");
    let at = |extension: &str| dir.join(format!("{name}.{extension}"));
    fs::write(at("c"), "int of_the_stand_in(void) { return 0; }\n").expect("write a source");
    fs::write(at("map"), versions).expect("write the versions");
    let mut cc = Command::new("cc");
    cc.current_dir(dir).args(["-shared", "-fPIC", "-nostdlib"]);
    cc.arg(format!("-Wl,-soname,{name},--version-script,{}", at("map").display()));
    // Not in place of its own name: nothing may find it when the plugin is loaded.
    cc.arg("-o").arg(&library).arg(at("c"));
    let said = run(cc, LIMIT);
    assert_eq!(said.exit, 0, "{name} does not compile:\n{}", said.stderr);
    library.display().to_string()
}

/// A plugin named `foreign` for aarch64, to be looked at on other machines. It stands alone, because
/// a compiler for another machine need not come with a C library for it.
///
/// # Errors
///
/// [`Missing`] on a machine without a compiler for it.
pub(crate) fn foreign_plugin() -> Result<PathBuf, Missing> {
    const COMPILER: &str = "aarch64-linux-gnu-gcc";
    const SOURCE: &str = r#"
        #include "collector_plugin.h"
        #define DESCRIPTION "{\"name\":\"foreign\",\"version\":\"1.0.0\",\"abi\":\"1.0\"," \
            "\"summary\":\"For another machine\"}"
        COLLECTOR_DESCRIPTION(DESCRIPTION);
        const collector_plugin *collector_plugin_entry_v1(void) { return 0; }
    "#;
    if !has_program(COMPILER) {
        return Err(Missing("no C compiler for aarch64"));
    }
    let dir = c_plugins().join("aarch64");
    fs::create_dir_all(&dir).expect("create a directory under target");
    let (source, library) = (dir.join("foreign.c"), dir.join("libforeign.so"));
    fs::write(&source, SOURCE).expect("write the source");
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-api/include");
    let mut cc = Command::new(COMPILER);
    cc.current_dir("/").args(["-ffreestanding", "-nostdlib", "-shared", "-fPIC", "-I"]);
    cc.arg(include).arg("-o").arg(&library).arg(&source);
    let said = run(cc, LIMIT);
    assert_eq!(said.exit, 0, "it does not compile:\n{}", said.stderr);
    Ok(library)
}

/// Says whether there is a C compiler.
pub(super) fn c_compiler() -> Result<(), Missing> {
    if has_program("cc") { Ok(()) } else { Err(Missing("no C compiler")) }
}

/// The directory of these libraries.
pub(crate) fn c_plugins() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("misbehaving")
}
