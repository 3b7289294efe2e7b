//! The plugin over written-down `/proc` trees; [`machine`] is the same over the real one.

use expect_test::{Expect, expect};
use plugin_api::testing::{Recorded, Tree, collect, collect_stopping_after};

use super::ProcessMemory;

mod hidden;
mod limits;
mod machine;
mod timers;

/// Three processes and a kernel thread; the largest first, then by pid.
const PROC: &str = "
    uptime: 1
    1/stat: 1 (systemd) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18
    1/status: Name:\\tsystemd
    1/smaps_rollup: Rss: 120 kB
    2/stat: 2 (kthreadd) S 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 18
    2/status: Name:\\tkthreadd
    2/smaps_rollup/
    90/stat: 90 (dolt) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 900 410000 100 18
    90/status: Name:\\tdolt\\nVmRSS:\\t400 kB
    90/smaps_rollup: Rss: 400 kB
    1000/stat: 1000 (sh) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999 90000 3 18
    1000/status: Name:\\tsh
    1000/smaps_rollup: Rss: 12 kB";

fn check(tree: &str, options: &str, expect: Expect) {
    check_by(tree, options, expect, collect::<ProcessMemory>);
}

fn check_by(tree: &str, options: &str, expect: Expect, collect: impl Fn(&str) -> Recorded) {
    let tree = Tree::new(tree);
    let said = collect(&format!("{{\"procfs\": {:?}{options}}}", tree.path())).to_string();
    expect.assert_eq(&said.replace(&tree.path().display().to_string(), "[PROC]"));
}

