//! What processes have open, and which of them are the collector's own.

use expect_test::expect;

use super::*;

#[test]
fn a_class_is_0_where_its_process_was_looked_at_and_nothing_where_not() {
    let none = format!("{HEAD}{}", fd(7, 1, "/dev/null"));
    let two = format!(
        "{HEAD}{}{}{}",
        fd(7, 1, "/dev/null"),
        fd(7, 4, "/db/noms/LOCK (deleted)"),
        fd(7, 5, "/db/noms/LOCK (deleted)")
    );
    let gone = HEAD.to_owned();
    check(
        &[&[(FDS, &none)], &[(FDS, &two)], &[(FDS, &gone)], &[(MEMINFO, "MemTotal: 1 kB\n")]],
        expect![[r#"
            Descriptors of dolt (pid 7): [1.0, 3.0]
            `/dev/null` of dolt (pid 7): [1.0, 1.0]
            `LOCK (deleted)` of dolt (pid 7): [0.0, 2.0]
        "#]],
    );
}

#[test]
fn one_file_that_is_open_often_is_told_from_many() {
    let table = |row: &dyn Fn(u32) -> String| {
        let rows: String = (0..1000).map(row).collect();
        format!("{HEAD}{rows}")
    };
    let deleted = |fd: u32, inode: u32| {
        format!("7\t7\tdolt\t{fd}\t/db/LOCK (deleted)\t9\t8\t254:0\t{inode}\t0\n")
    };
    let one = table(&|n| fd(7, n, "/db/LOCK"));
    let many = table(&|n| fd(7, n, &format!("/db/{n}/LOCK")));
    let many_deleted = table(&|n| deleted(n, n));
    let one_deleted = table(&|n| deleted(n, 1));
    // Nobody could ask which files they are.
    let unknown = table(&|n| fd(7, n, "/db/LOCK (deleted)"));
    let events = table(&|n| fd(7, n, "anon_inode:[eventfd]"));
    check(
        &[
            &[(FDS, &one)],
            &[(FDS, &many)],
            &[(FDS, &many_deleted)],
            &[(FDS, &one_deleted)],
            &[(FDS, &unknown)],
            &[(FDS, &events)],
        ],
        expect![[r#"
            Descriptors of dolt (pid 7): [1000.0, 1000.0, 1000.0, 1000.0, 1000.0, 1000.0]
            `LOCK (deleted)` of dolt (pid 7): [0.0, 0.0, 1000.0, 1000.0, 1000.0, 0.0]
            `LOCK` of dolt (pid 7): [1000.0, 1000.0, 0.0, 0.0, 0.0, 0.0]
            anon_inode:eventfd of dolt (pid 7): [0.0, 0.0, 0.0, 0.0, 0.0, 1000.0]
            repeated `LOCK (deleted)` of dolt (pid 7): [0.0, 0.0, 0.0, 999.0, 0.0, 0.0]
            repeated `LOCK` of dolt (pid 7): [999.0, 0.0, 0.0, 0.0, 0.0, 0.0]
            bytes of `LOCK (deleted)` of dolt (pid 7): [0.0, 0.0, 4096000.0, 4096.0, 0.0, 0.0]
        "#]],
    );
}

#[test]
fn sockets_are_told_by_the_tables_they_are_in() {
    let fds = format!("{HEAD}{}{}", fd(7, 3, "socket:[11]"), fd(7, 4, "socket:[12]"));
    let tcp = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   \
               0: 0100007F:1F90 0100007F:9C40 08 00000001:00000010 00:00000000 00000000     0        0 11 1 0 20 4 30 10 -1\n";
    check(
        // Without the table of unix sockets nothing is told of sockets, and not that there are 0.
        &[
            &[
                (FDS, &fds),
                ("text/x-linux-net-tcp", tcp),
                (
                    "text/x-linux-net-unix",
                    "Num       RefCount Protocol Flags    Type St Inode Path\n",
                ),
            ],
            &[(FDS, &fds), ("text/x-linux-net-tcp", tcp)],
        ],
        expect![[r#"
            Descriptors of dolt (pid 7): [2.0, 2.0]
            QueuedBytes of dolt (pid 7): [17.0]
            socket: of dolt (pid 7): [1.0]
            TCP CLOSE_WAIT of dolt (pid 7): [1.0]
        "#]],
    );
}

#[test]
fn a_process_with_hundreds_of_names_keeps_the_first_classes() {
    let names = |from: char| {
        let row = |n: u32| fd(7, n, &format!("/db/{from}{}", "x".repeat(n as usize)));
        let rows: String = (1..200).map(row).collect();
        format!("{HEAD}{}{rows}", fd(7, 0, "/db/LOCK (deleted)"))
    };
    let (one, two) = (names('a'), names('b'));
    let observed = gathered(&[&[(FDS, &one)], &[(FDS, &two)]]);
    let classes = observed.series.keys().filter(|it| matches!(it, Key::Descriptors(..)));
    assert_eq!(classes.count(), 65, "64 and the others");
    let lock = Key::Descriptors(Process { pid: 7, start_ticks: 7 }, "`LOCK (deleted)`".into());
    assert_eq!(observed.series[&lock].values(), [1.0, 1.0]);
}

#[test]
fn whoever_opens_a_file_like_a_bundle_is_a_suspect_where_the_bundle_tells_its_writer() {
    let held = |pid: u32, link: &str| fd(pid, 3, link);
    let bundle = "/var/tmp/web1.tar.zst.partial";
    let fds = format!("{HEAD}{}{}{}", held(7, bundle), held(20, bundle), held(21, "/dev/null"));
    let stats = stat(7, "dolt", 'S', 1, 7)
        + &stat(20, "collector", 'S', 1, 7)
        + &stat(21, "exe", 'S', 20, 7);
    let suspects = |core: Option<u32>, texts: &[Text<'_>]| -> Vec<u32> {
        let observed = gathered_by(core, &[texts]);
        let all = observed.series.keys().filter_map(|key| match key {
            Key::Of(process, crate::analysis::series::ProcessFigure::Descriptors) => {
                Some(process.pid)
            }
            _ => None,
        });
        all.collect()
    };
    let whole: &[Text<'_>] = &[(FDS, &fds), (STAT, &stats)];
    assert_eq!(suspects(Some(20), whole), [7]);
    // As its bundle is of an earlier version, or the number is one of another pid namespace.
    assert_eq!(suspects(None, whole), [] as [u32; 0]);
    assert_eq!(suspects(Some(4711), whole), [] as [u32; 0]);
    // Without the list of processes its workers are not known, and the other one is.
    assert_eq!(suspects(Some(20), &[(FDS, &fds)]), [7, 21]);
}
