//! Descriptors that watch files, and the table of locks.

use std::fs::File;
use std::os::fd::AsRawFd;

use expect_test::expect;
use plugin_api::abi::status;
use plugin_api::testing::{Tree, collect};
use rustix::fs::inotify;

use super::{STAT, check, run};
use crate::FdScan;

#[test]
fn only_descriptors_that_watch_files_are_asked() {
    check(
        &format!(
            "7/stat: 7 (b) {STAT}
             7/fd/3 -> anon_inode:inotify
             7/fd/4 -> anon_inode:[eventpoll]
             7/fd/5 -> anon_inode:[fanotify]
             7/fd/6 -> anon_inode:inotify
             7/fdinfo/3: pos:\\t0\\ninotify wd:1 ino:a\\n
             7/fdinfo/4: pos:\\t0\\n
             7/fdinfo/5: pos:\\t0\\nfanotify flags:0\\n
             17/stat: 17 (a) {STAT}
             17/fd/0 -> anon_inode:inotify
             17/fdinfo/0: pos:\\t0\\n"
        ),
        ", \"threads\": 2",
        expect![[r#"
            status: ok
            log 3: 5 descriptors of 2 processes
            == fds.tsv (text/x-collector-fds)
            pid	start_ticks	command	fd	link	size_bytes	blocks_512	device	inode	links
            7	98765	b	3	anon_inode:inotify					
            7	98765	b	4	anon_inode:[eventpoll]					
            7	98765	b	5	anon_inode:[fanotify]					
            7	98765	b	6	anon_inode:inotify					
            17	98765	a	0	anon_inode:inotify					
            == fdinfo (text/x-linux-pid-fdinfo)
            ==> 7/fdinfo/3 27 <==
            pos:	0
            inotify wd:1 ino:a


            ==> 7/fdinfo/5 25 <==
            pos:	0
            fanotify flags:0


            ==> 17/fdinfo/0 8 <==
            pos:	0


        "#]],
    );
}

#[test]
fn of_a_long_text_the_beginning_is_kept_and_the_rest_counted() {
    let line = "inotify wd:1 ino:a49231 sdev:fe00000 mask:2 ignored_mask:0 f_handle:3192\n";
    let tree = Tree::new(&format!("7/stat: 7 (b) {STAT}\n7/fd/3 -> anon_inode:inotify"));
    std::fs::create_dir(tree.path().join("7/fdinfo")).expect("a directory");
    let path = tree.path().join("7/fdinfo/3");
    // Just within the limit, and above it by whole buffers.
    for (n, n_left_out) in [(880, 0), (897, 0), (898, 1), (3000, 3000 - 897)] {
        std::fs::write(&path, line.repeat(n)).expect("a text");
        let said = run(&tree, "");
        let text = &said.artifact("fdinfo").expect("the texts").content;
        let text = String::from_utf8_lossy(text);
        let (head, rest) = text.split_once('\n').expect("a header");
        let kept = rest.strip_suffix('\n').expect("a line feed");
        let left_out = match n_left_out {
            0 => String::new(),
            n => format!(" ({n} lines left out)"),
        };
        assert_eq!(head, format!("==> 7/fdinfo/3{left_out} {} <==", kept.len()));
        assert_eq!(kept, line.repeat(n - n_left_out), "whole lines, as they were");
    }
}

#[test]
fn the_watches_of_this_process_are_those_it_made() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let watcher = inotify::init(inotify::CreateFlags::CLOEXEC).expect("an inotify");
    for n in 0..20 {
        let path = directory.path().join(n.to_string());
        File::create(&path).expect("a file");
        inotify::add_watch(&watcher, &path, inotify::WatchFlags::MODIFY).expect("a watch");
    }
    let said = collect::<FdScan>(&format!("{{\"processes\": [{}]}}", std::process::id()));
    let text = String::from_utf8_lossy(&said.artifact("fdinfo").expect("the texts").content);
    let head = format!("==> {}/fdinfo/{} ", std::process::id(), watcher.as_raw_fd());
    let (_, record) = text.split_once(&head).expect("the record of the inotify");
    let record = record.split("==> ").next().expect("a record");
    assert_eq!(record.lines().filter(|it| it.starts_with("inotify ")).count(), 20, "{record}");
}

#[test]
fn the_table_of_locks_is_copied_and_a_long_one_is_cut() {
    let lock = "1: POSIX  ADVISORY  WRITE 7 fe:00:1 0 EOF\n";
    for (n, is_cut) in [(3, false), (30_000, true)] {
        let tree = Tree::new(&format!("7/stat: 7 (b) {STAT}"));
        std::fs::write(tree.path().join("locks"), lock.repeat(n)).expect("a table");
        let said = run(&tree, "");
        let locks = said.artifact("locks").expect("the table");
        assert_eq!(locks.end != Some(status::OK), is_cut);
        assert_eq!(locks.content == lock.repeat(n).as_bytes(), !is_cut);
        assert_eq!(said.log.iter().any(|(_, text)| text.contains("table of locks")), is_cut);
    }
}
