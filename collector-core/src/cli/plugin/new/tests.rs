//! Names, what a template's text becomes, and that the SDK of a project is all of it. That the
//! projects build is tested with the program, in `tests/it/plugin_new.rs`.

use std::fs;
use std::path::Path;

use clap::ValueEnum;
use expect_test::expect;

use super::{Language, check, files, named, write};

#[test]
fn a_name_is_one_for_manifests_files_and_symbols() {
    for name in ["a", "acme-storage", "x2", &"a".repeat(32)] {
        check(name, Language::C).unwrap();
    }
    let refused = ["", "-a", "a-", "2a", "Acme", "a_b", "a/b", "..", "a b", "ä", &"a".repeat(33)];
    for name in refused {
        assert!(check(name, Language::C).is_err(), "{name:?}");
    }
    expect![[r#""Acme_Storage" cannot be the name of a plugin: a name has a-z, 0-9 and dashes, starts with a letter, ends with no dash, and is at most 32 long"#]].assert_eq(&check("Acme_Storage", Language::C).unwrap_err().to_string());
    check("serde", Language::C).unwrap();
    expect![[r#""serde" cannot be the name of a plugin in Rust: a crate cannot be called so"#]]
        .assert_eq(&check("serde", Language::Rust).unwrap_err().to_string());
    for name in ["con", "nul", "aux", "prn", "com1", "lpt9"] {
        check(name, Language::C).unwrap();
        assert!(check(name, Language::Go).is_err(), "{name}");
    }
    for name in ["con-x", "com0", "com10"] {
        check(name, Language::Go).unwrap();
    }
    expect![[r#""con" cannot be the name of a plugin in Go: the path of a module cannot end so, because it names a device on Windows; choose another name"#]].assert_eq(&check("con", Language::Go).unwrap_err().to_string());
}

#[test]
fn every_form_of_the_name_is_replaced() {
    assert_eq!(
        named("acme-usage [LIBRARY] acme_usage_bytes", "a-b", Language::C),
        "a-b liba_b.so a_b_bytes"
    );
    for language in Language::value_variants() {
        for (path, text) in
            files::of(*language).map(|(path, text)| (path, named(text, "it", *language)))
        {
            let is_left =
                ["acme", "vendor", "[LIBRARY]", "[VERSION]"].iter().find(|it| text.contains(**it));
            assert_eq!(is_left.filter(|_| !path.starts_with("sdk/src")), None, "{path}");
        }
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("missing/x");
    let error = write(&place, "x", Language::C).unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
    assert!(fs::read_dir(dir.path()).unwrap().next().is_none());
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_sdk_is_written_whole() {
    let mut waiting = vec![root().join("plugin-api/src")];
    let mut wanted = Vec::new();
    while let Some(dir) = waiting.pop() {
        for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                waiting.push(path);
            } else {
                let inner = path.strip_prefix(root().join("plugin-api")).unwrap();
                wanted.push(format!("sdk/{}", inner.display()));
            }
        }
    }
    wanted.sort();
    let mut written: Vec<&str> = files::of(Language::Rust).map(|(path, _)| path).collect();
    written.retain(|path| path.starts_with("sdk/src/"));
    written.sort_unstable();
    assert_eq!(written, wanted, "the list in files.rs");
}

/// `version`, features and the like of a dependency in a line of a `Cargo.toml`.
fn requirement(line: &str) -> Option<(&str, String)> {
    let (name, what) = line.split_once('=')?;
    let what = what.split(" #").next()?.trim().replace(", optional = true", "");
    let what = match what.strip_prefix('"') {
        Some(_) => format!("{{ version = {what} }}"),
        None => what,
    };
    Some((name.trim(), what))
}

#[test]
fn the_sdk_asks_for_the_same_crates() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (workspace, original) = (read("Cargo.toml"), read("plugin-api/Cargo.toml"));
    let written = read("collector-core/templates/rust/sdk/Cargo.toml");
    let section = |text: &str, name: &str| -> Vec<String> {
        let text = text.split(&format!("\n[{name}]\n")).nth(1).expect(name).to_owned();
        let lines = text.lines().take_while(|line| !line.starts_with('['));
        lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    assert_eq!(section(&written, "features"), section(&original, "features"));
    let pinned = section(&workspace, "workspace.dependencies");
    let written = section(&written, "dependencies");
    assert_eq!(written.len(), section(&original, "dependencies").len());
    for (line, original) in written.iter().zip(section(&original, "dependencies")) {
        let (name, what) = requirement(line).expect(line);
        assert!(original.starts_with(name), "{name} where the SDK has {original}");
        assert_eq!(line.contains("optional"), original.contains("optional"), "{name}");
        let mut expected = pinned.iter().filter_map(|it| requirement(it));
        let (_, expected) = expected.find(|(it, _)| *it == name).expect(name);
        // What the SDK adds for itself stands in its own line.
        let own = original.split_once("features = ").map(|(_, it)| it.trim_end_matches(" }"));
        let expected = match own {
            Some(own) => expected.replace(" }", &format!(", features = {own} }}")),
            None => expected,
        };
        assert_eq!(what, expected, "{name}");
    }
}
