//! Compiles the plugins in C of `tests/misbehaving`, each once per run of the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use super::Missing;
use super::run::{LIMIT, has_program, run};

/// The library of `tests/misbehaving/<name>.c`.
///
/// # Errors
///
/// [`Missing`] on a machine without a C compiler.
pub(crate) fn c_plugin(name: &str) -> Result<PathBuf, Missing> {
    static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    // Held while compiling: two tests that want the same one wait for it.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = built.get(name) {
        return Ok(library.clone());
    }
    c_compiler()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = root.join("tests/misbehaving").join(name).with_extension("c");
    let dir = c_plugins();
    fs::create_dir_all(&dir).expect("create a directory under target");
    let library = dir.join(format!("lib{}.so", name.replace('-', "_")));
    let mut cc = Command::new("cc");
    cc.current_dir("/").args(["-std=gnu99", "-Wall", "-Wextra", "-Werror", "-O1", "-g"]);
    cc.args(["-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-I"]);
    cc.arg(root.join("plugin-api/include")).arg("-o").arg(&library).arg(source);
    let said = run(cc, LIMIT);
    assert_eq!(said.exit, 0, "{name} does not compile:\n{}", said.stderr);
    built.insert(name.to_owned(), library.clone());
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
