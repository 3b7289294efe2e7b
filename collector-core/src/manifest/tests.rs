//! What a manifest means, and what a customer reads when it is wrong.

mod files;
mod meaning;
mod messages;
mod published;
mod texts;

use expect_test::Expect;

use super::{Manifest, ManifestError};

/// The variables of the tests.
fn environment(name: &str) -> Option<String> {
    match name {
        "HOST" => Some("db1".to_owned()),
        "PASSWORD" => Some("hunter2".to_owned()),
        _ => None,
    }
}

/// Reads `yaml` as the file `m.yaml`.
fn parse(yaml: &str) -> Result<Manifest, ManifestError> {
    Manifest::parse("m.yaml", yaml, &environment)
}

/// The text of an error with all its causes, as the command line prints it.
fn text_of(error: &ManifestError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// Compares the messages for `manifests`, one a line.
fn check(manifests: &[String], messages: Expect) {
    let mut text = String::new();
    for yaml in manifests {
        match parse(yaml) {
            Ok(manifest) => panic!("taken: {yaml}\n{manifest:?}"),
            Err(error) => text.push_str(&format!("{}\n", text_of(&error))),
        }
    }
    messages.assert_eq(&text);
}

/// A manifest of one collector, with `lines` after its first.
fn collector(lines: &str) -> String {
    format!("version: 1\ncollectors:\n  - plugin: meminfo\n{lines}")
}

/// A manifest with `lines` before its collectors.
fn top(lines: &str) -> String {
    format!("version: 1\n{lines}collectors:\n  - plugin: meminfo\n")
}
