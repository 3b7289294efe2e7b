//! What is kept of what plugins say, and the word for how a call ended.

use super::*;

fn check(end: &End, problems: &[(StatusCode, &str)], cut: bool, expected: &str) {
    let mut notes = Notes::default();
    problems.iter().for_each(|(code, message)| notes.problem(*code, message));
    let (outcome, reason) = judge(end, &notes, cut);
    assert_eq!(format!("{outcome}: {}", reason.unwrap_or_default()), expected);
}

#[test]
fn what_a_plugin_returns_is_the_word_for_it() {
    check(&End::Returned(status::OK), &[], false, "ok: ");
    check(&End::Returned(status::DENIED), &[(3, "run as root")], false, "denied: run as root");
    check(&End::Returned(99), &[], false, "failed: the plugin returned the unknown status 99");
}

#[test]
fn ok_with_a_cut_artifact_or_a_problem_is_partial() {
    check(
        &End::Returned(status::OK),
        &[],
        true,
        "partial: the plugin said `partial` and nothing more",
    );
    check(&End::Returned(status::OK), &[(4, "no swap")], false, "partial: no swap");
}

#[test]
fn a_problem_with_the_status_ok_is_one_of_the_plugins_own() {
    let mut notes = Notes::default();
    notes.problem(status::OK, "told by mistake");
    assert_eq!(notes.problems[0].outcome, Outcome::Failed);
}

#[test]
fn a_configuration_the_plugin_does_not_take_is_refused() {
    check(
        &End::NotCreated(status::BAD_CONFIG),
        &[(status::BAD_CONFIG, "url: no host")],
        false,
        "refused: url: no host",
    );
    check(
        &End::NotCreated(status::OK),
        &[],
        false,
        "failed: the plugin said `failed` and nothing more",
    );
}

#[test]
fn floods_of_messages_are_cut_and_counted() {
    let mut notes = Notes::default();
    (0..1000).for_each(|_| notes.line(level::INFO, "a line"));
    notes.close();
    assert_eq!(notes.log.len(), MAX_LOG_LINES + 1);
    assert_eq!(notes.log[MAX_LOG_LINES].message, "900 more lines left out");
}

#[test]
fn long_messages_are_cut_and_few_are_kept() {
    let mut notes = Notes::default();
    for _ in 0..100 {
        notes.line(level::INFO, &"é".repeat(5000));
        notes.problem(status::FAILED, &"\u{1}".repeat(5000));
    }
    notes.close();
    assert!(notes.log[0].message.ends_with("é… (10000 bytes in all)"));
    assert!(notes.problems[0].message.ends_with("\u{fffd}… (5000 bytes in all)"));
    let kept: usize = notes.problems.iter().map(|it| it.message.len()).sum();
    assert!((14_000..=MAX_BYTES).contains(&kept), "{kept} bytes of problems");
    let left_out: Vec<&str> = notes.log[8..].iter().map(|it| it.message.as_str()).collect();
    assert_eq!(left_out, ["92 more problems left out", "92 more lines left out"]);
}
