//! What is promised of every command, and of every exit code.

use clap::CommandFactory;

use super::*;

/// Collects the commands that a customer sees and whose help has no example.
fn without_example(command: &clap::Command, path: &str, found: &mut Vec<String>) {
    let help = command.get_after_help().map(ToString::to_string);
    if !help.is_some_and(|it| it.contains("Example") && it.contains("collector ")) {
        found.push(path.to_owned());
    }
    for inner in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        without_example(inner, &format!("{path} {}", inner.get_name()), found);
    }
}

#[test]
fn the_help_of_every_command_has_an_example() {
    let mut found = Vec::new();
    without_example(&Arguments::command(), "collector", &mut found);
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_exit_code_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/exit-codes.md");
    let document = std::fs::read_to_string(path).expect("docs/exit-codes.md");
    let codes = [
        Exit::Complete,
        Exit::Internal,
        Exit::Usage,
        Exit::Refused,
        Exit::Incomplete,
        Exit::NoBundle,
        Exit::Unreadable,
        Exit::Signal(1),
        Exit::Signal(2),
        Exit::Signal(15),
    ];
    for exit in codes {
        assert!(document.contains(&format!("\n| {} |", exit.code())), "{exit:?}");
    }
}
