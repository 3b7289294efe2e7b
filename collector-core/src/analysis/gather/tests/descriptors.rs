//! What is gathered of descriptors, and of what only the kernel tells of them.

use expect_test::expect;

use super::*;

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

fn record(pid: u32, file: &str, text: &str) -> String {
    format!("==> {pid}/{file} {} <==\n{text}\n", text.len())
}

#[test]
fn watches_locks_and_timers_are_of_the_processes_that_have_them() {
    let fds = format!("{HEAD}{}", fd(7, 1, "/dev/null"));
    let watches = |n: usize| "inotify wd:1 ino:a\n".repeat(n);
    // Of two descriptors, and with lines that were left out.
    let few = record(7, "fdinfo/3", &watches(2)) + &record(7, "fdinfo/4", &watches(1));
    let many = record(7, "fdinfo/3 (40 lines left out)", &watches(2));
    let of_nobody_known = record(99, "fdinfo/3", &watches(9));
    let locks = "1: POSIX  ADVISORY  WRITE 7 fe:00:1 0 EOF\n\
                 1: -> POSIX  ADVISORY  WRITE 7 fe:00:1 0 EOF\n\
                 2: OFDLCK ADVISORY  WRITE -1 fe:00:1 0 EOF\n\
                 3: FLOCK  ADVISORY  WRITE 99 fe:00:1 0 EOF\n";
    let timers = record(7, "timers", "ID: 1\nsignal: 0/0\nID: 0\nsignal: 0/0\n");
    let user = |pid: u32, user: u32, n: u32| {
        record(pid, "status", &format!("Uid:\t{user}\t0\t0\t0\nSigQ:\t{n}/96365\n"))
    };
    let statuses = user(7, 0, 70) + &user(8, 0, 71) + &user(9, 1000, 5);
    check(
        &[
            &[(FDS, &fds), (FDINFO, ""), (LOCKS, "")],
            &[(FDS, &fds), (FDINFO, &few), (LOCKS, locks), (TIMERS, &timers), (STATUS, &statuses)],
            &[(FDS, &fds), (FDINFO, &many), (LOCKS, locks)],
            &[(FDS, &fds), (FDINFO, &of_nobody_known)],
            &[(FDS, &fds)],
        ],
        expect![[r#"
            Host(LocksOfNobody): [0.0, 1.0, 1.0]
            Host(QueuedSignals): [76.0]
            Descriptors of dolt (pid 7): [1.0, 1.0, 1.0, 1.0, 1.0]
            Watches of dolt (pid 7): [3.0, 42.0, 0.0]
            Locks of dolt (pid 7): [1.0, 1.0]
            Timers of dolt (pid 7): [2.0]
            `/dev/null` of dolt (pid 7): [1.0, 1.0, 1.0, 1.0, 1.0]
        "#]],
    );
}

#[test]
fn timers_that_nobody_counted_are_what_waits_for_the_user_beyond_the_others() {
    let stats = stat(7, "dolt", 'S', 1, 7) + &stat(8, "cron", 'S', 1, 7) + &stat(9, "x", 'S', 1, 7);
    let status = |pid: u32, user: u32, n: u32| {
        record(pid, "status", &format!("Uid:\t{user}\t0\t0\t0\nSigQ:\t{n}/96365\n"))
    };
    let statuses = status(7, 0, 5000) + &status(8, 0, 4990) + &status(9, 1000, 70);
    let (two, many) = ("ID: 1\nID: 0\n", "timers (rest left out)");
    let one_is_cut = record(7, many, two) + &record(8, "timers", two) + &record(9, "timers", two);
    let two_are_cut = record(7, many, two) + &record(8, many, two) + &record(9, many, two);
    let observed = gathered(&[
        &[(STAT, &stats), (STATUS, &statuses), (TIMERS, &one_is_cut)],
        &[(STAT, &stats), (STATUS, &statuses), (TIMERS, &two_are_cut)],
    ]);
    let timers = |pid: u32| {
        let process = Process { pid, start_ticks: 7 };
        let key = Key::Of(process, crate::analysis::series::ProcessFigure::Timers);
        observed.series[&key].values().to_vec()
    };
    assert_eq!((timers(7), timers(8), timers(9)), (vec![4998.0], vec![2.0], vec![2.0, 70.0]));
}
