//! The plugin over written-down trees of `/proc` and `/sys`, and once over this machine's.

use expect_test::{Expect, expect};
use plugin_api::testing::{Recorded, Tree, collect, collect_stopping_after, collect_times};

use super::Slabinfo;

const PROC: &str = "
    proc/slabinfo: slabinfo - version: 2.1
    proc/sys/fs/dentry-state: 81610\\t79995\\t45\\t0\\t18761\\t0
    proc/sys/fs/inode-nr: 76131\\t3
    proc/sys/fs/file-nr: 1088\\t0\\t2437612";

const CACHES: &str = "
    sys/kernel/slab/signal_cache -> :A-0001152
    sys/kernel/slab/UNIX -> :A-0001152
    sys/kernel/slab/:A-0001152/reclaim_account: 0
    sys/kernel/slab/ext4_inode_cache/reclaim_account: 1";

fn config(tree: &Tree) -> String {
    format!("{{\"procfs\": \"{0}/proc\", \"sysfs\": \"{0}/sys\"}}", tree.path().display())
}

fn check(recorded: &Recorded, tree: &Tree, expect: Expect) {
    let said = recorded.to_string();
    expect.assert_eq(&said.replace(&tree.path().display().to_string(), "[ROOT]"));
}

#[test]
fn the_first_sample_says_what_the_names_mean() {
    let tree = Tree::new(&format!("{PROC}{CACHES}"));
    let samples = collect_times::<Slabinfo>(&config(&tree), 2);
    check(
        &samples[0],
        &tree,
        expect![[r#"
        status: ok
        == slabinfo (text/x-linux-slabinfo)
        slabinfo - version: 2.1
        == dentry-state (text/x-linux-dentry-state)
        81610	79995	45	0	18761	0
        == inode-nr (text/x-linux-inode-nr)
        76131	3
        == file-nr (text/x-linux-file-nr)
        1088	0	2437612
        == slab-aliases (text/x-linux-slab-aliases)
        UNIX -> :A-0001152
        signal_cache -> :A-0001152
        == slab-reclaim-account (text/x-linux-slab-reclaim-account)
        :A-0001152	0
        ext4_inode_cache	1
    "#]],
    );
    check(
        &samples[1],
        &tree,
        expect![[r#"
        status: ok
        == slabinfo (text/x-linux-slabinfo)
        slabinfo - version: 2.1
        == dentry-state (text/x-linux-dentry-state)
        81610	79995	45	0	18761	0
        == inode-nr (text/x-linux-inode-nr)
        76131	3
        == file-nr (text/x-linux-file-nr)
        1088	0	2437612
    "#]],
    );
}

#[test]
fn what_a_kernel_lacks_is_logged_and_what_every_kernel_has_is_missed() {
    let tree = Tree::new("proc/sys/fs/file-nr: 1088\t0\t2437612");
    check(
        &collect::<Slabinfo>(&config(&tree)),
        &tree,
        expect![[r#"
        status: partial
        problem: unavailable: [ROOT]/proc/slabinfo: No such file or directory (os error 2)
        problem: unavailable: [ROOT]/proc/sys/fs/dentry-state: No such file or directory (os error 2)
        problem: unavailable: [ROOT]/proc/sys/fs/inode-nr: No such file or directory (os error 2)
        log 2: [ROOT]/sys/kernel/slab: No such file or directory (os error 2); kernels have it with CONFIG_SLUB
        == file-nr (text/x-linux-file-nr)
        1088	0	2437612
    "#]],
    );
}

#[test]
fn a_cache_that_cannot_be_read_cuts_its_list_and_no_other() {
    let tree = Tree::new(&format!("{PROC}{CACHES}\nsys/kernel/slab/xfs_inode/reclaim_account/"));
    check(
        &collect::<Slabinfo>(&config(&tree)),
        &tree,
        expect![[r#"
            status: partial
            problem: failed: [ROOT]/sys/kernel/slab/xfs_inode/reclaim_account: Is a directory (os error 21)
            == slabinfo (text/x-linux-slabinfo)
            slabinfo - version: 2.1
            == dentry-state (text/x-linux-dentry-state)
            81610	79995	45	0	18761	0
            == inode-nr (text/x-linux-inode-nr)
            76131	3
            == file-nr (text/x-linux-file-nr)
            1088	0	2437612
            == slab-aliases (text/x-linux-slab-aliases)
            UNIX -> :A-0001152
            signal_cache -> :A-0001152
            == slab-reclaim-account (text/x-linux-slab-reclaim-account, cut)
            :A-0001152	0
            ext4_inode_cache	1
        "#]],
    );
}

#[test]
fn what_was_read_when_the_time_is_up_stays() {
    let tree = Tree::new(&format!("{PROC}{CACHES}"));
    check(
        &collect_stopping_after::<Slabinfo>(&config(&tree), 2),
        &tree,
        expect![[r#"
            status: partial
            problem: stopped: sys/fs/inode-nr: not read, the time was up
            problem: stopped: sys/fs/file-nr: not read, the time was up
            problem: stopped: kernel/slab: not read, the time was up; the next sample tries again
            == slabinfo (text/x-linux-slabinfo)
            slabinfo - version: 2.1
            == dentry-state (text/x-linux-dentry-state)
            81610	79995	45	0	18761	0
        "#]],
    );
}

#[test]
fn this_machine_gives_what_it_gives_its_user() {
    let recorded = collect::<Slabinfo>("{}");
    let text = |name| Some(String::from_utf8_lossy(&recorded.artifact(name)?.content).into_owned());
    let numbers = text("dentry-state").expect("every kernel has it");
    assert_eq!(numbers.split_whitespace().filter_map(|it| it.parse::<i64>().ok()).count(), 6);
    for name in ["inode-nr", "file-nr"] {
        assert!(text(name).is_some_and(|it| it.ends_with('\n')), "{name}: {recorded}");
    }
    if std::fs::File::open("/proc/slabinfo").is_ok() {
        let slabinfo = text("slabinfo").expect("it can be read");
        assert!(slabinfo.starts_with("slabinfo - version: "), "{slabinfo}");
        assert!(slabinfo.contains("\ndentry "), "{slabinfo}");
    } else {
        let said = recorded.to_string();
        assert!(said.contains("problem: denied: /proc/slabinfo: Permission denied"), "{said}");
        assert!(said.contains("run as root"), "{said}");
        assert_eq!(text("slabinfo"), None);
    }
    if std::path::Path::new("/sys/kernel/slab").exists() {
        let aliases = text("slab-aliases").expect("links are for everybody");
        assert!(aliases.lines().is_sorted() && aliases.lines().all(|it| it.contains(" -> ")));
    }
}
