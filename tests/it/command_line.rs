//! The manners of the program as a whole: help, versions and usage errors.

use std::path::Path;

use crate::support::collector;

#[test]
fn an_unknown_command_is_a_usage_error() {
    let said = collector(Path::new("/"), &["colect"]);
    assert_eq!((said.exit, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.starts_with("error: ") && said.stderr.contains("'colect'"), "{said}");
}

#[test]
fn no_command_is_a_usage_error_that_shows_the_help() {
    let said = collector(Path::new("/"), &[]);
    assert_eq!((said.exit, said.stdout.as_str()), (2, ""));
    assert!(said.stderr.contains("Usage: collector"), "{said}");
}

#[test]
fn help_that_was_asked_for_is_a_result() {
    let said = collector(Path::new("/"), &["--help"]);
    assert_eq!((said.exit, said.stderr.as_str()), (0, ""));
    assert!(said.stdout.contains("Usage: collector"), "{said}");
}
