//! The plugin over procfs trees that are written down.

use expect_test::{Expect, expect};
use plugin_api::testing::{Recorded, Tree, collect};

use super::FdScan;

mod limits;
mod live;
mod watches;

fn run(tree: &Tree, more: &str) -> Recorded {
    collect::<FdScan>(&format!("{{\"procfs\": {:?}{more}}}", tree.path()))
}

/// Without the tables of sockets and locks, which the trees do not have.
fn shown(tree: &Tree, said: &Recorded) -> String {
    let said = said.to_string().replace(&tree.path().display().to_string(), "[PROC]");
    said.lines()
        .filter(|line| !line.contains("[PROC]/net/") && !line.contains("[PROC]/locks: "))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn check(tree: &str, more: &str, expect: Expect) {
    let tree = Tree::new(tree);
    expect.assert_eq(&shown(&tree, &run(&tree, more)));
}

/// The part of `/proc/PID/stat` after the command.
const STAT: &str = "S 1 1 1 0 -1 4194560 1 0 0 0 2 3 0 0 20 0 1 0 98765 741236736 1024";

#[test]
fn lines_are_in_order_of_process_and_descriptor() {
    check(
        &format!(
            "4242/stat: 4242 (dolt) {STAT}
             4242/fd/17 -> /data/.dolt/noms/LOCK (deleted)
             4242/fd/3 -> socket:[9001]
             4242/fd/100 -> anon_inode:[eventpoll]
             4242/fd/x -> /not/a/number
             17/stat: 17 (b) {STAT}
             17/fd/0 -> /dev/null
             1000/stat: 1000 (no descriptors) {STAT}
             1000/fd/
             self/fd/0 -> /dev/null
             uptime: 1 2"
        ),
        "",
        expect![[r#"
            status: ok
            log 3: 4 descriptors of 3 processes
            log 2: sizes of 1 deleted files not taken: on an unknown mount
            == fds.tsv (text/x-collector-fds)
            pid	start_ticks	command	fd	link	size_bytes	blocks_512	device	inode	links
            17	98765	b	0	/dev/null					
            4242	98765	dolt	3	socket:[9001]					
            4242	98765	dolt	17	/data/.dolt/noms/LOCK (deleted)					
            4242	98765	dolt	100	anon_inode:[eventpoll]					
            == fdinfo (text/x-linux-pid-fdinfo)
        "#]],
    );
}

#[test]
fn a_command_and_a_link_may_hold_anything() {
    check(
        &format!(
            "1/stat: 1 (a b) {STAT}
             1/fd/0 -> /with space/\\n and \\ backslash
             2/stat: 2 () R 9 (x)) {STAT}
             2/fd/0 -> pipe:[1]
             3/stat: 3 (tab\\tline\\nend) {STAT}
             3/fd/0 -> /ünï"
        ),
        "",
        expect![[r#"
            status: ok
            log 3: 3 descriptors of 3 processes
            == fds.tsv (text/x-collector-fds)
            pid	start_ticks	command	fd	link	size_bytes	blocks_512	device	inode	links
            1	98765	a b	0	/with space/\\n and \\ backslash					
            2	98765	) R 9 (x)	0	pipe:[1]					
            3	98765	tab\tline\nend	0	/ünï					
            == fdinfo (text/x-linux-pid-fdinfo)
        "#]],
    );
}

#[test]
fn a_process_that_ended_is_counted_and_a_strange_one_keeps_its_descriptors() {
    check(
        "1/fd/0 -> /no/stat
         2/stat: 2 (no fd) S
         3/stat: not a stat
         3/fd/0 -> /dev/null",
        "",
        expect![[r#"
            status: ok
            log 3: 1 descriptors of 1 processes; 2 processes ended during the scan
            == fds.tsv (text/x-collector-fds)
            pid	start_ticks	command	fd	link	size_bytes	blocks_512	device	inode	links
            3			0	/dev/null					
            == fdinfo (text/x-linux-pid-fdinfo)
        "#]],
    );
}

#[test]
fn what_max_rows_leaves_out_is_counted() {
    check(
        &format!(
            "1/stat: 1 (a) {STAT}
             1/fd/0 -> /a0
             1/fd/1 -> /a1
             2/stat: 2 (b) {STAT}
             2/fd/0 -> /b0
             2/fd/1 -> /b1
             2/fd/2 -> /b2
             3/stat: 3 (empty) {STAT}
             3/fd/
             4/stat: 4 (c) {STAT}
             4/fd/0 -> /c0"
        ),
        ", \"max_rows\": 3",
        expect![[r#"
            status: partial
            problem: partial: 3 descriptors of 2 processes left out by max_rows (3); raise it, or name processes in `processes`
            log 3: 3 descriptors of 2 processes
            log 2: 3 descriptors of 2 processes left out by max_rows (3); raise it, or name processes in `processes`
            == fds.tsv (text/x-collector-fds, cut)
            pid	start_ticks	command	fd	link	size_bytes	blocks_512	device	inode	links
            1	98765	a	0	/a0					
            1	98765	a	1	/a1					
            2	98765	b	0	/b0					
            == fdinfo (text/x-linux-pid-fdinfo, cut)
        "#]],
    );
}

#[test]
fn a_limit_that_is_just_enough_leaves_out_nothing() {
    let tree = Tree::new(&format!("1/stat: 1 (a) {STAT}\n1/fd/0 -> /a0\n1/fd/1 -> /a1"));
    let said = run(&tree, ", \"max_rows\": 2");
    assert_eq!((said.status, said.problems), (0, vec![]));
}

#[test]
fn only_the_named_processes_are_listed() {
    check(
        &format!(
            "1/stat: 1 (init) {STAT}
             1/fd/0 -> /a
             2/stat: 2 (dolt-sql) {STAT}
             2/fd/0 -> /b
             3/stat: 3 (postgres) {STAT}
             3/fd/0 -> /c"
        ),
        ", \"processes\": [1, \"*sql\"]",
        expect![[r#"
            status: ok
            log 3: 2 descriptors of 2 processes
            == fds.tsv (text/x-collector-fds)
            pid	start_ticks	command	fd	link	size_bytes	blocks_512	device	inode	links
            1	98765	init	0	/a					
            2	98765	dolt-sql	0	/b					
            == fdinfo (text/x-linux-pid-fdinfo)
        "#]],
    );
}

#[test]
fn naming_a_process_that_is_not_there_is_told() {
    check(
        &format!("1/stat: 1 (init) {STAT}\n1/fd/0 -> /a"),
        ", \"processes\": [\"dolt\", 99]",
        expect![[r#"
            status: partial
            problem: unavailable: no process is of those named in `processes`; `ps -e -o pid,comm` shows the names
            log 3: 0 descriptors of 0 processes
            == fds.tsv (text/x-collector-fds)
            pid	start_ticks	command	fd	link	size_bytes	blocks_512	device	inode	links
            == fdinfo (text/x-linux-pid-fdinfo)
        "#]],
    );
}

#[test]
fn a_procfs_that_is_none_is_told() {
    check(
        "uptime: 1 2",
        "",
        expect![[r#"
        status: unavailable
        problem: unavailable: [PROC]: no process is there; is procfs mounted?
    "#]],
    );
}

#[test]
fn the_number_of_threads_has_bounds() {
    let said = collect::<FdScan>("{\"threads\": 9}").to_string();
    expect![[r#"
        status: bad config
        problem: bad config: threads: 9 is not within 1..=8
    "#]]
    .assert_eq(&said);
}

#[test]
fn the_tables_of_sockets_are_copied_byte_for_byte() {
    let tree = Tree::new("net/tcp: a tcp table\\n  0: x\nnet/unix: a unix table\n1/stat: 1");
    let said = run(&tree, "");
    let artifacts: Vec<_> = said
        .artifacts
        .iter()
        .map(|it| (&*it.name, &*it.media_type, String::from_utf8_lossy(&it.content)))
        .collect();
    assert_eq!(
        artifacts[..2],
        [
            ("net-tcp", "text/x-linux-net-tcp", "a tcp table\n  0: x\n".into()),
            ("net-unix", "text/x-linux-net-unix", "a unix table\n".into()),
        ]
    );
    assert_eq!(
        said.log.iter().filter(|(_, text)| text.contains("kernels have it with")).count(),
        5
    );
}

/// One file that says it is deleted, on a mount of `fs_type` as far as the tree tells.
fn size_on(fs_type: &str, mountinfo: bool) -> (String, String) {
    let files = tempfile::tempdir().expect("a temporary directory");
    let file = files.path().join("blob (deleted)");
    std::fs::write(&file, [0; 5000]).expect("a file");
    let mut text = format!(
        "7/stat: 7 (holder) {STAT}
         7/fd/3 -> {}
         7/fdinfo/3: pos:\\t0\\nflags:\\t0100000\\nmnt_id:\\t36\\nino:\\t1\n",
        file.display()
    );
    if mountinfo {
        text += &format!("7/mountinfo: 36 35 0:9 / /mnt rw - {fs_type} source rw\n");
    }
    let said = run(&Tree::new(&text), "");
    let lines = said.artifact("fds.tsv").expect("the list").content.clone();
    let lines = String::from_utf8(lines).expect("text");
    let size = lines.lines().nth(1).expect("a line").split('\t').nth(5).expect("a column");
    let log = said.log.iter().find(|(_, text)| text.starts_with("sizes"));
    (size.to_owned(), log.map(|(_, text)| text.clone()).unwrap_or_default())
}

#[test]
fn a_size_is_taken_on_a_local_file_system_only() {
    assert_eq!(size_on("ext4", true), ("5000".to_owned(), String::new()));
    for waits in ["nfs4", "fuse.sshfs", "something-new"] {
        let told = format!("sizes of 1 deleted files not taken: on {waits}");
        assert_eq!(size_on(waits, true), (String::new(), told));
    }
    let told = "sizes of 1 deleted files not taken: on an unknown mount".to_owned();
    assert_eq!(size_on("ext4", false), (String::new(), told));
}

#[test]
fn any_number_of_threads_gives_the_same_list() {
    let mut text = String::new();
    for pid in 1..=24 {
        text += &format!("{pid}/stat: {pid} (p{pid}) {STAT}\n");
        for fd in 0..pid * 3 {
            text += &format!("{pid}/fd/{fd} -> /{}\n", "long/".repeat(fd));
        }
    }
    let tree = Tree::new(&text);
    let one = run(&tree, ", \"threads\": 1");
    assert_eq!(
        one.artifact("fds.tsv")
            .expect("the list")
            .content
            .iter()
            .filter(|it| **it == b'\n')
            .count(),
        901
    );
    for threads in [2, 8] {
        assert!(run(&tree, &format!(", \"threads\": {threads}")) == one, "{threads} threads");
    }
}
