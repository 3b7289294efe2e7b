//! Landlock: it keeps a plugin from writing files, and would blind one that reads other processes,
//! so those are left out of it.
//!
//! On a kernel without it the plan and the words of the log are still looked at, and each plugin
//! shows that it could do what nothing forbids.

use crate::misbehaving::has_landlock;
use crate::support::{Captured, Scene};

/// What the plan says of a collector, and the first line of its log.
fn told(captured: &Captured, collector: &str) -> (bool, String) {
    let plan = captured.bundle.capture["plan"].as_array().expect("a list");
    let item = plan.iter().find(|it| it["collector"] == collector).expect("it is planned");
    let asked = item["rights"]["landlock"].as_bool().expect("yes or no");
    let said = captured.bundle.row(0, collector)["log"][0]["message"].as_str().expect("a line");
    let (_, may_write) = said.split_once(", and ").expect("what it may write");
    (asked, may_write.to_owned())
}

#[test]
fn only_plugins_that_read_no_other_process_are_confined() {
    let scene = need!(Scene::new(
        "\
collectors:
  - plugin: meminfo
  - plugin: slabinfo
  - plugin: process-memory
  - plugin: fd-scan
  - { plugin: '[writes.c]', name: confined }
  - { plugin: '[writes-anyway.c]', name: free }
"
    ));
    let captured = scene.capture(&[]);
    let forbidden = match has_landlock() {
        true => "may write no file",
        false => "may write files, because this kernel has no Landlock",
    };
    for name in ["meminfo", "slabinfo", "confined"] {
        assert_eq!(told(&captured, name), (true, forbidden.to_owned()), "{name}");
    }
    for name in ["process-memory", "fd-scan", "free"] {
        let free = "may write files, because it reads other processes";
        assert_eq!(told(&captured, name), (false, free.to_owned()), "{name}");
    }
    // And so it is.
    let word = if has_landlock() { "denied" } else { "written" };
    for (name, word) in [("confined", word), ("free", "written")] {
        let rows = captured.rows(name);
        assert!(rows.starts_with(&format!("1 x ok [{word}-0, ")), "{name}: {rows}");
    }
}

/// Why they are left out: root and two capabilities do not open `/proc/PID/fd` from within.
#[test]
fn a_confined_plugin_sees_no_descriptor_of_another_process() {
    let scene = need!(Scene::new(
        "\
collectors:
  - { plugin: '[peeks.c]', name: confined }
  - { plugin: '[peeks-and-says-so.c]', name: free }
"
    ));
    let captured = scene.capture(&[]);
    assert_eq!(captured.rows("free"), "1 x ok [seen, 17 bytes]\n");
    let expected = if has_landlock() { "denied" } else { "ok" };
    assert_eq!(captured.bundle.outcomes("confined"), [expected], "{}", captured.rows("confined"));
}
