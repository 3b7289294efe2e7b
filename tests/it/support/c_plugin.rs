//! Compiles the plugins in C and C++ of `tests/misbehaving`, each once per run of the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::Missing;
use super::run::{LIMIT, run};

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
    let path = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&path).any(|dir| dir.join(compiler).is_file()) {
        return Err(Missing("no compiler for C or for C++"));
    }
    let dir = c_plugins();
    fs::create_dir_all(&dir).expect("create a directory under target");
    let library = dir.join(format!("lib{}.so", name.replace('-', "_")));
    let mut cc = Command::new(compiler);
    cc.current_dir("/").args([standard, "-Wall", "-Wextra", "-Werror", "-O1", "-g"]);
    cc.args(["-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-I"]);
    cc.arg(root.join("plugin-api/include")).arg("-o").arg(&library).arg(source);
    let said = run(cc, LIMIT);
    assert_eq!(said.exit, 0, "{name} does not compile:\n{}", said.stderr);
    built.insert(name.to_owned(), library.clone());
    Ok(library)
}

/// The directory of these libraries.
pub(crate) fn c_plugins() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("misbehaving")
}
