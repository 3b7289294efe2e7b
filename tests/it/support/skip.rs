//! Skipping a test that this machine cannot run, in a way that nobody can overlook.
//!
//! The line goes straight to stderr, past the capture of the test runner. Where `CI` is set, a
//! skipped test is a failed one: the machine that guards the project has everything.

use std::io::Write;

/// What a test needs and this machine lacks, such as `no Go toolchain`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing(pub(crate) &'static str);

/// The value of a `Result<_, Missing>`; when it is missing, the calling test ends here as skipped,
/// or as failed where `CI` is set.
macro_rules! need {
    ($wanted:expr) => {{
        match $wanted {
            Ok(it) => it,
            Err($crate::support::Missing(reason)) => skip_or_fail!(reason),
        }
    }};
}

/// Ends the calling test as skipped for this reason, or as failed where `CI` is set.
macro_rules! skip_or_fail {
    ($reason:expr) => {{
        fn here() {}
        $crate::support::skipped(std::any::type_name_of_val(&here), $reason);
        return;
    }};
}

/// Says that a test is skipped; `here` is the path of a function inside the test.
pub(crate) fn skipped(here: &str, reason: &str) {
    let on_ci = std::env::var_os("CI").is_some_and(|it| !it.is_empty());
    match verdict(here, reason, on_ci) {
        // When stderr is closed there is nobody to tell.
        Ok(line) => drop(std::io::stderr().lock().write_all(line.as_bytes())),
        Err(line) => panic!("{line}"),
    }
}

fn verdict(here: &str, reason: &str, on_ci: bool) -> Result<String, String> {
    let test = here.trim_end_matches("::here").trim_start_matches("it::");
    if on_ci {
        return Err(format!("{test} would be skipped: {reason}; where CI is set it must run"));
    }
    Ok(format!("skipped: {reason} (test {test})\n"))
}

#[test]
fn a_skipped_test_is_named_and_fails_where_ci_is_set() {
    let here = "it::go_server::profiles_open::here";
    assert_eq!(
        verdict(here, "no Go toolchain", false),
        Ok("skipped: no Go toolchain (test go_server::profiles_open)\n".into())
    );
    assert_eq!(
        verdict(here, "no Go toolchain", true),
        Err("go_server::profiles_open would be skipped: no Go toolchain; where CI is set it must run".into())
    );
}
