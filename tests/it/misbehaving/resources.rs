//! Plugins that take more than their share: output, bytes, memory.

use std::fs;

use expect_test::expect;
use landlock::{ABI, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};

use super::{between_good_ones, captured_between_good_ones, twice_between_good_ones};
use crate::support::{Scene, wait_until, workers_of};

#[test]
fn a_flood_of_words_is_cut() {
    let captured = need!(captured_between_good_ones("floods", ""));
    expect![[r#"
        1 x partial
          reason: the flood is over
          partial: the flood is over
    "#]]
    .assert_eq(&captured.rows("bad"));
    let row = captured.bundle.row(0, "bad");
    let printed = row["stderr"].as_str().expect("a text");
    assert!(printed.len() <= 64 << 10, "{} bytes are kept", printed.len());
    assert!(printed.ends_with("xx\nthe last line\n"), "its end is kept");
    let log = row["log"].as_array().expect("a list");
    assert!(log.len() < 200, "{} lines are kept", log.len());
    let last = log.last().and_then(|line| line["message"].as_str()).expect("a line");
    assert!(last.ends_with(" more lines left out"), "{last}");
}

#[test]
fn more_bytes_than_allowed_are_cut_and_told() {
    let rows = need!(between_good_ones("too-much", "max_bytes: 1MiB"));
    expect![[r#"
        1 x quota [before, 5 bytes] [endless, 1048571 bytes, cut]
          reason: more than 1.00 MiB in one sample; raise limits.max_bytes
          quota: more than 1.00 MiB in one sample; raise limits.max_bytes
    "#]]
    .assert_eq(&rows);
}

#[test]
fn more_memory_than_allowed_ends_the_worker() {
    let rows = need!(between_good_ones("memory", "max_memory: 64MiB"));
    expect![[r#"
        1 x quota [before, 5 bytes]
          reason: used more than 64.0 MiB of memory; raise limits.max_memory if that is right
    "#]]
    .assert_eq(&rows);
}

#[test]
fn memory_of_a_child_in_its_own_session_counts_too() {
    let rows = need!(between_good_ones("child-memory", "max_memory: 64MiB"));
    expect![[r#"
        1 x quota [before, 5 bytes]
          reason: used more than 64.0 MiB of memory in 3 processes; raise limits.max_memory if that is right
    "#]].assert_eq(&rows);
}

/// Five processes show 100 MiB each, and have it together.
#[test]
fn memory_that_a_plugin_shares_with_its_children_counts_once() {
    let rows = need!(between_good_ones("shares-memory", "max_memory: 250MiB"));
    expect![[r#"
        1 x ok [after, 5 bytes]
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_worker_runs_under_limits() {
    let scene =
        need!(Scene::new("collectors: [{ plugin: '[hangs.c]', limits: { max_memory: 64MiB } }]"));
    let running = scene.start(&[]);
    let mut worker = None;
    wait_until("the plugin to collect", || {
        worker = workers_of(running.pid()).into_iter().find(|it| it.comm == "collecting");
        worker.is_some()
    });
    let pid = worker.expect("it was found").pid;
    let read = |name: &str| fs::read_to_string(format!("/proc/{pid}/{name}")).expect(name);
    let limits = read("limits");
    let of = |name: &str| -> Vec<u64> {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).expect(name);
        line.split_whitespace().filter_map(|it| it.parse().ok()).collect()
    };
    // Not 0: that would start the crash handler of a host that has one.
    assert_eq!(of("Max core file size"), [1, 1]);
    assert_eq!(of("Max file size"), [64 << 20; 2]);
    let [soft, hard] = of("Max open files")[..] else { panic!("two numbers: {limits}") };
    assert!(soft <= 4096 && hard <= 4096, "{limits}");
    assert_eq!(read("oom_score_adj"), "1000\n", "the first to be killed for memory");
}

#[test]
fn a_worker_gets_no_more_descriptors_than_anybody_needs() {
    let rows = need!(between_good_ones("descriptors", ""));
    expect![[r#"
        1 x ok [at-most-4096, 5 bytes]
    "#]]
    .assert_eq(&rows);
}

#[test]
fn a_file_in_memory_is_bounded_like_memory() {
    let rows = need!(between_good_ones("memory-file", "max_memory: 64MiB"));
    expect![[r#"
        1 x crashed [before, 5 bytes]
          reason: the worker was killed by signal 25 (SIGXFSZ: a file it wrote, perhaps in memory, grew past limits.max_memory; raise that if it is right)
    "#]].assert_eq(&rows);
}

#[test]
fn a_flood_of_problems_is_cut_and_counted() {
    let captured = need!(captured_between_good_ones("complains", ""));
    let row = captured.bundle.row(0, "bad");
    let problems = row["problems"].as_array().expect("a list");
    let told: Vec<&str> =
        problems[..2].iter().map(|it| it["message"].as_str().expect("a text")).collect();
    let log = row["log"].as_array().expect("a list");
    let log: Vec<&str> = log.iter().map(|it| it["message"].as_str().expect("a text")).collect();
    let text = format!(
        "{} {}\n{} problems: {told:?}\nlog: {log:?}\n",
        row["outcome"],
        row["reason"],
        problems.len()
    );
    expect![[r#"
        "partial" "(a NULL text with a length)"
        32 problems: ["(a NULL text with a length)", "not there either"]
        log: ["the worker keeps no capability, and may write no file", "(a NULL text with a length)", "9969 more problems left out"]
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_plugin_that_closes_its_output_goes_on() {
    let rows = need!(twice_between_good_ones("closes", ""));
    expect![[r#"
        2 x ok [before, 5 bytes] [after, 9 bytes]
    "#]]
    .assert_eq(&rows);
}

/// As far as the kernel can take that right away; where it cannot, the plugin shows that it tried.
#[test]
fn a_worker_may_write_no_file() {
    let rows = need!(between_good_ones("writes", ""));
    let word = if has_landlock() { "denied" } else { "written" };
    let expected =
        format!("1 x ok [{word}-0, 11 bytes] [{word}-1, 7 bytes] [{word}-2, 24 bytes]\n");
    assert_eq!(rows, expected);
}

/// Whether this kernel can take from a process the right to write files.
pub(crate) fn has_landlock() -> bool {
    let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let handled = ruleset.handle_access(AccessFs::from_write(ABI::V1));
    handled.and_then(Ruleset::create).is_ok()
}
