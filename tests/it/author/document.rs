//! The plugin in C that `docs/plugin-abi.md` shows, built and judged as its reader's would be.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Missing, has_program, tool};

/// The library of the document's one block of C, compiled in `dir` as C99 with all warnings as
/// errors.
fn library(dir: &Path) -> Result<PathBuf, Missing> {
    if !has_program("cc") {
        return Err(Missing("no C compiler"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = fs::read_to_string(root.join("docs/plugin-abi.md")).expect("the document");
    let blocks: Vec<&str> = document.split("```c\n").skip(1).collect();
    let [block] = blocks[..] else { panic!("one block of C, not {}", blocks.len()) };
    let source = block.split_once("```").expect("a closed block").0;
    fs::write(dir.join("uptime.c"), source).expect("write the source");
    let include = root.join("plugin-api/include");
    let include = include.to_str().expect("a path that is UTF-8");
    let flags = "-std=c99 -pedantic -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden \
                 -Wl,-z,defs -o libuptime.so uptime.c -I";
    tool(dir, "cc", &[&flags.split_whitespace().collect::<Vec<_>>()[..], &[include]].concat());
    Ok(dir.join("libuptime.so"))
}

#[test]
fn the_plugin_of_the_contract_keeps_the_contract() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let library = need!(library(dir.path()));
    let library = library.to_str().expect("a path that is UTF-8");
    super::checks_and_runs(dir.path(), library, "");
}
