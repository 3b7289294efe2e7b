//! Who holds shared memory, control groups and large slab, as texts tell it.

use expect_test::expect;

use super::*;

const SEGMENTS: &str = "text/x-linux-sysvipc-shm";
const SLABINFO: &str = "text/x-linux-slabinfo";

/// Segments as the kernel writes them, less some columns: number, creator, attached, made at, and
/// bytes in memory.
fn segments(rows: &[(u32, u32, u32, u32, u32)]) -> String {
    let row = |(id, creator, attached, made, bytes): &(u32, u32, u32, u32, u32)| {
        format!("0 {id} 1048576 {creator} {attached} {made} {bytes}\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!("key shmid size cpid nattch ctime rss\n{rows}")
}

/// The host was booted at 1000, so the process of 500 ticks started at 1005.
#[test]
fn a_segment_is_of_the_process_that_ran_when_it_was_made() {
    let stats = stat(7, "dolt", 'S', 1, 500) + &stat(8, "dead", 'Z', 1, 500);
    let one = segments(&[
        (1, 7, 0, 1006, 100),
        (2, 7, 0, 1006, 300),
        (3, 7, 2, 1006, 20),
        // Made before that process started, by another of its number.
        (4, 7, 0, 1002, 4),
        // By one that is not asked for, by one that is gone, and by one of another namespace.
        (5, 8, 0, 1006, 1),
        (6, 9, 0, 1006, 1),
        (7, 0, 0, 1006, 1),
    ]);
    let two = segments(&[(2, 7, 0, 1006, 300)]);
    // The second sample has no list of processes; in the third there is no segment.
    let none = segments(&[]);
    let texts: [&[Text<'_>]; 3] =
        [&[(STAT, &stats), (SEGMENTS, &one)], &[(SEGMENTS, &two)], &[(SEGMENTS, &none)]];
    check(
        &texts,
        expect![[r#"
        Segments(None, "System V segments (nobody attached)"): [7.0, 0.0, 0.0]
        Segments(Some(Process { pid: 7, start_ticks: 500 }), "System V segments"): [20.0, 0.0, 0.0]
        Segments(Some(Process { pid: 7, start_ticks: 500 }), "System V segments (nobody attached)"): [400.0, 300.0, 0.0]
    "#]],
    );
    let observed = gathered(&texts);
    let largest: Vec<(u64, u32, u32)> =
        observed.segments.values().map(|it| (it.bytes, it.id, it.pid)).collect();
    assert_eq!(largest, [(4, 4, 7), (20, 3, 7), (300, 2, 7)]);
}

#[test]
fn a_tmpfs_that_does_not_tell_has_no_value() {
    let head = "device\ttype\tmount_point\tsize_bytes\tused_bytes\n";
    let table = format!(
        "{head}0:6\tdevtmpfs\t/dev\t8192\t0\n0:23\ttmpfs\t/dev/shm\t\t\n0:27\ttmpfs\t/dev/shm\t8192\t4096\n"
    );
    let later = format!("{head}0:27\ttmpfs\t/dev/shm\t\t\n");
    let tmpfs = "text/x-collector-tmpfs";
    check(
        &[&[(tmpfs, &table)], &[(tmpfs, &later)], &[(tmpfs, &table)]],
        expect![[r#"
        Tmpfs("devtmpfs /dev"): [0.0, 0.0]
        Tmpfs("tmpfs /dev/shm"): [4096.0, 4096.0]
    "#]],
    );
}

#[test]
fn control_groups_are_counted_where_the_memory_controller_is() {
    let cgroups = "text/x-linux-cgroups";
    let of_stat = "text/x-linux-cgroup-stat";
    let head = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n";
    let first = format!("{head}cpu\t2\t3\t1\nmemory\t4\t26\t1\n");
    let second = format!("{head}cpu\t0\t90\t1\nmemory\t0\t90\t1\n");
    let counts = "nr_descendants 70\nnr_dying_descendants 19\n";
    // Version 1, beside a version 2 that has none; version 2, old and new.
    check(
        &[&[(cgroups, &first), (of_stat, counts)]],
        expect![[r#"
        Host(ControlGroups): [26.0]
    "#]],
    );
    check(
        &[&[(cgroups, &second)], &[(cgroups, &second), (of_stat, counts)], &[(of_stat, counts)]],
        expect![[r#"
            Host(ControlGroups): [90.0, 89.0, 89.0]
            Host(DyingControlGroups): [19.0, 19.0]
        "#]],
    );
}

#[test]
fn counters_of_what_no_term_has_are_in_bytes() {
    check(
        &[&[
            (MEMINFO, "Balloon: 12 kB\n"),
            ("text/x-linux-sockstat", "TCP: inuse 1 mem 2\nUDP: inuse 1 mem 3\n"),
            ("text/x-linux-tracing-buffer", "14 (expanded: 2816)\n"),
            ("text/x-linux-vmstat", "nr_zspages 1\n"),
        ]],
        expect![[r#"
            Host(TcpMemory): [8192.0]
            Host(UdpMemory): [12288.0]
            Host(CompressedPages): [4096.0]
            Host(TracingBuffer): [14336.0]
            Host(Balloon): [12288.0]
        "#]],
    );
}

#[test]
fn slab_that_is_in_no_cache_is_a_share_of_its_own() {
    let caches = "slabinfo - version: 2.1\n\
                  filp 10 10 256 16 1 : tunables 0 0 0 : slabdata 1 1 0\n";
    let meminfo = |kb: u32| format!("SReclaimable: 1 kB\nSUnreclaim: {kb} kB\n");
    let (more, less) = (meminfo(11), meminfo(2));
    check(
        &[
            &[(SLABINFO, caches), (MEMINFO, &more)],
            // Of another moment; and without the sum.
            &[(SLABINFO, caches), (MEMINFO, &less)],
            &[(SLABINFO, caches)],
        ],
        expect![[r#"
            Slab("filp"): [4096.0, 4096.0, 4096.0]
            Slab("large kmalloc"): [8192.0, 0.0]
            SlabObjects("filp"): [10.0, 10.0, 10.0]
        "#]],
    );
}

#[test]
fn whether_caches_are_kept_as_one_is_told_by_the_links() {
    let aliases = "text/x-linux-slab-aliases";
    let merged = |texts: &[Text<'_>]| gathered(&[texts]).slabs_merged;
    assert_eq!(merged(&[(aliases, "UNIX -> :A-0001152\n")]), Some(true));
    assert_eq!(merged(&[(aliases, "")]), Some(false));
    assert_eq!(merged(&[(MEMINFO, "MemTotal: 1 kB\n")]), None);
}
