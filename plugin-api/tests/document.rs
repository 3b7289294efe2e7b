//! `docs/plugin-abi.md` stays true: its plugin compiles, and it names all that the header, the
//! reader of descriptions and the official plugins do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn document() -> String {
    read("docs/plugin-abi.md")
}

/// The words of C in `text`.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect()
}

/// The header without its comments.
fn code_of_header() -> String {
    let header = read("plugin-api/include/collector_plugin.h");
    let mut code = String::new();
    let mut rest = header.as_str();
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").expect("a closed comment").1;
    }
    code + rest
}

#[test]
fn its_plugin_is_clean_c99_and_its_description_fits_the_table() {
    let document = document();
    let blocks: Vec<&str> = document.split("```c\n").skip(1).collect();
    let [block] = blocks[..] else { panic!("one block of C, not {}", blocks.len()) };
    let source = block.split_once("```").expect("a closed block").0;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (file, library) = (dir.path().join("uptime.c"), dir.path().join("libuptime.so"));
    fs::write(&file, source).expect("write the source");
    let done = Command::new("cc")
        .args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"])
        .args(["-fvisibility=hidden", "-Wl,-z,defs", "-I"])
        .arg(root().join("plugin-api/include"))
        .arg("-o")
        .args([&library, &file])
        .output()
        .unwrap_or_else(|error| panic!("cannot run cc: {error}; install it"));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    // The note as it lies in the file: owner, padding, JSON.
    let bytes = fs::read(&library).expect("read the library");
    let owner = b"collector\0\0\0{";
    let at = bytes.windows(owner.len()).position(|it| it == owner).expect("a note");
    let json = &bytes[at + owner.len() - 1..];
    let end = json.iter().position(|byte| *byte == 0).expect("the end of a literal");
    let description: serde_json::Value = serde_json::from_slice(&json[..end]).expect("JSON");
    assert_eq!(description["name"], "uptime");
    assert_eq!(description["abi"], "1.0");
}

#[test]
fn it_names_every_identifier_of_the_header() {
    let code = code_of_header();
    let document = document();
    let explained = words(&document);
    // Words of C and of its compilers, and what only the inside of a macro has.
    let not_ours = [
        "attribute",
        "char",
        "const",
        "cplusplus",
        "default",
        "define",
        "defined",
        "else",
        "endif",
        "extern",
        "if",
        "ifdef",
        "ifndef",
        "include",
        "int32_t",
        "offsetof",
        "section",
        "size_t",
        "sizeof",
        "static",
        "stddef",
        "stdint",
        "struct",
        "typedef",
        "uint16_t",
        "uint32_t",
        "uint64_t",
        "UINT64_MAX",
        "used",
        "visibility",
        "void",
        "aligned",
        "h",
        "C",
        "__attribute__",
        "__cplusplus",
        "__GNUC__",
        "collector_description_note",
        "description_size",
        "name_size",
    ];
    let is_ours = |it: &&str| {
        !it.is_empty() && !it.starts_with(|c: char| c.is_ascii_digit()) && !not_ours.contains(it)
    };
    let ours: Vec<&str> = words(&code).into_iter().filter(is_ours).collect();
    assert!(ours.len() > 50, "{ours:?}");
    let missing: Vec<&&str> = ours.iter().filter(|it| !explained.contains(**it)).collect();
    assert!(missing.is_empty(), "docs/plugin-abi.md lacks {missing:?}");
}

#[test]
fn it_lists_every_key_of_a_description() {
    let document = document();
    let reader = read("collector-core/src/plan/description.rs");
    let calls = ["needed", "maybe", "text", "texts", "flag", "number", "object", "list"];
    let mut n_keys = 0;
    for call in calls {
        // `keys.text("doc")`, whatever stands between the parenthesis and the key.
        for after in reader.split(&format!(".{call}(")).skip(1) {
            let Some(key) = after.trim_start().strip_prefix('"') else { continue };
            let key = key.split_once('"').expect("a closed text").0;
            n_keys += 1;
            let is_there = words(&document).contains(key);
            assert!(is_there, "docs/plugin-abi.md lacks the key `{key}`");
        }
    }
    assert!(n_keys >= 20, "{n_keys} keys found");
}

#[test]
fn it_lists_every_media_type_of_the_official_plugins() {
    let document = document();
    let mut n_types = 0;
    for entry in fs::read_dir(root().join("plugins")).expect("plugins") {
        let path = entry.expect("an entry").path().join("plugin.json");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let description: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for output in description["outputs"].as_array().expect("outputs") {
            let media_type = output["media_type"].as_str().expect("a media type");
            n_types += 1;
            let path = path.display();
            assert!(document.contains(&format!("`{media_type}`")), "{path}: {media_type}");
        }
    }
    assert!(n_types > 10, "{n_types} media types found");
}
