//! The table of descriptors, whole and damaged.

use expect_test::expect;

use super::super::testing::check;
use super::*;

const HEADER: &str =
    "pid\tstart_ticks\tcommand\tfd\tlink\tsize_bytes\tblocks_512\tdevice\tinode\tlinks\n";

fn table(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

#[test]
fn descriptors_are_read_by_process() {
    let text = table(
        "7\t100\tdolt\t0\t/dev/null\t\t\t\t\t
7\t100\tdolt\t3\t/data/LOCK (deleted)\t0\t8\t254:1\t9\t0
7\t200\tdolt\t3\tsocket:[4711]\t\t\t\t\t
8\t100\ta\\tb\t4\t/with\\nline\\\\feed\\q\t\t\t\t\t
8\t100\ta\\tb\t5\t\t\t\t\t\t
",
    );
    let read = read(text.as_bytes());
    check(
        &read,
        expect![[r#"
            Descriptors {
                holders: [
                    Holder {
                        pid: 7,
                        start_ticks: 100,
                        command: "dolt",
                        rows: 0..2,
                    },
                    Holder {
                        pid: 7,
                        start_ticks: 200,
                        command: "dolt",
                        rows: 2..3,
                    },
                    Holder {
                        pid: 8,
                        start_ticks: 100,
                        command: "a\tb",
                        rows: 3..5,
                    },
                ],
                rows: [
                    Descriptor(
                        0,
                        Some("/dev/null"),
                        None,
                    ),
                    Descriptor(
                        3,
                        Some("/data/LOCK (deleted)"),
                        Some(
                            DeletedFile {
                                length: 0,
                                blocks: 8,
                                device: "254:1",
                                inode: 9,
                                links: 0,
                            },
                        ),
                    ),
                    Descriptor(
                        3,
                        Some("socket:[4711]"),
                        None,
                    ),
                    Descriptor(
                        4,
                        Some("/with\nline\\feed\\q"),
                        None,
                    ),
                    Descriptor(
                        5,
                        None,
                        None,
                    ),
                ],
                unknown_columns: [],
            }
        "#]],
    );
    let links: Vec<_> = read.value.rows.iter().map(Descriptor::link).collect();
    assert_eq!(links[3].as_deref(), Some("/with\nline\\feed\\q"));
    assert_eq!(links[4], None, "the kernel did not tell");
    let sockets: Vec<_> = read.value.rows.iter().filter_map(Descriptor::socket_inode).collect();
    assert_eq!(sockets, [4711]);
    let shares: Vec<_> =
        read.value.by_holder().map(|(it, rows)| (it.pid, it.start_ticks, rows.len())).collect();
    assert_eq!(shares, [(7, 100, 2), (7, 200, 1), (8, 100, 2)]);
}

#[test]
fn columns_are_found_by_their_names() {
    let text = "fd\tof_tomorrow\tlink\tcommand\tpid\tstart_ticks\n3\tx\t/a\tsh\t7\t100\n";
    check(
        &read(text.as_bytes()),
        expect![[r#"
            Descriptors {
                holders: [
                    Holder {
                        pid: 7,
                        start_ticks: 100,
                        command: "sh",
                        rows: 0..1,
                    },
                ],
                rows: [
                    Descriptor(
                        3,
                        Some("/a"),
                        None,
                    ),
                ],
                unknown_columns: [
                    "of_tomorrow",
                ],
            }
        "#]],
    );
}

#[test]
fn damaged_lines_are_told_and_the_others_are_read() {
    let text = table(
        "7\t100\tdolt\t0
x\t100\tdolt\t0\t/dev/null\t\t\t\t\t
99999999999\t100\tdolt\t0\t/dev/null\t\t\t\t\t
7\t100\tdolt\t-1\t/dev/null\t\t\t\t\t
7\t100\tdolt\t3\t/LOCK (deleted)\tmuch\t8\t254:1\t9\t0
7\t100\tdolt\t3\t/LOCK (deleted)\t1
7\t100\tdolt\t4\t/short
7\t100\tdolt\t5\t/long\t\t\t\t\t\tmore\tand more
7\t100\tdolt\t6\t/cut",
    );
    check(
        &read(text.as_bytes()),
        expect![[r#"
            Descriptors {
                holders: [
                    Holder {
                        pid: 7,
                        start_ticks: 100,
                        command: "dolt",
                        rows: 0..2,
                    },
                ],
                rows: [
                    Descriptor(
                        4,
                        Some("/short"),
                        None,
                    ),
                    Descriptor(
                        5,
                        Some("/long"),
                        None,
                    ),
                ],
                unknown_columns: [],
            }
            line 2: a column is missing: "7\t100\tdolt\t0"
            line 3: what should be a number is none: "x\t100\tdolt\t0\t/dev/null\t\t\t\t\t"
            line 4: a number is too large: "99999999999\t100\tdolt\t0\t/dev/null\t\t\t\t\t"
            line 5: what should be a number is none: "7\t100\tdolt\t-1\t/dev/null\t\t\t\t\t"
            line 6: what should be a number is none: "7\t100\tdolt\t3\t/LOCK (deleted)\tmuch\t8\t254:1\t9\t0"
            line 7: a number is missing: "7\t100\tdolt\t3\t/LOCK (deleted)\t1"
            line 10: the text ends within this line: "7\t100\tdolt\t6\t/cut"
        "#]],
    );
}

#[test]
fn without_its_columns_nothing_is_read_and_one_line_is_told() {
    for header in ["pid\tfd\tlink\n", "pid\tpid\tstart_ticks\tcommand\tfd\tlink\n", "7\t100\n"] {
        let text = format!("{header}7\t100\tdolt\t0\t/dev/null\n7\t100\tdolt\t1\t/dev/null\n");
        let read = read(text.as_bytes());
        assert_eq!((read.value.rows.len(), read.bad.n_lines()), (0, 1), "{header}");
    }
    assert_eq!(read(b"").value, Descriptors::default());
}

#[test]
fn names_may_be_any_bytes() {
    let text = [HEADER.as_bytes(), b"7\t1\t\xff\t0\t/\xfe\t\t\t\t\t\n"].concat();
    let read = read(&text);
    assert!(read.bad.is_empty());
    assert_eq!(read.value.holders[0].command, "\u{fffd}");
    assert_eq!(read.value.rows[0].link().as_deref(), Some("/\u{fffd}"));
}

#[test]
fn a_row_takes_little() {
    assert!(size_of::<Descriptor<'_>>() <= 32, "{}", size_of::<Descriptor<'_>>());
}
