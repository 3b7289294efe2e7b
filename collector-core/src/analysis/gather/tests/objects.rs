//! Watches, locks and timers.

use expect_test::expect;

use super::*;

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
