//! Without `/proc` no worker can be started, and most of what is collected is not there.

use std::process::Command;

use expect_test::expect;

use crate::support::{LIMIT, Scene, command, in_own_mounts, run, start};

/// Ways to be without: it is not mounted, or something else is.
const WITHOUT: [&str; 2] = ["umount -l /proc", "mount -t tmpfs none /proc"];

#[test]
fn a_run_without_proc_says_so_and_leaves_nothing() {
    let scene = need!(Scene::new("collectors:\n  - plugin: meminfo\n  - plugin: '[good.c]'\n"));
    let said = WITHOUT.map(|without| {
        in_own_mounts(without, &scene.command(&[])).map(|command| run(command, LIMIT).to_string())
    });
    let [unmounted, covered] = said;
    let unmounted = need!(unmounted);
    expect![[r#"
        exit: 5
        --- stdout
        --- stderr
        error: /proc is not mounted here, so no plugin can be started and nothing of the kernel be read; mount it (`mount -t proc proc /proc`) and try again: No such file or directory (os error 2)
    "#]].assert_eq(&unmounted);
    assert_eq!(need!(covered), unmounted);
    assert_eq!(scene.output().len(), 0);
}

#[test]
fn a_check_without_proc_says_so() {
    let scene = need!(Scene::new("collectors:\n  - plugin: meminfo\n"));
    let check = command(scene.path(), &["check", "m.yaml"]);
    for inner in [scene.command(&["--dry-run"]), check] {
        let said = run(need!(in_own_mounts(WITHOUT[0], &inner)), LIMIT);
        assert_eq!((said.exit, said.stdout.as_str()), (3, ""), "{said}");
        assert!(said.stderr.starts_with("error: /proc is not mounted here"), "{said}");
    }
}

#[test]
fn a_bundle_is_read_without_proc() {
    let scene = need!(Scene::new("collectors:\n  - plugin: '[good.c]'\n"));
    let captured = scene.capture(&[]);
    let path = captured.said.stdout.trim_end();
    let inner = command(scene.path(), &["bundle", "verify", path]);
    let said = run(need!(in_own_mounts(WITHOUT[0], &inner)), LIMIT);
    assert_eq!(said.exit, 0, "{said}");
}

/// What is running goes on; what cannot be read any more is told, and nothing is made up for it.
#[test]
fn a_proc_that_vanishes_is_told_in_the_rows() {
    let scene = need!(Scene::new(
        "\
schedule: { every: 3s, samples: 3 }
collectors:
  - plugin: meminfo
  - plugin: slabinfo
  - plugin: process-memory
  - plugin: fd-scan
  - plugin: '[good.c]'
"
    ));
    let mut running = start(need!(in_own_mounts("true", &scene.command(&[]))));
    running.wait_for_stderr("sample 1 of 3");
    let mut cover = Command::new("nsenter");
    cover.args(["--mount", "--target", &running.pid().to_string()]).current_dir("/");
    cover.args(["mount", "-t", "tmpfs", "none", "/proc"]);
    let covered = run(cover, LIMIT);
    assert_eq!(covered.exit, 0, "{covered}");
    let captured = scene.captured(running.wait(LIMIT));
    assert_eq!(captured.bundle.outcomes("good"), ["ok"; 3]);
    let cost = &captured.bundle.row(2, "good")["cost"];
    assert!(cost["max_rss_bytes"].is_null(), "not known, and not 0: {cost:#}");
    let rows = ["meminfo", "slabinfo", "process-memory", "fd-scan"].map(|name| {
        let rows = captured.rows(name);
        let (_, last) = rows.rsplit_once(" x ").expect("rows, counted");
        format!("{name}: {last}")
    });
    expect![[r#"
        meminfo: unavailable
          reason: /proc/meminfo: No such file or directory (os error 2)
          unavailable: /proc/meminfo: No such file or directory (os error 2)
          unavailable: /proc/zoneinfo: No such file or directory (os error 2)
          unavailable: /proc/vmstat: No such file or directory (os error 2)
          unavailable: /proc/self/mountinfo: No such file or directory (os error 2)
        slabinfo: unavailable
          reason: /proc/slabinfo: No such file or directory (os error 2)
          unavailable: /proc/slabinfo: No such file or directory (os error 2)
          unavailable: /proc/sys/fs/dentry-state: No such file or directory (os error 2)
          unavailable: /proc/sys/fs/inode-nr: No such file or directory (os error 2)
          unavailable: /proc/sys/fs/file-nr: No such file or directory (os error 2)
        process-memory: unavailable
          reason: /proc: no processes there; name the place where procfs is mounted as procfs
          unavailable: /proc: no processes there; name the place where procfs is mounted as procfs
        fd-scan: unavailable
          reason: /proc: no process is there; is procfs mounted?
          unavailable: /proc: no process is there; is procfs mounted?
    "#]]
    .assert_eq(&rows.concat());
}
