//! Reads the sources of the repository and keeps the laws that no compiler keeps.
//!
//! The one-way flow of modules, a header in every file, short files, `unsafe` only where it is
//! listed, plugins that depend on the contract alone. The checks are functions from a path and a
//! text to complaints, and `tidy/tests.rs` shows each of them a text that breaks its law.

mod code;
mod dependencies;
mod flow;
mod habits;
mod named;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// One breach of a law.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Complaint {
    path: String,
    /// From 1.
    line: usize,
    what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// All files of the repository with this ending: path from its root, and text.
///
/// Left out are build output, fixtures (they are other people's texts) and hidden directories.
fn files(ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a package in a workspace");
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(&dir).expect("read a directory of the repository") {
            let entry = entry.expect("an entry");
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if entry.file_type().expect("its type").is_dir() {
                if !name.starts_with('.') && name != "target" && name != "fixtures" {
                    waiting.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("sources are UTF-8");
        (path.strip_prefix(root).expect("below the root").display().to_string(), text)
    };
    found.into_iter().map(read).collect()
}

#[track_caller]
fn none(complaints: &[Complaint]) {
    let text: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    assert!(text.is_empty(), "{} complaints:\n{}", text.len(), text.join("\n"));
}

#[test]
fn modules_import_one_way() {
    let sources = files(".rs");
    let of_core = |(path, text): &(String, String)| {
        path.strip_prefix("collector-core/src/").map(|inner| flow::check(path, inner, text))
    };
    let complaints: Vec<_> = sources.iter().filter_map(of_core).collect();
    assert!(complaints.len() > 5, "the sources of collector-core are where they were");
    none(&complaints.concat());
}

#[test]
fn sources_keep_the_habits() {
    let sources = files(".rs");
    assert!(sources.iter().any(|(path, _)| path == "plugin-api/src/lib.rs"));
    let complaints: Vec<_> = sources.iter().map(|(path, text)| habits::check(path, text)).collect();
    none(&complaints.concat());
}

#[test]
fn files_listed_for_unsafe_have_some() {
    let sources = files(".rs");
    let stale = habits::UNSAFE.iter().filter(|listed| !listed.ends_with('/')).filter(|listed| {
        !sources.iter().any(|(path, text)| path == *listed && habits::first_unsafe(text).is_some())
    });
    assert_eq!(stale.collect::<Vec<_>>(), [] as [&&str; 0], "take them off the list");
}

#[test]
fn plugins_depend_on_the_contract_alone() {
    let manifests = files("Cargo.toml");
    let complaints = dependencies::check(&manifests);
    assert!(manifests.iter().any(|(path, _)| path == "plugins/meminfo/Cargo.toml"));
    none(&complaints);
}

#[test]
fn tests_that_the_document_on_reliability_names_are_there() {
    let sources = files(".rs");
    let documents = files("reliability.md");
    let [(path, text)] = documents.as_slice() else { panic!("one document, not {documents:?}") };
    none(&named::check(path, text, &sources));
}