#[test]
fn each_process_has_a_record_and_the_largest_a_rollup() {
    check(
        PROC,
        r#", "largest": 2"#,
        expect![[r#"
        status: ok
        == stat (text/x-linux-pid-stat)
        ==> 1/stat 67 <==
        1 (systemd) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18

        ==> 2/stat 62 <==
        2 (kthreadd) S 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 18

        ==> 90/stat 70 <==
        90 (dolt) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 900 410000 100 18

        ==> 1000/stat 67 <==
        1000 (sh) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999 90000 3 18

        == status (text/x-linux-pid-status)
        ==> 1/status 14 <==
        Name:	systemd

        ==> 2/status 15 <==
        Name:	kthreadd

        ==> 90/status 25 <==
        Name:	dolt
        VmRSS:	400 kB

        ==> 1000/status 9 <==
        Name:	sh

        == smaps_rollup (text/x-linux-pid-smaps-rollup)
        ==> 1/smaps_rollup 12 <==
        Rss: 120 kB

        ==> 90/smaps_rollup 12 <==
        Rss: 400 kB

    "#]],
    );
}

#[test]
fn only_the_processes_asked_for_are_stored() {
    check(
        PROC,
        r#", "processes": ["do*", 1000], "smaps_rollup": "all""#,
        expect![[r#"
        status: ok
        == stat (text/x-linux-pid-stat)
        ==> 90/stat 70 <==
        90 (dolt) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 900 410000 100 18

        ==> 1000/stat 67 <==
        1000 (sh) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 999 90000 3 18

        == status (text/x-linux-pid-status)
        ==> 90/status 25 <==
        Name:	dolt
        VmRSS:	400 kB

        ==> 1000/status 9 <==
        Name:	sh

        == smaps_rollup (text/x-linux-pid-smaps-rollup)
        ==> 90/smaps_rollup 12 <==
        Rss: 400 kB

        ==> 1000/smaps_rollup 11 <==
        Rss: 12 kB

    "#]],
    );
    check(
        PROC,
        r#", "processes": ["1"], "smaps_rollup": "none""#,
        expect![[r#"
        status: ok
        == stat (text/x-linux-pid-stat)
        ==> 1/stat 67 <==
        1 (systemd) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18

        == status (text/x-linux-pid-status)
        ==> 1/status 14 <==
        Name:	systemd

    "#]],
    );
}

#[test]
fn a_process_asked_for_that_is_not_there_is_a_problem() {
    check(
        PROC,
        r#", "processes": ["mysqld", 7], "smaps_rollup": "none""#,
        expect![[r#"
        status: unavailable
        problem: unavailable: no process is mysqld or 7; see the names in /proc/PID/comm
    "#]],
    );
}

#[test]
fn processes_left_out_are_counted() {
    check(
        PROC,
        r#", "max_processes": 1, "processes": ["dolt", "systemd"]"#,
        expect![[r#"
        status: partial
        problem: partial: 3 of 4 processes were left out; raise max_processes, which is 1, to add them
        == stat (text/x-linux-pid-stat, cut)
        ==> 1/stat 67 <==
        1 (systemd) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18

        == status (text/x-linux-pid-status, cut)
        ==> 1/status 14 <==
        Name:	systemd

        == smaps_rollup (text/x-linux-pid-smaps-rollup)
        ==> 1/smaps_rollup 12 <==
        Rss: 120 kB

    "#]],
    );
}

#[test]
fn what_was_read_when_the_time_is_up_stays() {
    let stopping = |n_asks| move |it: &str| collect_stopping_after::<ProcessMemory>(it, n_asks);
    check_by(
        PROC,
        "",
        expect![[r#"
        status: stopped
        problem: stopped: the time was up: 4 of 4 processes were not read; raise the timeout of this collector to add them
    "#]],
        stopping(0),
    );
    check_by(
        PROC,
        "",
        expect![[r#"
        status: stopped
        problem: stopped: the time was up: 2 of 4 processes were not read; raise the timeout of this collector to add them
        == stat (text/x-linux-pid-stat, cut)
        ==> 1/stat 67 <==
        1 (systemd) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18

        ==> 2/stat 62 <==
        2 (kthreadd) S 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 18

        == status (text/x-linux-pid-status, cut)
        ==> 1/status 14 <==
        Name:	systemd

        ==> 2/status 15 <==
        Name:	kthreadd

    "#]],
        stopping(2),
    );
    check_by(
        PROC,
        r#", "processes": ["dolt", 1]"#,
        expect![[r#"
            status: partial
            problem: stopped: the time was up: smaps_rollup of 1 of 2 processes not read
            == stat (text/x-linux-pid-stat)
            ==> 1/stat 67 <==
            1 (systemd) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18

            ==> 90/stat 70 <==
            90 (dolt) S 1 90 90 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 900 410000 100 18

            == status (text/x-linux-pid-status)
            ==> 1/status 14 <==
            Name:	systemd

            ==> 90/status 25 <==
            Name:	dolt
            VmRSS:	400 kB

            == smaps_rollup (text/x-linux-pid-smaps-rollup, cut)
            ==> 90/smaps_rollup 12 <==
            Rss: 400 kB

        "#]],
        stopping(5),
    );
}

#[test]
fn a_process_that_ends_is_no_problem() {
    check(
        "1/stat: 1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18
         5/
         6/stat: 6 (sh) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 18",
        "",
        expect![[r#"
            status: ok
            log 3: stat and status: processes that ended meanwhile: 3
            log 2: [PROC]/1/smaps_rollup: No such file or directory (os error 2); kernels have it since 4.14 with CONFIG_PROC_PAGE_MONITOR
            == stat (text/x-linux-pid-stat)
            ==> 1/stat 64 <==
            1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 170000 30 18

            ==> 6/stat 56 <==
            6 (sh) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 0 0 18

        "#]],
    );
}

#[test]
fn what_cannot_be_read_is_told_once() {
    check(
        "1/stat/",
        r#", "processes": ["dolt"]"#,
        expect![[r#"
        status: failed
        problem: failed: stat and status of 1 of 1 processes, the first [PROC]/1/stat: Is a directory (os error 21)
    "#]],
    );
    check(
        "1/stat/
         1/status: Name:\\tinit
         2/stat/
         3/stat: a text of a kernel nobody has seen
         3/status: Name:\\tsh",
        "",
        expect![[r#"
            status: partial
            problem: failed: stat and status of 2 of 3 processes, the first [PROC]/1/stat: Is a directory (os error 21)
            == stat (text/x-linux-pid-stat)
            ==> 3/stat 35 <==
            a text of a kernel nobody has seen

            == status (text/x-linux-pid-status)
            ==> 3/status 9 <==
            Name:	sh

        "#]],
    );
}

#[test]
fn a_place_that_is_no_procfs_is_told() {
    check(
        "uptime: 1",
        "",
        expect![[r#"
        status: unavailable
        problem: unavailable: [PROC]: no processes there; name the place where procfs is mounted as procfs
    "#]],
    );
    check(
        "",
        r#", "processes": [""]"#,
        expect![[r#"
            status: bad config
            problem: bad config: configuration: invalid value: string "", expected a process id or the name of a command at line 1 column 46
        "#]],
    );
}
