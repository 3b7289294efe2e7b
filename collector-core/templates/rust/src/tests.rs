//! The plugin over written-down directories, called as the host calls it. The program plays no
//! part.

use plugin_api::Status;
use plugin_api::testing::{Recorded, Tree, collect, collect_refusing, collect_stopping_after};

use super::Usage;

/// The configuration for a directory of this tree; see [`Tree::new`].
fn config(tree: &Tree) -> String {
    format!("{{\"path\": {:?}}}", tree.path())
}

fn page(recorded: &Recorded) -> &str {
    let artifact = recorded.artifact("metrics").expect("it delivers a page");
    str::from_utf8(&artifact.content).expect("a page is text")
}

#[test]
fn the_files_below_the_directory_are_counted() {
    let tree = Tree::new("one: 1\ninner/two: 2\nlink -> /nowhere");
    let recorded = collect::<Usage>(&config(&tree));
    assert!(recorded.problems.is_empty(), "{recorded}");
    assert!(page(&recorded).contains("\nacme_usage_files 3\n"), "{recorded}");
}

#[test]
fn a_directory_that_is_gone_is_unavailable() {
    let recorded = collect::<Usage>(r#"{"path": "/no/such"}"#);
    assert_eq!(
        recorded.to_string(),
        "status: unavailable\n\
         problem: unavailable: /no/such: No such file or directory (os error 2); \
         let `path` of the configuration name a directory, and run with sudo if you may not \
         read it\n"
    );
}

/// A size of 0 would be a reading.
#[test]
fn what_is_no_directory_is_a_problem_and_nothing_else() {
    let tree = Tree::new("one: 1");
    let recorded = collect::<Usage>(&format!("{{\"path\": {:?}}}", tree.path().join("one")));
    let told = recorded.to_string();
    assert!(told.starts_with("status: failed\nproblem: failed: /"), "{told}");
    assert!(told.contains("/one: Not a directory (os error 20); let `path` "), "{told}");
    assert!(recorded.artifacts.is_empty(), "{told}");
}

/// Also where there is nothing to walk, so that a capture that ends need not wait.
#[test]
fn an_empty_directory_is_no_reason_not_to_ask() {
    let tree = Tree::new("empty/");
    let path = tree.path().join("empty");
    let recorded = collect_stopping_after::<Usage>(&format!("{{\"path\": {path:?}}}"), 0);
    assert!(recorded.to_string().starts_with("status: stopped\n"), "{recorded}");
}

#[test]
fn a_path_that_is_not_from_the_root_is_refused() {
    let recorded = collect::<Usage>(r#"{"path": "tmp"}"#);
    assert!(recorded.to_string().starts_with("status: bad config\n"), "{recorded}");
}

#[test]
fn when_time_is_up_nothing_half_is_delivered() {
    let tree = Tree::new("one: 1\ntwo: 2");
    let recorded = collect_stopping_after::<Usage>(&config(&tree), 1);
    assert!(recorded.to_string().starts_with("status: stopped\n"), "{recorded}");
    assert!(recorded.artifacts.is_empty(), "{recorded}");
}

#[test]
fn a_host_that_takes_no_more_is_obeyed() {
    let tree = Tree::new("one: 1");
    let mut n_refused = 0;
    // From each call on in its turn, until there is none left to refuse.
    for call in 1.. {
        let recorded = collect_refusing::<Usage>(&config(&tree), call.., Status::Quota);
        let Some(recorded) = recorded else { break };
        assert!(recorded.to_string().starts_with("status: quota\n"), "{recorded}");
        assert!(recorded.artifacts.iter().all(|it| it.end.is_some()), "{recorded}");
        n_refused += 1;
    }
    assert_eq!(n_refused, 3, "begin, write and end");
}
