//! Which processes the option `processes` takes.

use super::{Selection, Selector};

fn selectors(json: &str) -> Vec<Selector> {
    serde_json::from_str(json).expect(json)
}

fn takes(json: &str, pid: u32, command: &str) -> bool {
    let selectors = selectors(json);
    let selection = Selection(&selectors);
    let takes = selection.takes(pid, command.as_bytes());
    assert!(selection.may_take(pid) || !takes, "{json} leaves out {pid} {command} too early");
    takes
}

#[test]
fn an_empty_list_takes_every_process() {
    assert!(takes("[]", 1, "init"));
}

#[test]
fn an_id_is_taken_as_number_and_as_text() {
    assert!(takes("[4242]", 4242, "dolt"));
    assert!(takes("[\"4242\"]", 4242, "dolt"));
    assert!(!takes("[4242]", 4243, "dolt"));
    assert!(!takes("[\"4242\"]", 1, "4242"));
}

#[test]
fn a_name_is_taken_whole() {
    assert!(takes("[\"dolt\"]", 1, "dolt"));
    assert!(!takes("[\"dolt\"]", 1, "dolt-sql"));
    assert!(!takes("[\"dolt\"]", 1, "dol"));
}

#[test]
fn a_name_longer_than_the_kernel_keeps_is_still_found() {
    assert!(takes("[\"prometheus-node-exporter\"]", 1, "prometheus-node"));
    assert!(!takes("[\"prometheus-node-exporter\"]", 1, "prometheus"));
}

#[test]
fn a_star_stands_for_any_bytes() {
    for (glob, yes, no) in [
        ("dolt*", "dolt-sql", "adolt"),
        ("*sql", "dolt-sql", "sqlite"),
        ("d*t*l", "dolt-sql", "dolt-sq"),
        ("*olt*", "dolt", "lot"),
        ("a*a", "aa", "a"),
        ("*ab*ab", "abab", "ab"),
        ("*", "anything", ""),
    ] {
        assert!(takes(&format!("[{glob:?}]"), 1, yes), "{glob} takes {yes}");
        if !no.is_empty() {
            assert!(!takes(&format!("[{glob:?}]"), 1, no), "{glob} leaves {no}");
        }
    }
}

#[test]
fn what_is_neither_is_refused_with_what_is_expected() {
    for json in ["[-1]", "[4294967296]", "[\"\"]", "[true]", "[1.5]"] {
        let error = serde_json::from_str::<Vec<Selector>>(json).expect_err(json).to_string();
        assert!(error.contains("a process id or the name of a command"), "{json}: {error}");
    }
}
