//! Which processes the option takes.

use super::Processes;

fn takes(json: &str, pid: u32, command: &str) -> bool {
    let processes: Processes = serde_json::from_str(json).expect(json);
    let takes = processes.takes(pid, command.as_bytes());
    assert!(processes.may_take(pid) || !takes, "{json} leaves out {pid} {command} too early");
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
fn only_ids_leave_out_a_process_before_its_command_is_known() {
    let may_take = |json| serde_json::from_str::<Processes>(json).expect(json).may_take(7);
    assert!(!may_take("[6, \"8\"]"));
    assert!(may_take("[6, 7]"));
    assert!(may_take("[6, \"dolt\"]"));
    assert!(may_take("[]"));
}

#[test]
fn a_name_is_taken_whole() {
    assert!(takes("[\"dolt\"]", 1, "dolt"));
    assert!(!takes("[\"dolt\"]", 1, "dolt-sql"));
    assert!(!takes("[\"dolt\"]", 1, "dol"));
    assert!(!takes("[\"dolt\"]", 1, ""));
}

#[test]
fn a_name_longer_than_the_kernel_keeps_is_still_found() {
    assert!(takes("[\"prometheus-node-exporter\"]", 1, "prometheus-node"));
    assert!(!takes("[\"prometheus-node-exporter\"]", 1, "prometheus"));
    assert!(!takes("[\"prometheus-node-exporter\"]", 1, "prometheus-nod"));
    assert!(takes("[\"kworker/u4:2-events\"]", 1, "kworker/u4:2-events"));
}

#[test]
fn a_name_with_a_star_is_a_glob() {
    assert!(takes("[\"postgres*\"]", 1, "postgres: check"));
    assert!(takes("[\"dolt\", \"*sql\"]", 1, "mysql"));
    assert!(!takes("[\"*sql\"]", 1, "mysqld"));
}

#[test]
fn what_is_neither_is_refused_with_what_is_expected() {
    for json in ["[-1]", "[4294967296]", "[\"\"]", "[true]", "[1.5]"] {
        let error = serde_json::from_str::<Processes>(json).expect_err(json).to_string();
        assert!(error.contains("a process id or the name of a command"), "{json}: {error}");
    }
}
