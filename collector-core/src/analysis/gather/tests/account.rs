//! What the account needs besides the terms themselves.

use expect_test::expect;

use super::*;
use crate::analysis::ledger::Term;
use crate::analysis::readers::slab_names::OfFiles;
use crate::analysis::series::HostFigure;

#[test]
fn what_the_collector_itself_has_is_added_up() {
    let own = |fd_number: u32, link: &str, blocks: &str| {
        format!("20\t50\tcollector\t{fd_number}\t{link}\t{blocks}\n")
    };
    let fds = format!(
        "{HEAD}{}{}{}",
        fd(7, 4, "/db/noms/LOCK (deleted)"),
        own(3, "/srv/web1.tar.zst.partial", "\t\t\t\t"),
        own(4, "/srv/#17 (deleted)", "8000\t16\t8:1\t99\t0"),
    );
    let stats = stat(7, "dolt", 'S', 1, 7)
        + &stat(20, "renamed", 'S', 1, 50)
        + &stat(21, "exe", 'S', 20, 51);
    let statuses = status(7, 40, 4) + &status(20, 100, 1) + &status(21, 50, 1);
    let divided = "Pss_Anon:      30 kB\n";
    let rollup = |pid| format!("==> {pid}/smaps_rollup {} <==\n{divided}\n", divided.len());
    check(
        &[&[
            (FDS, &fds),
            (STAT, &stats),
            (STATUS, &statuses),
            ("text/x-linux-pid-smaps-rollup", &(rollup(7) + &rollup(20))),
        ]],
        expect![[r#"
            Anonymous of dolt (pid 7): [40960.0]
            File of dolt (pid 7): [4096.0]
            ProportionalAnonymous of dolt (pid 7): [30720.0]
            Threads of dolt (pid 7): [3.0]
            Descriptors of dolt (pid 7): [1.0]
            `LOCK (deleted)` of dolt (pid 7): [1.0]
            Own(Anonymous): [153600.0]
            Own(Threads): [6.0]
            Own(Descriptors): [2.0]
            Own(DeletedBytes): [8192.0]
        "#]],
    );
}

#[test]
fn the_slab_of_names_and_inodes_and_the_size_of_a_stack() {
    let meminfo = "MemTotal: 8000 kB\nMemFree: 4000 kB\nBuffers: 8 kB\nCached: 1000 kB\n\
                   AnonPages: 1500 kB\nSReclaimable: 400 kB\nSUnreclaim: 300 kB\n";
    let slabinfo = "slabinfo - version: 2.1\n\
        # name <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>\n\
        dentry 20 42 192 21 1 : tunables 0 0 0 : slabdata 2 2 0\n\
        ext4_inode_cache 5 27 1128 27 8 : tunables 0 0 0 : slabdata 1 1 0\n\
        proc_inode_cache 4 12 648 12 2 : tunables 0 0 0 : slabdata 1 1 0\n\
        lsm_inode_cache 9 51 80 51 1 : tunables 0 0 0 : slabdata 1 1 0\n";
    let areas = "0x1-0x2   20480 kernel_clone+0x9c/0x3d0 pages=4 vmalloc\n";
    let all: [Text<'_>; 4] = [
        (MEMINFO, meminfo),
        ("text/x-linux-slabinfo", slabinfo),
        ("text/x-linux-dentry-state", "20\t15\t45\t0\t5\t0\n"),
        ("text/x-linux-vmallocinfo", areas),
    ];
    let observed = gathered(&[&all, &all[..2]]);
    let (with, without) = (observed.accounts[0], observed.accounts[1]);
    expect![[r#"
        FileSlab {
            names: Objects {
                number: 20,
                taken: 3900,
                held: 8192,
            },
            inodes: Objects {
                number: 9,
                taken: 8798,
                held: 40960,
            },
            sockets: Objects {
                number: 0,
                taken: 0,
                held: 0,
            },
            pipes: Objects {
                number: 0,
                taken: 0,
                held: 0,
            },
        }"#]]
    .assert_eq(&format!("{:#?}", with.file_slab.expect("a slab")));
    // Five names are in use, a quarter of all, and so are five inodes of nine.
    assert_eq!(with.share_in_use(OfFiles::Names), Some(0.25));
    assert_eq!(with.share_in_use(OfFiles::Inodes), Some(5.0 / 9.0));
    // Two of the names are of eventfds, and one is of a pipe with two ends.
    let fds = format!(
        "{HEAD}{}{}{}{}{}",
        fd(7, 3, "anon_inode:[eventfd]"),
        fd(7, 4, "anon_inode:[eventfd]"),
        fd(7, 5, "pipe:[17]"),
        fd(7, 6, "pipe:[17]"),
        fd(7, 7, "/db/noms/LOCK (deleted)"),
    );
    let listed = [all[0], all[1], all[2], (FDS, &fds)];
    let observed = gathered(&[&all, &listed, &all]);
    let in_use: Vec<_> = observed.accounts.iter().map(|it| it.files_in_use()).collect();
    assert_eq!(in_use, [Some(2); 3], "descriptors may be listed less often");
    let series = &observed.series[&Key::Host(HostFigure::Term(Term::SlabPinned))];
    let terms = observed.accounts[0].terms();
    assert!(terms.contains(&(Term::SlabPinned, 11_150)), "{terms:?}");
    assert_eq!(series.values(), [11_150.0; 3], "the series is that of the account");
    assert_eq!(with.stack_bytes, Some(16384));
    assert_eq!((without.file_slab, without.stack_bytes), (None, None), "nothing is invented");
}
